"""The loop: what a save makes it run, and what it says."""

import os
import re
import signal

import pytest

GREEN = re.compile(r"GREEN (\d+) tests? · (?:re)?ran \d+ in")
RED = re.compile(r"RED (\d+) of \d+ · (?:re)?ran \d+ in")


def red(count, of, ran=None):
    ran = r"\d+" if ran is None else ran
    return re.compile(rf"RED {count} of {of} · (?:re)?ran {ran} in")


def green(count):
    return re.compile(rf"GREEN {count} tests? · (?:re)?ran {count} in")


@pytest.fixture
def sums(project):
    """Three test files and a module; adding is broken."""
    project.write("sums.py", "def add(a, b):\n    return a - b\n\n\ndef double(a):\n    return 2 * a\n")
    project.write("test_add.py", "from sums import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n")
    project.write("test_double.py", "from sums import double\n\n\ndef test_double():\n    assert double(4) == 8\n")
    project.write("test_other.py", "def test_one():\n    pass\n\n\ndef test_two():\n    pass\n")
    project.record_runs()
    project.commit()
    return project


def test_red_then_red_set_only_then_green_then_everything(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    loop.wait_for("test_add.py::test_add")
    assert len(sums.ran()) == 4

    sums.save("sums.py", "def add(a, b):\n    return a * b\n\n\ndef double(a):\n    return 2 * a\n")
    loop.wait_for("assert 6 == 5")
    loop.wait_for(red(1, 4, ran=1))
    assert sums.ran() == ["test_add.py::test_add"]

    sums.save("sums.py", "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return 2 * a\n")
    loop.wait_for(green(4))
    ran = sums.ran()
    assert sorted(set(ran)) == ["test_add.py::test_add", "test_double.py::test_double", "test_other.py::test_one",
                                "test_other.py::test_two"]
    loop.type("q")
    assert loop.wait_exit() == 0


def test_a_change_while_green_runs_everything(sums):
    sums.write("sums.py", "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return 2 * a\n")
    loop = sums.aloof()
    loop.wait_for(green(4))
    sums.ran()
    sums.save("sums.py", "def add(a, b):\n    return b + a\n\n\ndef double(a):\n    return 3 * a\n")
    loop.wait_for("test_double.py::test_double")
    loop.wait_for(red(1, 4, ran=4))
    assert len(sums.ran()) == 4


def test_a_new_failing_test_is_seen_while_red(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.ran()
    sums.write("test_new.py", "def test_new():\n    assert not 'new'\n")
    loop.wait_for(red(2, 5))
    loop.wait_for("test_new.py::test_new")
    assert sums.ran() == ["test_add.py::test_add", "test_new.py::test_new"]


def test_a_new_failing_test_in_an_old_file_is_seen_while_red(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.ran()
    sums.save("test_other.py", "def test_one():\n    pass\n\n\ndef test_three():\n    assert 3 == 4\n")
    loop.wait_for("test_other.py::test_three")
    loop.wait_for(RED)
    assert sums.ran() == ["test_add.py::test_add", "test_other.py::test_one", "test_other.py::test_three"]


def test_a_renamed_test_leaves_the_red_set(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.save("test_add.py", "from sums import add\n\n\ndef test_sum():\n    assert add(2, 3) == -1\n")
    loop.wait_for(re.compile(r"GREEN 4 tests"))
    loop.wait_for("test_add.py::test_add is gone")
    loop.wait_for(lambda screen: not re.search(r"^.(FAIL|fixed)\b.*test_add\.py::test_add", screen.text, re.M))


def test_a_file_that_cannot_be_imported_is_red_until_it_can(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.save("test_double.py", "def test_double(:\n")
    loop.wait_for(re.compile(r"COLLECT\w* +test_double\.py"))
    loop.wait_for("SyntaxError").wait_for("RED 2 of 5")
    sums.save("test_double.py", "def test_double():\n    assert 2 == 1 + 1\n")
    loop.wait_gone("SyntaxError")
    loop.wait_for(red(1, 4))
    sums.save("sums.py", "def add(a, b):\n    return a + b\n")
    loop.wait_for(green(4))


def test_a_broken_conftest_is_shown_and_the_loop_goes_on(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    good = sums.read("conftest.py")
    sums.save("conftest.py", "import no_such_module_here\n")
    loop.wait_for("no_such_module_here")
    sums.save("conftest.py", good)
    loop.wait_for(red(1, 4))
    sums.save("sums.py", "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return 2 * a\n")
    loop.wait_for(green(4))


def test_a_change_during_a_run_stops_it_and_starts_over(project):
    project.record_runs()
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_slow.py", f"def test_slow():\n    open({str(gate)!r}).read()\n")
    project.commit()
    loop = project.aloof()
    with open(gate, "w"):  # opens as soon as the test reads
        loop.wait_for("test_slow.py::test_slow")
        assert project.ran() == ["test_slow.py::test_slow"]
        project.save("test_slow.py", "def test_slow():\n    assert 'the new one' == ''\n")
        loop.wait_for("the new one")
        loop.wait_for(red(1, 1))


def test_equal_length_saves_in_one_second_never_run_stale_code(project):
    project.write("value.py", "VALUE = 10\n")
    project.write("test_value.py", "import value\n\n\ndef test_value():\n    assert value.VALUE == 'never'\n")
    project.commit()
    loop = project.aloof()
    loop.wait_for("assert 10 == 'never'")
    for value in range(11, 31):
        project.save("value.py", f"VALUE = {value}\n")
        loop.wait_for(f"assert {value} == 'never'")
    loop.wait_for(red(1, 1))


def test_the_same_content_saved_again_starts_no_run(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.ran()
    sums.save("sums.py", sums.read("sums.py"))
    os.utime(sums.root / "test_add.py")
    loop.settle(0.5)
    assert sums.ran() == []


def test_ignored_files_and_editor_droppings_start_no_run(sums):
    sums.write(".gitignore", "*.log\nbuild/\n__pycache__/\n.pytest_cache/\n")
    sums.commit()
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.ran()
    for name in ("out.log", "build/made.py", ".sums.py.swp", "4913", "sums.py~", "#sums.py#"):
        sums.write(name, "anything\n")
    (sums.root / ".#sums.py").symlink_to("someone@host.123:456")
    (sums.root / "4913").unlink()
    loop.settle(0.5)
    assert sums.ran() == []


@pytest.mark.presses("W")
def test_tests_that_write_into_the_tree_do_not_loop(project):
    project.write("test_writes.py", """
        import pathlib, time


        def test_writes():
            pathlib.Path("written.txt").write_text(str(time.time_ns()))


        def test_fails():
            assert False
        """)
    project.record_runs()
    project.commit()
    loop = project.aloof()
    loop.wait_for("written.txt")
    loop.wait_for(red(1, 2))
    loop.settle(0.5)
    runs = project.ran().count("test_writes.py::test_writes")
    assert runs <= 4, f"{runs} runs"
    loop.type("W")
    loop.wait_for("watched again")


def test_the_red_set_is_remembered_from_one_start_to_the_next(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    loop.type("q")
    assert loop.wait_exit() == 0
    sums.ran()
    again = sums.aloof()
    again.wait_for("test_add.py::test_add")
    again.wait_for(red(1, 4, ran=1))
    assert sums.ran() == ["test_add.py::test_add"]


def test_a_checkout_of_many_files_is_one_run(project):
    for number in range(300):
        project.write(f"module_{number}.py", "x = 1\n")
    project.write("test_it.py", "def test_it():\n    assert 'first' == ''\n")
    project.record_runs()
    project.commit("first")
    project.git("checkout", "-q", "-b", "other")
    for number in range(300):
        project.write(f"module_{number}.py", "x = 222\n")
    project.write("test_it.py", "def test_it():\n    assert 'second' == ''\n")
    project.commit("second")
    loop = project.aloof()
    loop.wait_for("second")
    loop.wait_for(red(1, 1))
    project.ran()
    project.git("checkout", "-q", "main")
    loop.wait_for("first")
    loop.wait_for(red(1, 1))
    loop.wait_for(re.compile(r"· main\b"))
    loop.settle(0.5)
    assert project.ran() == ["test_it.py::test_it"]


def test_the_keys_run_everything_the_red_ones_or_the_one_under_the_cursor(sums):
    sums.write("test_bad.py", "def test_bad():\n    assert not 'bad'\n")
    loop = sums.aloof()
    loop.wait_for(red(2, 5))
    sums.ran()
    loop.type("r")
    loop.wait_for(red(2, 5, ran=2))
    assert sums.ran() == ["test_add.py::test_add", "test_bad.py::test_bad"]
    loop.type("a")
    loop.wait_for(red(2, 5, ran=5))
    assert len(sums.ran()) == 5
    loop.type("s")
    loop.wait_for(red(2, 5, ran=1))
    assert sums.ran() in (["test_add.py::test_add"], ["test_bad.py::test_bad"])


def test_paused_changes_wait_for_p(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.ran()
    loop.type("p")
    loop.wait_for("PAUSED")
    sums.save("sums.py", "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return 2 * a\n")
    loop.quiet(0.3)
    assert sums.ran() == []
    loop.type("p")
    loop.wait_for(green(4))


def test_the_line_changed_since_head_is_marked(sums):
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    sums.save("sums.py", "def add(a, b):\n    return a + b + c\n\n\ndef double(a):\n    return 2 * a\n")
    loop.wait_for("NameError")
    loop.wait_for(re.compile(r"●.*sums\.py.*changed since HEAD"))


def test_two_loops_on_one_tree(sums):
    first, second = sums.aloof(), sums.aloof()
    for loop in (first, second):
        loop.wait_for(red(1, 4))
    sums.save("sums.py", "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return 2 * a\n")
    for loop in (first, second):
        loop.wait_for(green(4))


def test_a_kill_at_any_time_leaves_a_history_that_can_be_used(sums):
    for _ in range(3):
        loop = sums.aloof()
        loop.wait_for("test_add.py::test_add")
        os.kill(loop.pid, signal.SIGKILL)
        loop.wait_exit()
    loop = sums.aloof()
    loop.wait_for(red(1, 4))
    assert "histor" not in loop.text
