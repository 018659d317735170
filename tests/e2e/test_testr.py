"""Projects of testr and stestr, run as they stand."""

import os
import re
import sys

import pytest

# A test runner: lists and runs the ids in the file `ids`, in subunit, and notes how it was asked.
RUNNER = """
import os, sys
from subunit import StreamResultToBytes

known = open("ids").read().splitlines()
out = sys.stdout.buffer
result = StreamResultToBytes(out)
args = sys.argv[1:]

def layer(status):
    if os.path.exists("layer"):
        result.status(test_id="set-up", test_status=status, test_tags={{"layers"}})

if "--list" in args:
    print("some words first", flush=True)
    layer("exists")
    for name in known:
        result.status(test_id=name, test_status="exists")
        out.write(b"and some between\\n")
    out.flush()
    sys.exit()
asked = [line.rstrip("\\n") for line in open(args[args.index("--load") + 1])] if "--load" in args else args
with open({ran!r}, "a") as noted:
    noted.write(repr(asked) + "\\n")
layer("inprogress")
layer("success")
red = open("red").read().splitlines()
for name in asked:
    result.status(test_id=name, test_status="inprogress")
    result.status(test_id=name, test_status="fail" if name in red else "success")
"""

IDS = ["b.B.one", "b.B.it's (two words)", 'a.A."quoted" $HOME `id` \\ * é', "a.A.last;", "c.C.-x"]


@pytest.fixture
def testr(project):
    """A project with that runner and a file of ids."""
    pytest.importorskip("subunit")
    project.write("run.py", RUNNER.format(ran=str(project.base / "ran")))
    project.write("ids", "".join(name + "\n" for name in IDS))
    project.write("red", "")
    return project


def conf(project, command, *lines):
    project.write(".testr.conf", "\n".join(["[DEFAULT]", f"test_command={sys.executable} run.py {command}",
                                            "test_list_option=--list", *lines]) + "\n")


def asked(project):
    """The ids that the runner was asked for since the last call, a list for each process."""
    return [eval(line) for line in project.ran()]


@pytest.mark.parametrize("command, lines", [
    ("$LISTOPT $IDOPTION", ["test_id_option=--load $IDFILE"]),
    ("$LISTOPT $IDLIST", []),
    ("$LISTOPT $IDOPTION", ["test_id_option=$IDLIST"]),
])
def test_ids_arrive_as_they_are_and_in_their_order(testr, command, lines):
    conf(testr, command, *lines)
    done = testr.once("-n", "1", "--box=group")
    assert (done.returncode, asked(testr)) == (0, [IDS]), done.stdout + done.stderr
    assert "OK!  5 tests" in done.stdout


def test_only_the_red_ones_run_again(testr):
    conf(testr, "$LISTOPT $IDOPTION", "test_id_option=--load $IDFILE", "filter_tags=layers other")
    testr.write("layer", "")
    testr.write("red", IDS[1] + "\n" + IDS[4] + "\n")
    loop = testr.aloof("-n", "1", "--box=group").wait_for(re.compile("RED 2 of"))
    loop.wait_for("FAIL  b.B.it's (two words)").wait_for("FAIL  c.C.-x").wait_for("testr ·")
    assert asked(testr) == [IDS]
    testr.write("red", IDS[1] + "\n")
    loop.wait_for(re.compile("RED 1 of.*ran . in.*red changed"))
    assert asked(testr) == [[IDS[1], IDS[4]]]
    testr.write("red", "")
    loop.wait_for(re.compile("GREEN .*the red set passed"))
    assert asked(testr) == [[IDS[1]], IDS]


OLD_RUNNER = """
import os, sys

known = open("ids").read().splitlines()
if "--list" in sys.argv:
    print("\\n".join(known))
    sys.exit()
asked = [line.rstrip("\\n") for line in open(sys.argv[2])]
with open({ran!r}, "a") as noted:
    noted.write(repr(asked) + "\\n")
print("words before any test")
for name in asked:
    print("test: " + name)
    if name in open("red").read().splitlines():
        print("failure: " + name + " [\\nTraceback (most recent call last):\\n  File \\"run.py\\", line 3, in x\\nValueError: wrong\\n]")
    else:
        print("success: " + name)
"""


