"""The terminal: editor and back, resizing, suspension, signals; always given back as it was."""

import os
import re
import signal
import stat

import pytest

RED = re.compile(r"RED 1 of 15 · (?:re)?ran \d+ in")


def editor(project, body):
    path = project.base / "editor"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.presses("o")
def test_the_screen_says_what_failed_and_where(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.wait_for("mean requires at least one data point")
    loop.wait_for(re.compile(r"^ aloof · project · main", re.M))
    loop.wait_for("pytest 7")
    loop.wait_for(re.compile(r"FAIL +tests/test_tide\.py::test_mean_at_night"))
    loop.wait_for("lighthouse/tide.py")
    loop.wait_for(re.compile(r"⋯ \d frames? in statistics"))
    loop.wait_for("mean requires at least one data point")
    loop.type("o")
    loop.wait_for("statistics.py")
    loop.type("o")
    loop.wait_gone("statistics.py")


@pytest.mark.presses("Enter")
def test_enter_opens_the_editor_at_the_frame_and_comes_back(lighthouse):
    told = lighthouse.base / "told"
    script = editor(lighthouse, f'echo "$@" >{told}\necho THE EDITOR IS HERE\nread answer\necho "$answer" >>{told}\n')
    loop = lighthouse.aloof(EDITOR=script)
    loop.wait_for(RED)
    loop.type("j")
    loop.type("j")
    loop.type("\r")
    loop.wait_for("THE EDITOR IS HERE")
    assert loop.modes() == loop.modes_before
    loop.wait_gone("RED")
    loop.type("done\n")
    loop.wait_for(RED)
    loop.wait_for("test_mean_at_night")
    line, answer = told.read_text().splitlines()
    source = lighthouse.read("lighthouse/tide.py").splitlines()
    number = 1 + next(at for at, text in enumerate(source) if "statistics.mean(" in text)
    assert re.fullmatch(rf"\+{number} .*lighthouse/tide\.py", line), line
    assert answer == "done"
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


@pytest.mark.presses("v")
def test_a_test_in_full_can_be_searched(lighthouse):
    lighthouse.write("tests/test_loud.py", """
        def test_loud():
            print("\\n".join(f"said {n}" for n in range(100)))
            assert 0, "loud"
        """)
    loop = lighthouse.aloof("tests/test_loud.py")
    loop.wait_for(re.compile(r"RED 1 of \d+ · (?:re)?ran \d+ in"))
    loop.type("v")
    loop.wait_for("</> sideways")
    loop.wait_for("AssertionError: loud")
    loop.wait_gone("said 57")
    loop.type("/said 57\r")
    loop.wait_for("said 57")
    loop.type("/The runner's report\r")
    loop.wait_for("def test_loud")
    loop.type("/nowhere at all\r")
    loop.wait_for("not found: nowhere at all")
    loop.type("q")
    loop.wait_for("RED 1")
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_the_log_says_why_runs_started(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.type("l")
    loop.wait_for(re.compile(r"\d\d:\d\d:\d\d  .*start"))
    text = lighthouse.read("lighthouse/tide.py")
    lighthouse.write("lighthouse/tide.py", text.replace("BEGINS and", "BEGINS or"))
    loop.wait_for(re.compile(r"the red set: .*tide\.py"))
    loop.wait_for(re.compile(r"all tests: .*\n(.*\n)*.*15 ran in [\d.]+ s, 0 red"))
    loop.type("\x1b")
    loop.wait_for("GREEN 15")


def test_what_the_editor_saved_is_run_when_it_is_left(lighthouse):
    script = editor(lighthouse, "sed -i 's/NIGHT_BEGINS and/NIGHT_BEGINS or/' lighthouse/tide.py\n")
    loop = lighthouse.aloof(EDITOR=script)
    loop.wait_for(RED)
    loop.type("\r")
    loop.wait_for(re.compile(r"GREEN 15 tests"))


def test_an_editor_that_is_not_there_is_said(lighthouse):
    loop = lighthouse.aloof(EDITOR="/no/such/editor")
    loop.wait_for(RED)
    loop.type("\r")
    loop.wait_for(re.compile(r"/no/such/editor"))
    loop.wait_for(RED)


@pytest.mark.parametrize("rows, columns", [(5, 20), (12, 40), (24, 80), (100, 400), (1, 1)])
def test_any_size(lighthouse, rows, columns):
    loop = lighthouse.aloof(rows=rows, columns=columns)
    if columns >= 20:
        loop.wait_for("RED 1 of 15")
    loop.wait_for(lambda terminal: b"\x1b[?1049h" in terminal.raw)
    loop.quiet(0.1)
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_resizing_redraws(lighthouse):
    loop = lighthouse.aloof(rows=24, columns=100)
    loop.wait_for(RED)
    for rows, columns in ((10, 40), (3, 15), (40, 140), (24, 80)):
        loop.resize(rows, columns)
        loop.wait_for("RED 1" if columns >= 20 else "RED")
        assert all(len(line) <= columns for line in loop.lines)
    loop.wait_for(RED)
    loop.wait_for("q quit")


def test_resizing_during_a_run(project):
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_slow.py", f"def test_slow():\n    open({str(gate)!r}).read()\n    assert False\n")
    loop = project.aloof()
    loop.wait_for("test_slow.py::test_slow")
    for columns in (40, 120, 30, 100):
        loop.resize(20, columns)
        loop.wait_for("test_slow")
    with open(gate, "w"):
        pass
    loop.wait_for(re.compile(r"RED 1 of 1 · ran 1 in"))


@pytest.mark.presses("Ctrl-Z")
def test_suspend_gives_the_terminal_back_and_fg_takes_it_again(lighthouse):
    from project import ALOOF

    shell = lighthouse.spawn(["bash", "--norc", "--noprofile", "-i"], PS1="PROMPT> ")
    shell.wait_for("PROMPT>")
    shell.type(f"{ALOOF}\n")
    shell.wait_for(RED)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.type("echo still $((40 + 2))\n")
    shell.wait_for("still 42")
    shell.type("fg\n")
    shell.wait_for(RED)
    shell.wait_for("q quit")
    lighthouse.save("lighthouse/tide.py", lighthouse.read("lighthouse/tide.py").replace("BEGINS and", "BEGINS or"))
    shell.wait_for(re.compile(r"GREEN 15 tests"))
    shell.type("q")
    shell.type("echo code $?\n")
    shell.wait_for("code 0")
    shell.type("exit\n")
    assert shell.wait_exit() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(lighthouse, number):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    os.kill(loop.pid, number)
    code = loop.wait_exit()
    assert code in (0, 2, -number, 128 + number), code
    assert loop.given_back(), (loop.modes(), loop.modes_before, bytes(loop.raw[-200:]))


def test_a_closed_terminal_ends_it(lighthouse):
    from processes import wait_all_gone

    loop = lighthouse.aloof()
    loop.wait_for(RED)
    lighthouse.terminals.remove(loop)
    loop.child.ptyproc.fileobj.close()
    assert wait_all_gone(lighthouse.mark, 5) == []


@pytest.mark.parametrize("key", [pytest.param("q", marks=pytest.mark.presses("q")),
                                 pytest.param("\x03", marks=pytest.mark.presses("Ctrl-C"))])
def test_quitting_during_a_run_kills_it(project, key):
    project.write("test_slow.py", "import time\n\n\ndef test_slow():\n    time.sleep(1000)\n")
    loop = project.aloof()
    loop.wait_for("test_slow.py::test_slow")
    loop.type(key)
    assert loop.wait_exit() in (0, 2)
    assert loop.given_back()


def test_control_bytes_of_tests_do_not_reach_the_terminal(project):
    project.write("test_bytes.py", r'''
        import sys


        def test_bytes():
            sys.stdout.write("\x1b[2J\x1b]0;evil\x07\x9b31m")
            assert "\x1b[2Jzap\x07" == "tab\there"
        ''')
    loop = project.aloof()
    loop.wait_for(re.compile(r"RED 1 of 1 · ran 1 in"))
    loop.wait_for("AssertionError")
    assert b"evil" not in loop.raw
    assert b"\x1b[2Jzap" not in loop.raw


def test_ascii_where_the_locale_has_no_utf8(lighthouse):
    loop = lighthouse.aloof(LC_ALL="C", LANG="C")
    loop.wait_for(re.compile(r"RED 1 of 15 - (?:re)?ran \d+ in"))
    assert not re.search(rb"[\x80-\xff]", bytes(loop.raw))


@pytest.mark.presses("?")
def test_help_lists_the_keys(lighthouse):
    loop = lighthouse.aloof(rows=40)
    loop.wait_for(RED)
    loop.type("?")
    loop.wait_for("open the frame in your editor")
    loop.wait_for("run the failing tests")
    loop.type("?")
    loop.wait_for("test_mean_at_night")


@pytest.mark.presses("d")
def test_the_debugger_gets_the_terminal_and_gives_it_back(lighthouse):
    lighthouse.write("pytest.ini", "[pytest]\naddopts = -p xdist.plugin -n 2 --ff\n")
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.type("d")
    loop.wait_for("(Pdb)")
    loop.type("p 6 * 7\n")
    loop.wait_for("42")
    loop.type("q\n")
    loop.wait_for(RED)
    loop.type("t/low water\r")
    loop.wait_for("1 of 1")
    loop.type("d")
    loop.wait_for("it passed under the debugger")
    loop.type("tq")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_the_configuration_binds_keys(lighthouse):
    (lighthouse.root / ".aloof.conf").write_text("[key]\n\tz = help\n\tq = none\n[bind]\n\tquit = Q\n\tquit = f5\n")
    loop = lighthouse.aloof("-c", "key.ctrl-n=next", "-c", "bind.next=right", rows=40)
    loop.wait_for(RED)
    loop.wait_for(re.compile(r"Ctrl-N/k move .* z help · Q quit"))
    loop.type("q")
    loop.type("z")
    loop.wait_for(re.compile(r"Ctrl-N, Right, j, Down +next failure or frame"))
    loop.wait_for(re.compile(r"^ z, \? +these keys", re.M))
    loop.wait_for(re.compile(r"^ Q, F5, Ctrl-C +quit", re.M))
    loop.type("z")
    loop.wait_for(RED)
    loop.type("\x1b[15~")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_all_tests_in_a_list(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    loop.type("t")
    loop.wait_for("all tests · by outcome")
    loop.wait_for(re.compile(r"failed +[\d.]+ s +(\d+% waiting +)?tests/test_tide\.py::test_mean_at_night"))
    loop.type("/may water\r")
    loop.wait_for(re.compile(r"1 of 1\n.*MayPass::test_with_water_under_the_keel"))
    loop.type("v")
    loop.wait_for(re.compile(r"^ ok +tests/test_logbook\.py::MayPass::test_with_water", re.M))
    loop.wait_for(re.compile(r"^ History\n +✓  red in 0 of 1 run, ", re.M))
    loop.type("qs")
    loop.type("t")
    loop.wait_for("ran 1 in")


def test_ctrl_c_quits_when_no_key_does(lighthouse):
    loop = lighthouse.aloof("-c", "bind.quit=none")
    loop.wait_for(RED)
    loop.wait_for("Ctrl-C quit")
    loop.type("\x03")
    assert loop.wait_exit() == 2
    assert loop.given_back()
