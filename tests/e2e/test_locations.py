"""--locations: the places where the red tests fail, as editors read them."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

LINE = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<message>.+)")  # errorformat %f:%l:%c: %m

SUMS = "def add(a, b):\n    return deep(a, b)\n\n\ndef deep(a, b):\n    {}\n"
RED = [("test_add.py", 5, "FAIL test_add.py::test_add: AssertionError: assert -1 == 5")]


@pytest.fixture
def sums(project):
    project.write("sums.py", SUMS.format("return a - b"))
    project.write("test_add.py", "from sums import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n")
    project.write("test_other.py", "def test_other():\n    pass\n")
    project.record_runs()
    project.commit()
    return project


def places(file):
    """The file's lines as an editor takes them apart; None: there is no file."""
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        return None
    matches = [LINE.fullmatch(line) for line in lines]
    assert all(matches), lines
    return [(match["file"], int(match["line"]), match["message"]) for match in matches]


def wait_for_places(loop, file, wanted):
    """Waits with the screen: what stands in the file is told there, too, at most 100 ms earlier."""
    try:
        loop.wait_for(lambda _: places(file) == wanted)
    except AssertionError as waited:
        raise AssertionError(f"{file}: {places(file)} instead of {wanted}") from waited


def test_the_loop_keeps_the_file_up_to_date(sums):
    file = sums.base / "errors.txt"
    loop = sums.aloof("--locations", file)
    wait_for_places(loop, file, RED)
    sums.save("sums.py", SUMS.format("raise KeyError(a)"))
    message = "FAIL test_add.py::test_add: KeyError: 2"
    wait_for_places(loop, file, [("sums.py", 6, message), ("sums.py", 2, f"{message} (called from here)"),
                                 ("test_add.py", 5, f"{message} (called from here)")])
    sums.save("test_other.py", "def test_other(:\n")
    loop.wait_for(lambda _: ("test_other.py", 1) in [place[:2] for place in places(file)])
    assert any(re.match("COLLECT test_other.py: SyntaxError: ", place[2]) for place in places(file)), places(file)
    sums.save("test_other.py", "def test_other():\n    pass\n")
    sums.save("sums.py", SUMS.format("return a + b"))
    wait_for_places(loop, file, [])
    assert file.read_bytes() == b""
    assert not [name for name in os.listdir(sums.base) if name.endswith(".tmp")]


def test_a_failure_is_in_the_file_while_the_run_goes_on(sums):
    gate = sums.base / "gate"
    os.mkfifo(gate)
    sums.write("test_slow.py", f"def test_slow():\n    open({str(gate)!r}).read()\n")
    file = sums.base / "errors.txt"
    loop = sums.aloof("-n", "1", "--box=test", "--locations", file)
    with open(gate, "w"):  # the run cannot end before this does
        wait_for_places(loop, file, RED)
    loop.wait_for(re.compile("RED 1 of 3"))


def test_what_was_red_at_an_earlier_start_is_in_the_file(sums):
    file = sums.base / "errors.txt"
    sums.once()
    gate = sums.base / "gate"
    os.mkfifo(gate)
    sums.write("conftest.py", f"open({str(gate)!r}).read()\n")
    loop = sums.aloof("--locations", file)
    with open(gate, "w"):  # nothing is collected before this closes
        wait_for_places(loop, file, RED)
    loop.wait_for("RED 1 of 2 · reran 1").wait_gone("as of")
    wait_for_places(loop, file, RED)


@pytest.mark.parametrize("option", ["--locations", "--junit", "--subunit"])
def test_a_file_in_the_tree_starts_no_run(sums, option):
    loop = sums.aloof(option, "out.txt", cwd=sums.root)
    loop.wait_for(re.compile(r"RED 1 of 2 · ran 2 in"))
    loop.settle(0.5)
    assert len(sums.ran()) == 2
    assert (sums.root / "out.txt").stat().st_size > 0
    (sums.root / "out.txt").write_text("somebody else's\n")
    loop.settle(0.5)
    assert sums.ran() == []
    assert "out.txt is written by" not in loop.text
    sums.write("other.txt", "an edit\n")
    loop.wait_for(re.compile(r"reran 1 in .* other\.txt"))