def test_subunit_1_and_a_listing_of_lines(testr):
    testr.write("run.py", OLD_RUNNER.format(ran=str(testr.base / "ran")))
    conf(testr, "$LISTOPT $IDOPTION", "test_id_option=--load $IDFILE")
    testr.write("red", IDS[0] + "\n")
    loop = testr.aloof("-n", "1", "--box=group").wait_for(re.compile("RED 1 of 5"))
    loop.wait_for(f"FAIL  {IDS[0]}").wait_for("ValueError: wrong").wait_for(re.compile(r"\+3 +run\.py"))
    assert asked(testr) == [IDS]
    testr.write("red", "")
    loop.wait_for(re.compile("GREEN 5 tests.*the red set passed"))
    assert asked(testr) == [IDS, [IDS[0]]]  # sorted


def test_a_group_is_not_torn_apart(testr):
    conf(testr, "$LISTOPT $IDLIST", r"group_regex=([^\.]+\.)+", "test_run_concurrency=echo 3")
    done = testr.once("--box=group")
    groups = asked(testr)
    assert done.returncode == 0 and sorted(groups) == sorted([IDS[:2], IDS[2:4], IDS[4:]])


def test_the_concurrency_is_what_the_command_says(testr):
    conf(testr, "$LISTOPT $IDLIST", "test_run_concurrency=echo 3")
    loop = testr.aloof().wait_for(re.compile("GREEN")).wait_for("3 boxes")
    loop.type("q")
    assert loop.wait_exit() == 0
    loop = testr.aloof("-n", "2").wait_for(re.compile("GREEN")).wait_for("2 boxes")


@pytest.mark.parametrize("command, said", [
    ("exit 3", "expected a number from 1 to 1024, got '' and exit status 3"),
    ("echo many", "expected a number from 1 to 1024, got 'many"),
    ("echo 0", "expected a number from 1 to 1024, got '0"),
])
def test_a_concurrency_that_is_none(testr, command, said):
    conf(testr, "$LISTOPT $IDLIST", f"test_run_concurrency={command}")
    done = testr.once()
    assert (done.returncode, said in done.stderr) == (4, True), done.stderr


def test_arguments_go_behind_the_command(testr):
    conf(testr, "$LISTOPT $IDLIST")
    assert testr.once("-n", "1", "--box=group", "--", "more of it").returncode == 0
    assert asked(testr) == [IDS + ["more of it"]]


@pytest.mark.parametrize("text, said", [
    ("test_command=x\n", ".testr.conf:1: a key before the first section; expected [DEFAULT]"),
    ("[DEFAULT]\nfoo=bar\n", ".testr.conf: [DEFAULT] lacks test_command"),
    ("[DEFAULT]\ntest_command=x $LISTOPT $IDLIST\ntest_list_option=-l\ngroup_regex=*\n", ".testr.conf:4: '*' is no regular"),
    ("[DEFAULT]\ntest_command=x\ninstance_provision=y\n", ".testr.conf:3: instance_provision: tests cannot be run in instances yet"),
])
def test_what_is_wrong_with_the_file(project, text, said):
    project.write(".testr.conf", text)
    done = project.once()
    assert (done.returncode, said in done.stderr) == (4, True), done.stderr


def test_a_listing_that_fails_says_why(testr):
    conf(testr, "$LISTOPT $IDLIST")
    testr.write("run.py", "import nowhere\n")
    done = testr.once()
    assert done.returncode == 1
    assert "cannot be listed" in done.stdout + done.stderr and "No module named 'nowhere'" in done.stdout + done.stderr


