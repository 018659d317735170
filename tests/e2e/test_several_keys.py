"""The keys of a failure, when failures of several recipes are on one screen: each is its own recipe's business."""

import re
import shutil

import pytest

from test_keys import at

pytestmark = pytest.mark.skipif(not shutil.which("perl"), reason="perl is not installed")

PYTHON, PERL = "test_b.py::test_sum", "prove: t/b.t > adds"


@pytest.fixture
def loop(project):
    """A red test of pytest and one of prove, on the screen of an editor that says what it opens."""
    project.record_runs()
    project.write(".aloof.conf", "recipe = pytest\nrecipe = prove\n")
    project.write("test_a.py", "def test_good(): pass\n")
    project.write("test_b.py", "def test_sum():\n    assert 1 + 1 == 3\n")
    project.write("t/a.t", "use Test::More;\npass('well');\ndone_testing;\n")
    project.write("t/b.t", f"""use Test::More;
        open my $ran, '>>', '{project.base}/ran'; print $ran "t/b.t\\n"; close $ran;
        is(1 + 1, 3, 'adds');
        done_testing;
        """)
    editor = project.base / "editor"
    editor.write_text('#!/bin/sh\necho "OPENED $*"\nread answer\n')
    editor.chmod(0o755)
    loop = project.aloof(rows=30, EDITOR=str(editor))
    loop.wait_for(re.compile("RED 3 of 6 .*ran 6"))
    assert project.ran() == ["t/b.t", "test_a.py::test_good", "test_b.py::test_sum"]
    return loop


def go_to(loop, test):
    """Puts the cursor there, by the failure's number."""
    def shown(terminal):
        return re.findall(r"^.?FAIL  (.*?)   ", terminal.text, re.M)
    loop.wait_for(lambda terminal: len(shown(terminal)) == 3)
    loop.type(str(shown(loop).index(test) + 1))
    loop.wait_for(at(f"FAIL  {test}"))


@pytest.mark.presses("Enter")
def test_enter_opens_the_source_of_either(loop):
    for test, place in ((PERL, "+3 t/b.t"), (PYTHON, "+2 test_b.py")):
        go_to(loop, test)
        loop.type("\r")
        loop.wait_for(f"OPENED {place}")
        loop.type("\n")
        loop.wait_for("RED 3 of 6")


@pytest.mark.presses("v")
def test_v_tells_all_of_either(loop):
    go_to(loop, PERL)
    loop.type("v")
    loop.wait_for("expected: '3'").wait_for("red in 1 of 1 run").wait_gone("test_sum")
    loop.type("q")
    go_to(loop, PYTHON)
    loop.type("v")
    loop.wait_for("assert (1 + 1) == 3").wait_for("red in 1 of 1 run").wait_gone("t/b.t")


@pytest.mark.presses("d")
def test_d_is_the_debugger_of_its_recipe(loop):
    go_to(loop, PERL)
    loop.type("d")
    loop.wait_for("DB<1>").type("p 6 * 7\n")
    loop.wait_for("42")
    loop.type("q\n")
    loop.wait_for("RED 3 of 6")
    go_to(loop, PYTHON)
    loop.type("d")
    loop.wait_for("(Pdb)").type("p 6 * 8\n")
    loop.wait_for("48")
    loop.type("q\n")
    loop.wait_for("RED 3 of 6")


@pytest.mark.presses("r")
def test_r_runs_what_is_red_of_all(loop, project):
    loop.type("r")
    loop.wait_for(re.compile("RED 3 of 6 .*ran 3 in"))
    assert project.ran() == ["t/b.t", "test_b.py::test_sum"]


@pytest.mark.presses("i")
def test_i_steps_from_one_recipe_to_the_other(loop, project):
    go_to(loop, PYTHON)
    loop.type("i")
    loop.wait_for(re.compile(r"STEP . of 3 · RED 3 of 6 .*ran 1 in"))
    assert project.ran() == ["test_b.py::test_sum"]
    project.write("test_b.py", "def test_sum():\n    assert 1 + 1 == 2\n")
    loop.wait_for(re.compile(r"STEP . of 2 · RED 2 of 6")).wait_for(PERL.split(" >")[0])
    loop.wait_gone(f"FAIL  {PYTHON}")
    project.write("t/b.t", "use Test::More;\nis(1 + 1, 2, 'adds');\ndone_testing;\n")
    loop.wait_for(re.compile("GREEN 6 tests"))
