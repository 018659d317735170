"""`aloof profile`: where a test spends its time."""

import json
import re
import shutil
import signal

import pytest

from project import ALOOF

WORK = """
    import time

    def inner(n):
        return sum(range(n))

    def work():
        for _ in range(30):
            inner(2000)

    def nap():
        time.sleep(0.05)
    """
TEST = """
    from work import nap, work

    def test_work():
        work()
        nap()
    """


@pytest.fixture
def busy(project):
    project.write("work.py", WORK)
    project.write("test_work.py", TEST)
    return project


def profile(project, *args, code=0, **env):
    done = project.run("profile", *args, **env)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def functions(project, *args):
    return {row["function"]: row for row in json.loads(profile(project, "--json", *args).stdout)["functions"]}


def rows(text):
    """[(number, own, total, calls, function, place)] as a person sees them."""
    return [match.groups() for match in re.finditer(r"^ *(\d+) +([\d.]+) s +([\d.]+) s +(\d*) +(.*?)(?:  (\S+:\d+))?$", text, re.M)]


def test_the_projects_functions_come_first(busy):
    done = profile(busy, "test_work")
    assert done.stdout.startswith("test_work.py::test_work passed\n")
    found = rows(done.stdout)
    own, elsewhere = [row for row in found if row[5]], done.stdout.split("elsewhere\n")[1]
    assert {row[4]: row[5] for row in own} == {
        "test_work": "test_work.py:4", "work": "work.py:7", "inner": "work.py:4", "nap": "work.py:11"}
    assert {row[4]: row[3] for row in own}["inner"] == "30"
    assert "built-in method time.sleep" in elsewhere
    assert "pytest" not in done.stdout and "pluggy" not in done.stdout
    assert [int(row[0]) for row in found] == list(range(1, len(found) + 1))


def test_the_result_is_an_object(busy):
    found = functions(busy, "test_work")
    assert found["inner"]["file"] == "work.py" and found["inner"]["line"] == 4
    assert found["inner"]["calls"] == 30 and found["inner"]["project"] is True
    assert found["nap"]["total_s"] >= 0.05 > found["nap"]["own_s"]
    asleep = found["built-in method time.sleep"]
    assert asleep["file"] is asleep["line"] is None and asleep["own_s"] >= 0.05


def test_what_a_fixture_takes_is_told_and_a_failing_test_is_profiled(busy):
    busy.write("test_work.py", """
        import pytest
        from work import nap, work

        @pytest.fixture
        def slept():
            nap()
            yield
            work()

        def test_work(slept):
            assert False
        """)
    assert profile(busy, "test_work").stdout.startswith("test_work.py::test_work failed\n")
    assert {"nap", "inner", "slept"} <= set(functions(busy, "test_work"))


def test_unittest_is_profiled_too(busy):
    busy.write("test_unit.py", """
        import unittest
        import work

        class TestUnit(unittest.TestCase):
            def test_unit(self):
                work.work()
        """)
    found = functions(busy, "--recipe", "unittest", "TestUnit.test_unit")
    assert found["inner"]["calls"] == 30
    assert not [row for row in found.values() if row["file"] and "/unittest/" in row["file"]]


def test_paths_are_those_from_where_one_stands(busy):
    (busy.root / "sub").mkdir()
    done = busy.run("profile", "test_work", cwd=busy.root / "sub")
    assert "  ../work.py:4\n" in done.stdout


def write_editor(project):
    """An editor that only writes down what it was told."""
    editor = project.base / "editor"
    editor.write_text(f'#!/bin/sh\necho "$@" >>{project.base}/opened\necho opened $1\n')
    editor.chmod(0o755)
    return str(editor)


def opened(project):
    file = project.base / "opened"
    return file.read_text().splitlines() if file.exists() else []


def test_a_number_opens_the_function_in_the_editor(busy):
    number = next(row[0] for row in rows(profile(busy, "test_work").stdout) if row[4] == "nap")
    profile(busy, "--open", number, "test_work", VISUAL=write_editor(busy))
    line, = opened(busy)
    assert line in ("+11 work.py", "+4 work.py", "+7 work.py", "+4 test_work.py")  # times decide which one it is