@pytest.fixture
def buoys(project):
    """A project of stestr: five tests in two classes; each notes that it ran."""
    pytest.importorskip("stestr")
    project.write(".stestr.conf", "[DEFAULT]\ntest_path=${TESTS:-./buoy/tests}\ntop_dir=./\nparallel_class=True\n")
    for package in "buoy", "buoy/tests":
        project.write(f"{package}/__init__.py", "")
    project.write("buoy/light.py", "def period(kind):\n    return {'fixed': 0, 'flashing': 4}[kind]\n")
    project.write("buoy/tests/test_light.py", f"""
        import unittest

        from buoy import light


        class Noted(unittest.TestCase):
            def setUp(self):
                with open({str(project.base / "ran")!r}, "a") as ran:
                    ran.write(self.id() + chr(10))


        class Period(Noted):
            def test_fixed(self):
                self.assertEqual(light.period("fixed"), 0)

            def test_flashing(self):
                self.assertEqual(light.period("flashing"), 5)

            def test_unknown(self):
                with self.assertRaises(KeyError):
                    light.period("none")


        class Other(Noted):
            @unittest.skip("tomorrow")
            def test_later(self):
                pass

            def test_words(self):
                self.assertEqual("a", "a")
        """)
    return project


def save_in_one_second(project, path, text):
    """Several saves in the same second: Python takes what it compiled of one for the other, if that is as long."""
    new = project.write(path + "~new", text)
    os.utime(new, (1e9, 1e9))
    os.replace(new, project.root / path)


def test_red_edit_green_full_with_stestr(buoys):
    save_in_one_second(buoys, "buoy/light.py", "def period(kind):\n    return {'fixed': 0, 'flashing': 4}[kind]\n")
    loop = buoys.aloof().wait_for(re.compile("RED 1 of 5.*ran 5"))
    module = "buoy.tests.test_light"
    every = [f"{module}.{name}" for name in ("Other.test_words", "Period.test_fixed", "Period.test_flashing", "Period.test_unknown")]
    assert buoys.ran() == every
    loop.wait_for(f"FAIL  {module}.Period.test_flashing").wait_for(re.compile(r"\+\d+ buoy/tests/test_light.py")).wait_for("stestr ·")
    save_in_one_second(buoys, "buoy/light.py", "def period(kind):\n    return {'fixed': 0, 'flashing': 6}[kind]\n")
    loop.wait_for("6 != 5").wait_for(re.compile("RED 1 of 5.*ran 1 in"))
    assert buoys.ran() == [every[2]]
    save_in_one_second(buoys, "buoy/light.py", "def period(kind):\n    return {'fixed': 0, 'flashing': 5}[kind]\n")
    loop.wait_for(re.compile("GREEN 5 tests.*the red set passed"))
    assert buoys.ran() == sorted(every + [every[2]])
    loop.type("q")
    assert loop.wait_exit() == 0


def test_stestr_in_pyproject(buoys):
    (buoys.root / ".stestr.conf").unlink()
    buoys.write("pyproject.toml", '[tool.stestr]\ntest_path = "./buoy/tests"\n')
    done = buoys.once()
    assert (done.returncode, "5 tests, 1 failure, 1 skipped" in done.stdout) == (1, True), done.stdout + done.stderr


def test_the_debugger_of_a_test_of_stestr(buoys):
    buoys.write("buoy/light.py", "def period(kind):\n    breakpoint()\n    return 4\n")
    loop = buoys.aloof("--timeout", "10").wait_for(re.compile("RED . of 5")).wait_for("FAIL  buoy.tests")
    loop.type("d")
    loop.wait_for("(Pdb)").type("kind\n")
    loop.wait_for(re.compile("'(fixed|flashing|none)'")).type("c\n")


def test_a_module_that_cannot_be_imported_is_told(buoys):
    buoys.write("buoy/light.py", "def period(kind:\n")
    done = buoys.once()
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout and re.search(r"\+1 +buoy/light.py", done.stdout)
