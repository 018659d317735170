"""A recipe with a command for all tests there are: it runs while they are still listed, and one process is enough."""

import os
import re
import shutil

import pytest

# Each process notes what it ran. The one for all tells by the pipe `runs` that it does, for which the list waits; it
# waits for the pipe `listed` itself where there is one.
RUNNER = """
    echo "$*" >>{base}/ran
    if test "$1" = all; then
        test ! -p {base}/runs || echo >{base}/runs
        test ! -p {base}/listed || read go <{base}/listed
        cd t; set -- *; cd ..
    fi
    for name; do
        echo "test: $name"
        if grep -q bad t/$name; then echo "failure: $name ["; cat t/$name; echo "]"; else echo "success: $name"; fi
    done
    """


@pytest.fixture
def suite(project):
    project.write(".aloof.conf", f"""
        [recipe "suite"]
        	list = sh list.sh
        	unit = test
        	run = sh runner.sh {{ids}} {{args}}
        	run-all = sh runner.sh all {{boxes}} {{args}}
        	format = subunit1
        """)
    project.write("runner.sh", RUNNER.format(base=project.base))
    project.write("list.sh", f"test ! -p {project.base}/runs || read go <{project.base}/runs\nls t | sed 's|.*|t/&\t&|'\n")
    for name in "abc":
        project.write(f"t/{name}", "good\n")
    return project


def pipe(project, name):
    os.mkfifo(project.base / name)


@pytest.mark.parametrize("boxes", ["1", "3"])
def test_it_runs_while_the_tests_are_listed(suite, boxes):
    pipe(suite, "runs")
    suite.write("t/b", "bad\n")
    done = suite.once("-n", boxes, "--", "-v")
    assert (done.returncode, suite.ran()) == (1, [f"all {boxes} -v"]), done.stdout
    assert re.search("FAIL +b", done.stdout) and "3 tests" in done.stdout, done.stdout


def test_what_is_less_than_all_runs_by_itself(suite):
    suite.write("t/b", "bad\n")
    loop = suite.aloof("-n", "2").wait_for(re.compile("RED 1 of 3.*ran 3"))
    assert suite.ran() == ["all 2"]
    suite.write("t/b", "bad still\n")
    loop.wait_for(re.compile("RED 1 of 3.*ran 1 in"))
    assert suite.ran() == ["b"]
    suite.write("t/b", "good\n")
    loop.wait_for(re.compile("GREEN 3 tests"))
    assert suite.ran() == ["all 2", "b"]


def test_the_person_may_want_a_process_for_each_test_or_some_tests_only(suite):
    assert suite.once("--box=test").returncode == 0
    assert sorted(suite.ran()) == ["a", "b", "c"]
    assert suite.once("t/c").returncode == 0
    assert suite.ran() == ["c"]


def test_where_it_began_for_nothing_it_is_killed(suite):
    pipe(suite, "runs")
    pipe(suite, "listed")
    suite.write("list.sh", suite.read("list.sh") + "exit 3\n")
    done = suite.once()
    assert (done.returncode, suite.ran()) == (1, ["all 2"]), done.stdout
    assert "the tests cannot be listed: exit status 3" in done.stdout


def test_a_save_while_the_tests_are_listed_begins_anew(suite):
    pipe(suite, "listed")
    loop = suite.aloof("-n", "2").wait_for("0/3")
    suite.write("t/a", "good still\n")
    (suite.base / "listed").unlink()
    loop.wait_for(re.compile("GREEN 3 tests"))


def test_more_than_a_pipe_holds_before_the_tests_are_known(suite):
    pipe(suite, "runs")
    suite.write("runner.sh", suite.read("runner.sh").replace("    test ! -p", "    head -c 300000 /dev/zero | tr '\\0' '\\n'\n    test ! -p", 1))
    done = suite.once()
    assert (done.returncode, "3 tests" in done.stdout) == (0, True), done.stdout


def test_one_that_kills_what_it_was_started_by_is_told_of(suite):
    """The first of the tests is taken for the one that did it; the others are run all the same, by what comes after it."""
    pipe(suite, "runs")
    suite.write("runner.sh", 'if test "$1" = all; then kill -9 $PPID; fi\n' + suite.read("runner.sh"))
    done = suite.once("-n", "2")
    assert re.search("CRASH a +killed by SIGKILL", done.stdout) and "3 tests, 1 crash in" in done.stdout, done.stdout
    assert (done.returncode, " ".join(suite.ran()).replace("all 2", "").split()) == (1, ["b", "c"])


@pytest.mark.skipif(not shutil.which("go"), reason="go is not installed")
def test_a_package_of_go_without_tests_is_built_too(project, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp().parent / "go-cache"
    project.write("go.mod", "module example.org/p\n\ngo 1.19\n")
    project.write("sums/sums_test.go", 'package sums\n\nimport "testing"\n\nfunc TestGood(t *testing.T) {}\n')
    project.write("tool/tool.go", "package main\n\nfunc main() { wrong() }\n")
    loop = project.aloof(GOCACHE=str(cache), GOFLAGS="-mod=mod").wait_for("COLLECT example.org/p/tool ", 60)
    loop.wait_for(re.compile("tool.go:3.*wrong")).wait_for(re.compile("RED 1 of"))
    project.write("tool/tool.go", "package main\n\nfunc main() {}\n")
    loop.wait_for(re.compile("GREEN 1 test"), 60)
