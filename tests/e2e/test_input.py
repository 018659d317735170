"""What is typed, clicked and pasted."""

import os
import re
import signal
import stat

import pytest

from project import ALOOF
from terminal import Waited, switches_left_on

RED = re.compile(r"RED 1 of 15 · (?:re)?ran \d+ in")
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"


def editor(project, body):
    path = project.base / "editor"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def place(loop, text):
    """The row and column of a text on the screen, from 1 as the mouse counts."""
    loop.wait_for(text)
    row = next(at for at, line in enumerate(loop.lines) if text in line)
    return row + 1, loop.lines[row].index(text) + 1


def mouse(loop, button, row, column):
    loop.type(f"\x1b[<{button};{column};{row}M\x1b[<{button};{column};{row}m")


def click(loop, text):
    mouse(loop, 0, *place(loop, text))


def under_cursor(text):
    def shows(terminal):
        return any(line.startswith("▌") and text in line for line in terminal.lines)
    return shows


def test_a_click_puts_the_cursor_there_and_on_a_hint_presses_it(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    click(loop, "lighthouse/tide.py  #")
    loop.wait_for(under_cursor("tide.py  #"))
    click(loop, "FAIL ")
    loop.wait_for(under_cursor("FAIL "))
    click(loop, "? help")
    loop.wait_for("aloof: the keys")
    loop.type("?")
    click(loop, "q quit")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_a_double_click_opens_the_frame(lighthouse):
    told = lighthouse.base / "told"
    loop = lighthouse.aloof(EDITOR=editor(lighthouse, f'echo "$@" >{told}\necho HERE\nread answer\n'), columns=140)
    loop.wait_for(RED)
    row, column = place(loop, "+17 tests/test_tide.py")
    loop.type(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m" * 2)
    loop.wait_for("HERE")
    assert loop.given_back()
    assert re.fullmatch(r"\+\d+ .*tests/test_tide\.py\n", told.read_text())
    loop.type("\n")
    loop.wait_for(under_cursor("+17 tests/test_tide.py"))


def test_the_wheel_scrolls_the_failures_and_the_help(project):
    project.write("test_many.py", "".join(f"def test_{at:02}():\n    assert {at} < 0\n\n\n" for at in range(30)))
    loop = project.aloof(rows=20)
    loop.wait_for("30 tests  30 failed")
    loop.type("g")
    loop.wait_for(lambda terminal: terminal.lines[3].startswith("▌FAIL"))
    first = loop.lines[3].split()[1]
    for _ in range(60):
        mouse(loop, 65, 10, 10)
    loop.wait_gone(first)
    for _ in range(60):
        mouse(loop, 64, 10, 10)
    loop.wait_for(lambda terminal: first in terminal.lines[3])
    loop.type("?")
    loop.wait_for("next failure or frame")
    mouse(loop, 65, 10, 10)
    loop.wait_gone("next failure or frame")
    mouse(loop, 64, 10, 10)
    loop.wait_for("next failure or frame")


def test_without_the_mouse_no_reports_are_asked_for(lighthouse):
    loop = lighthouse.aloof("-c", "terminal.mouse=false")
    loop.wait_for(RED)
    assert b"1000h" not in loop.raw and b"?2004h" in loop.raw


def test_pasted_text_is_not_keys(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.type(PASTE + "q\x1b[201" + "q?" * 1000)
    loop.wait_for("pasted text is not keys")
    loop.type("qqq" + PASTE_END + "?")
    loop.wait_for("aloof: the keys")
    loop.type("?")
    loop.wait_for(RED)
    loop.type(PASTE + "q")
    loop.wait_for("pasted text is not keys")
    with pytest.raises(Waited):
        loop.wait_exit(1.5)
    loop.type("q")
    assert loop.wait_exit() == 0


def test_escape_leaves_the_help_and_unknown_keys_are_no_letters(lighthouse):
    loop = lighthouse.aloof(rows=40)
    loop.wait_for(RED)
    loop.type("?")
    loop.wait_for("aloof: the keys")
    loop.type("\x1b")
    loop.wait_for(RED)
    loop.type("\x1bq\x1b[99;5q\x1bOq\x1b[[q?")
    loop.wait_for("aloof: the keys")


def test_what_is_typed_ahead_is_done_in_order(lighthouse):
    told = lighthouse.base / "told"
    loop = lighthouse.aloof(EDITOR=editor(lighthouse, f'read answer\necho "$answer" >{told}\n'))
    loop.wait_for(RED)
    loop.type("?\x1b[Bqjj\rtyped ahead\n")
    loop.wait_for(lambda terminal: told.exists() and told.read_text() == "typed ahead\n")
    loop.type("q")
    assert loop.wait_exit() == 0


@pytest.mark.parametrize("end", ["q", "\x03", signal.SIGTERM, signal.SIGSEGV])
def test_the_modes_are_switched_off_at_every_end(lighthouse, end):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    assert b"\x1b[?1006;1000h" in loop.raw and b"\x1b[?2004h" in loop.raw
    loop.type(end) if isinstance(end, str) else os.kill(loop.pid, end)
    loop.wait_exit()
    assert loop.given_back()


def test_the_mouse_is_the_shells_while_suspended(lighthouse):
    shell = lighthouse.spawn(["bash", "--norc", "--noprofile", "-i"], PS1="PROMPT> ")
    shell.wait_for("PROMPT>")
    shell.type(f"{ALOOF}\n")
    shell.wait_for(RED)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    assert not switches_left_on(bytes(shell.raw)) & {b"1000", b"1006"}
    shell.type("fg\n")
    shell.wait_for(RED)
    click(shell, "? help")
    shell.wait_for("aloof: the keys")
    shell.type("?")
    shell.type("q")
    shell.type("exit\n")
    assert shell.wait_exit() == 0