def test_once_writes_its_own_run(sums):
    file = sums.base / "errors.txt"
    done = sums.once("--locations", file)
    assert done.returncode == 1, done.stdout + done.stderr
    assert places(file) == RED
    done = sums.once("--locations", file, "test_other.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert file.read_bytes() == b""


def test_paths_are_seen_from_where_aloof_was_started(sums):
    sums.write("below/test_b.py", "import sums\n\n\ndef test_b():\n    sums.add(1, None)\n")
    done = sums.once("--locations", "errors.txt", "test_b.py", cwd=sums.root / "below")
    found = places(sums.root / "below/errors.txt")
    assert found, done.stdout + done.stderr
    assert {place[0] for place in found} >= {"test_b.py", "../sums.py"}
    for name, line, _ in found:
        assert line <= len((sums.root / "below" / name).read_text().splitlines())


def test_the_key_in_the_configuration(sums):
    sums.write(".aloof.conf", "[report]\n\tlocations = errors.txt\n")
    assert sums.once().returncode == 1
    assert places(sums.root / "errors.txt") == RED


@pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim here")
def test_vim_reads_it(sums):
    file = sums.base / "errors.txt"
    listed = sums.base / "listed"
    sums.save("sums.py", SUMS.format("raise KeyError(a)"))
    sums.once("--locations", file)
    script = "call writefile(map(getqflist(), {_, e -> bufname(e.bufnr) . ':' . e.lnum . ':' . e.text}), $LISTED)"
    subprocess.run(["vim", "-u", "NONE", "-es", "-q", file, "-c", script, "-c", "qa!"], cwd=sums.root,
                   env={**sums.env, "LISTED": str(listed)}, stdin=subprocess.DEVNULL, timeout=30)
    assert [line.split(": FAIL ")[0] for line in listed.read_text().splitlines()] == [
        "sums.py:6", "sums.py:2", "test_add.py:5"]


def test_the_problem_matcher_in_the_readme_fits(sums):
    readme = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
    task = json.loads(re.search(r"```json\n(.*?)```", readme, re.S)[1])["tasks"][0]
    pattern = task["problemMatcher"]["pattern"]
    file = sums.base / "errors.txt"
    sums.once("--locations", file)
    fields = [re.search(pattern["regexp"], line) for line in file.read_text().splitlines()]
    assert [(found[pattern["file"]], int(found[pattern["line"]]), found[pattern["message"]])
            for found in fields] == RED
    assert fields[0][pattern["column"]] == "1"


def test_a_directory_that_is_not_there_is_a_usage_error(sums):
    for args in (["--once"], []):
        done = sums.run(*args, "--locations", "no/such/errors.txt")
        assert done.returncode == 4, done.stdout + done.stderr
        assert done.stderr == "aloof: no/such/errors.txt: cannot write the locations: No such file or directory\n"
    assert sums.run("--once", "--locations", ".").returncode == 4


def test_once_keeps_its_exit_code_when_the_file_cannot_be_written(sums):
    done = sums.once("--locations", "/proc/errors.txt")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("aloof: /proc/errors.txt: cannot write the locations: ")
    assert len(done.stderr.splitlines()) == 1


def test_the_loop_says_once_that_it_cannot_write_and_goes_on(sums):
    place = sums.base / "place"
    place.mkdir()
    file = place / "errors.txt"
    loop = sums.aloof("--locations", file, columns=160)
    wait_for_places(loop, file, RED)
    subprocess.run(["rm", "-r", place], check=True)
    sums.save("sums.py", SUMS.format("return a * b"))
    loop.wait_for("cannot write the locations: No such file or directory")
    loop.wait_for("assert 6 == 5")
    loop.type("j")  # any key takes the line away
    loop.wait_gone("cannot write")
    sums.save("sums.py", SUMS.format("return a // b"))
    loop.wait_for("assert 0 == 5")
    loop.wait_for(re.compile(r"RED 1 of 2 · reran 1 in"))
    loop.settle(0.3)
    assert "cannot write" not in loop.text
    place.mkdir()
    sums.save("sums.py", SUMS.format("return a + b"))
    wait_for_places(loop, file, [])