def test_on_a_terminal_one_asks_for_numbers(busy):
    screen = busy.spawn([ALOOF, "profile", "test_work"], VISUAL=write_editor(busy))
    screen.wait_for("number to open, Enter to end:")
    screen.type("1\r")
    screen.wait_for(re.compile(r"opened \+\d+"))
    screen.wait_for(lambda _: len(opened(busy)) == 1)
    screen.type("99\r")
    screen.wait_for("there is no function 99")
    screen.type("\r")
    assert screen.wait_exit() == 0
    assert re.fullmatch(r"\+\d+ (test_)?work\.py", opened(busy)[0])


def test_interrupting_the_question_ends_it(busy):
    screen = busy.spawn([ALOOF, "profile", "test_work"])
    screen.wait_for("number to open, Enter to end:")
    screen.type("\x03")
    assert screen.wait_exit() == -signal.SIGINT


def test_a_test_that_crashes_has_no_profile(busy):
    busy.write("test_work.py", "import os\n\ndef test_work():\n    os.abort()\n")
    done = profile(busy, "test_work", code=3)
    assert "test_work.py::test_work did not end by itself" in done.stderr


def test_a_recipe_without_a_profiler_says_so(project):
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = echo one\n\trun = test {id} = one\n')
    done = profile(project, "--recipe", "mine", "one", code=4)
    assert done.stderr == "aloof: recipe mine has no profiler (key profile, see aloof-recipes(5))\n"


def test_a_recipe_of_ones_own_prints_a_profile(project):
    body = json.dumps({"functions": [{"function": "spin", "file": str(project.root / "one.c"), "line": 3, "calls": 2,
                                      "own_us": 2000, "total_us": 3000}]})
    project.write("found.json", body)
    project.write("one.c", "\n\nint spin(void);\n")
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = echo one\n\trun = test {id} = one\n'
                                 '\tprofile = cat found.json\n\tprofile-format = cprofile\n')
    project.commit()
    done = profile(project, "--recipe", "mine", "one")
    assert rows(done.stdout) == [("1", "0.002", "0.003", "2", "spin", "one.c:3")]


def test_a_profiler_that_fails_is_said_to(project):
    project.write(".aloof.conf", '[recipe "mine"]\n\tlist = echo one\n\trun = test {id} = one\n\tprofile = sh -c \'exit 7\'\n')
    done = profile(project, "--recipe", "mine", "one", code=3)
    assert done.stderr == "aloof: the profiler's command ended with status 7: there is no profile\n"


@pytest.mark.parametrize("args, code, line", [
    ([], 4, "profile: give one TEST, by its id or a part of it"),
    (["nowhere"], 5, "nowhere: there is no such test here"),
    (["--open", "0", "test_work"], 4, "profile: --open 0: expected a number from 1 to 30"),
])
def test_bad_usage_gets_one_line(busy, args, code, line):
    done = profile(busy, *args, code=code)
    assert done.stderr == f"aloof: {line}\n" and done.stdout == ""


@pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed")
def test_go_is_profiled(project, tmp_path):
    project.write("go.mod", "module example.com/m\n\ngo 1.18\n")
    project.write("m.go", """
        package m

        func Hot(n int) int {
            s := 0
            for i := 0; i < n; i++ {
                s += i * i % 7
            }
            return s
        }
        """)
    project.write("m_test.go", """
        package m

        import "testing"

        func TestHot(t *testing.T) {
            if Hot(300000000) == 1 {
                t.Fatal("no")
            }
        }

        func TestOther(t *testing.T) {}
        """)
    done = profile(project, "TestHot", timeout=120, GOFLAGS="-mod=mod", GOCACHE=str(tmp_path / "go"), GOPROXY="off")
    first = rows(done.stdout)[0]
    assert first[4] == "example.com/m.Hot" and re.fullmatch(r"m\.go:[4-9]", first[5])
    assert list((project.base / "tmp").glob("aloof-profile-*")) == []


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_node_is_profiled(project):
    project.write("package.json", '{"scripts": {"test": "node --test"}}')
    project.write("hot.test.js", """
        const test = require("node:test");

        function hot() {
          const end = Date.now() + 300;
          let n = 0;
          while (Date.now() < end) n += Math.sqrt(n + 1);
          return n;
        }

        test("it is hot", () => { hot(); });
        """)
    found = functions(project, "hot.test.js")
    assert found["hot"]["file"] == "hot.test.js" and found["hot"]["line"] == 4 and found["hot"]["own_s"] > 0.1
