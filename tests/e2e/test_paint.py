"""What is painted: the right screen at any size and after a storm of sizes, few octets, nothing while idle."""

import os
import random
import re
import time

import pytest

from terminal import DEADLINE

RED = re.compile(r"RED 1 of 15 · (?:re)?ran \d+ in")
KEY_OCTETS = 60  # for the cursor's mark, measured 25 to 33
STORM = 300


def whole(rows, columns):
    """Whether the session's screen is there, every row in its place."""
    def shows(terminal):
        lines = terminal.lines
        return (lines[0].startswith(" aloof · project") and lines[rows - 1].startswith(" j/k move")
                and lines[2] == lines[rows - 4] == "─" * columns and lines[rows - 2].startswith(" 1 test "))
    return shows


def test_a_storm_of_sizes_during_a_run(project):
    gate = project.write_gate()
    loop = project.aloof(rows=24, columns=80)
    loop.wait_for("test_gate.py::test_gate")
    chance = random.Random(7)
    for turn in range(STORM):
        loop.resize(*chance.choice([(1, 1), (chance.randint(1, 100), chance.randint(1, 400))]))
        loop.read(0)
        if turn == STORM // 2:
            gate.open("w").close()
    loop.resize(24, 80)
    loop.wait_for(re.compile(r"RED 1 of 1 · ran 1 in"))
    loop.wait_for(whole(24, 80))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


@pytest.mark.parametrize("rows, columns", [(24, 1), (1, 80), (1, 1)])
def test_the_least_of_sizes_take_keys_and_grow_again(lighthouse, rows, columns):
    loop = lighthouse.aloof(rows=rows, columns=columns)
    loop.wait_for(lambda terminal: any(terminal.lines))
    for key in "jkt>Stl\x1b?\x1bvqoGg w<>Oww":
        loop.type(key)
    loop.resize(24, 100)
    loop.wait_for(RED)
    loop.wait_for("FAIL  tests/test_tide.py::test_mean_at_night")
    loop.wait_for("q quit")
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_what_is_typed_during_the_start_is_done(lighthouse):
    loop = lighthouse.aloof()
    loop.type("t")
    loop.wait_for("all tests · by outcome")
    loop.type("tq")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_escape_acts_at_once(lighthouse):
    loop = lighthouse.aloof(rows=40)
    loop.wait_for(RED)
    took = []
    for _ in range(5):
        loop.type("?")
        loop.wait_for("aloof: the keys")
        pressed = time.monotonic()
        loop.type("\x1b")
        loop.wait_gone("aloof: the keys")
        took.append(time.monotonic() - pressed)
    assert min(took) < 0.1, took


def written_for(loop, key, quiet=0.3):
    """What one key has written to the terminal."""
    loop.raw.clear()
    loop.type(key)
    loop.wait_for(lambda terminal: terminal.raw)
    loop.settle(quiet)
    return bytes(loop.raw)


def test_a_move_of_the_cursor_costs_a_few_octets(lighthouse):
    loop = lighthouse.aloof(rows=50, columns=200)
    loop.wait_for(RED)
    loop.settle(0.5)
    for key in "jjkk":
        octets = written_for(loop, key)
        assert len(octets) <= KEY_OCTETS, octets
    loop.type("t")
    loop.wait_for("all tests")
    loop.settle(0.3)
    for key in "jjkk":
        octets = written_for(loop, key)
        assert len(octets) <= 2 * KEY_OCTETS, octets


@pytest.mark.parametrize("key, shows", [("", "FAIL "), ("t", "all tests · by outcome"), ("v", "The runner's report"),
                                        ("l", "aloof: the log"), ("?", "aloof: the keys")])
def test_nothing_is_written_while_nothing_happens(lighthouse, key, shows):
    loop = lighthouse.aloof(rows=40)
    loop.wait_for(RED)
    loop.type(key)
    loop.wait_for(shows)
    wait_until_idle(loop, 2)


def wait_until_idle(loop, seconds):
    """Waits for so long a time in which nothing is written and nothing wakes up. What a run leaves to be done
    (history, the next worker) comes before it, however late; what comes again and again never lets it be."""
    end = time.monotonic() + DEADLINE
    before = switches(loop.pid)
    while not loop.quiet(seconds) or before != switches(loop.pid):
        assert time.monotonic() < end, "it wakes up again and again"
        before = switches(loop.pid)


def switches(pid):
    """How often the process, its threads and no child of it, was woken up so far."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as status:
            total += sum(map(int, re.findall(r"^voluntary_ctxt_switches:\s*(\d+)", status.read(), re.M)))
    return total
