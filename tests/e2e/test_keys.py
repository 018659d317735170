"""Each key does what the manual says. A key that no test presses fails the suite: mark a test with
@pytest.mark.presses("k", "Up"), keys as the manual names them."""

import pathlib
import re

import pytest

import keyboard

RED = re.compile(r"RED 1 of 15 · (?:re)?ran \d+ in")
GREEN = re.compile(r"GREEN 15 tests")


def test_every_key_is_pressed_by_a_test(pressed):
    keys, files = pressed
    if files < {path.name for path in pathlib.Path(__file__).parent.glob("test_*.py")}:
        pytest.skip("only some of the tests were asked")
    assert keyboard.keys() - keys == set()
    assert keys - keyboard.keys() == set(), "no such keys"


def pressing(**rows):
    """Parametrizes and marks: pressing(down_up=("Down", "Up"))."""
    return pytest.mark.parametrize(
        "keys", [pytest.param(keys, marks=pytest.mark.presses(*keys), id=name) for name, keys in rows.items()])


def press(loop, key):
    loop.type(keyboard.octets(key)[0])


def at(text):
    """Whether the cursor's line begins with this."""
    def under_cursor(terminal):
        return any(line.startswith("▌") and line[1:].lstrip(" ●").startswith(text) for line in terminal.lines)
    return under_cursor


@pytest.fixture
def many(project):
    """The loop on thirty failures, in a file's order, the cursor on the first."""
    project.write("test_many.py", "".join(f"def test_{number:02}():\n    assert {number} < 0\n\n\n" for number in range(30)))
    loop = project.aloof("-n", "1", EDITOR="vi")
    loop.wait_for("30 tests  30 failed")
    loop.wait_for(at("FAIL  test_many.py::test_00"))
    return loop


@pressing(letters=("j", "k"), arrows=("Down", "Up"))
def test_next_and_previous(many, keys):
    forth, back = keys
    press(many, forth)
    many.wait_for(at("vi +2 test_many.py"))
    press(many, forth)
    many.wait_for(at("FAIL  test_many.py::test_01"))
    press(many, back)
    many.wait_for(at("vi +2 test_many.py"))
    press(many, back)
    many.wait_for(at("FAIL  test_many.py::test_00"))


@pressing(letters=("n", "N"), capitals=("J", "K"))
def test_next_and_previous_failure(many, keys):
    forth, back = keys
    press(many, forth)
    many.wait_for(at("FAIL  test_many.py::test_01"))
    press(many, forth)
    many.wait_for(at("FAIL  test_many.py::test_02"))
    press(many, back)
    many.wait_for(at("FAIL  test_many.py::test_01"))


@pressing(letters=("G", "g"), named=("End", "Home"))
def test_last_and_first(many, keys):
    end, home = keys
    press(many, end)
    many.wait_for(at("FAIL  test_many.py::test_29"))
    press(many, home)
    many.wait_for(at("FAIL  test_many.py::test_00"))


@pressing(letters=("Space", "b"), named=("PgDn", "PgUp"))
def test_pages(many, keys):
    down, up = keys
    many.wait_for("test_many.py::test_01")
    press(many, down)
    many.wait_gone("test_many.py::test_00")
    many.wait_for(lambda terminal: any(line.startswith("▌") for line in terminal.lines))
    press(many, up)
    many.wait_for("FAIL  test_many.py::test_00")


@pytest.mark.presses("r")
def test_r_runs_the_failing_tests(lighthouse):
    lighthouse.record_runs()
    loop = lighthouse.aloof()
    loop.wait_for(re.compile(r"RED 1 of 15 · ran 15 in"))
    lighthouse.ran()
    loop.type("r")
    loop.wait_for(re.compile(r"RED 1 of 15 · reran 1 in"))
    assert lighthouse.ran() == ["tests/test_tide.py::test_mean_at_night"]


@pytest.mark.presses("a", "l")
def test_a_runs_all_and_the_log_says_so(lighthouse):
    lighthouse.record_runs()
    loop = lighthouse.aloof()
    loop.wait_for(re.compile(r"RED 1 of 15 · ran 15 in"))
    lighthouse.ran()
    loop.type("al")
    loop.wait_for(re.compile(r"all tests: asked for by a key\n(.*\n)*.*15 ran in [\d.]+ s, 1 red"))
    assert len(lighthouse.ran()) == 15


@pytest.mark.presses("s", "t", "S", "/")
def test_s_runs_the_selected_test_of_the_sorted_and_filtered_list(lighthouse):
    lighthouse.record_runs()
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    lighthouse.ran()
    loop.type("t")
    loop.wait_for("all tests · by outcome")
    loop.type("S")
    loop.wait_for("by usual time")
    loop.type("S")
    loop.wait_for("by CPU time")
    loop.type("S")
    loop.wait_for("by time waited")
    loop.type("S")
    loop.wait_for("by name")
    loop.type("/low water\r")
    loop.wait_for("1 of 1")
    loop.type("s")
    loop.type("t")
    loop.wait_for("ran 1 in")
    assert lighthouse.ran() == ["tests/test_tide.py::test_low_water"]


@pytest.mark.presses("x")
def test_x_stops_the_run(project):
    project.write_gate()
    loop = project.aloof()
    loop.wait_for("test_gate.py::test_gate")
    loop.type("x")
    loop.wait_for(re.compile(r"stopped: ran 0 in"))


@pytest.mark.presses("p")
def test_p_makes_changes_wait(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.type("p")
    loop.wait_for("PAUSED")
    loop.wait_for("paused: changes wait until p is pressed")
    loop.settle(0.5)
    lighthouse.save("lighthouse/tide.py", lighthouse.read("lighthouse/tide.py").replace("BEGINS and", "BEGINS or"))
    assert loop.quiet(1), loop.text
    loop.type("p")
    loop.wait_for(GREEN)


@pytest.mark.presses("Ctrl-L")
def test_ctrl_l_draws_the_screen_anew(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.settle(0.3)
    loop.stream.feed(b"\x1b[H\x1b[2Jnoise from elsewhere")
    loop.wait_for("noise from elsewhere")
    loop.type("\x0c")
    loop.wait_for(RED)
    loop.wait_for("test_mean_at_night")
    loop.wait_for("q quit")
    loop.wait_gone("noise from elsewhere")
