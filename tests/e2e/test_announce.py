"""What is told to a person who looks elsewhere: title and notifications, in the octets that reach the terminal."""

import os
import re
import signal
import stat

import pytest

from project import ALOOF

KEEP, RESTORE = b"\x1b[22;2t", b"\x1b[23;2t"
RED = re.compile(r"RED 1 of 15 · (?:re)?ran \d+ in")
GREEN = re.compile(r"GREEN 15 tests · (?:re)?ran 15 in")


def titles(loop):
    return [title.decode() for title in re.findall(rb"\x1b\]2;([^\x07]*)\x07", bytes(loop.raw))]


def bells(loop):
    return re.sub(rb"\x1b\][^\x07]*\x07", b"", bytes(loop.raw)).count(b"\x07")


def title(text):
    def shows(loop):
        return titles(loop)[-1:] == [text]
    return shows


def mend(project):
    source = project.read("lighthouse/tide.py")
    project.save("lighthouse/tide.py", source.replace("NIGHT_BEGINS and", "NIGHT_BEGINS or"))


def spoil(project):
    source = project.read("lighthouse/tide.py")
    project.save("lighthouse/tide.py", source.replace("NIGHT_BEGINS or", "NIGHT_BEGINS and"))


def rerun(project, loop, mark):
    """An edit that changes no outcome, but the line that is shown; until the run that it starts is over."""
    source = project.read("lighthouse/tide.py")
    project.save("lighthouse/tide.py", re.sub(r"(if is_night\(hour\)\)).*", rf"\1  # {mark}", source))
    loop.wait_for(f"# {mark}")
    loop.wait_for(RED)


def script(project, body):
    path = project.base / "script"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_title_follows_the_verdict_and_is_put_back(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(title("✗ 1 project"))
    loop.wait_for(RED)
    assert titles(loop)[0] == "… project"
    assert loop.raw.count(KEEP) == 1
    assert loop.raw.index(KEEP) < loop.raw.index(b"\x1b]2;")
    mend(lighthouse)
    loop.wait_for(title("✓ project"))
    assert all(one != next for one, next in zip(titles(loop), titles(loop)[1:])), titles(loop)
    assert RESTORE not in loop.raw
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.raw.count(RESTORE) == 1
    assert loop.raw.rindex(b"\x1b]2;") < loop.raw.index(RESTORE)


def test_a_crash_puts_the_title_back(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(title("✗ 1 project"))
    os.kill(loop.pid, signal.SIGABRT)
    assert loop.wait_exit() == -signal.SIGABRT
    assert RESTORE + b"\r\naloof: crashed (SIGABRT)" in loop.raw


def test_the_editor_gets_the_old_title(lighthouse):
    editor = script(lighthouse, "echo THE EDITOR IS HERE\nread answer\n")
    loop = lighthouse.aloof(EDITOR=str(editor))
    loop.wait_for(RED)
    loop.wait_for(title("✗ 1 project"))
    loop.type("\r")
    loop.wait_for("THE EDITOR IS HERE")
    before, during = bytes(loop.raw).split(RESTORE)
    assert b"\x1b]2;" not in during
    loop.type("\n")
    loop.wait_for(lambda _: loop.raw.count(KEEP) == 2 and loop.raw.rindex(b"\x1b]2;") > loop.raw.rindex(KEEP))
    assert titles(loop)[-1] == "✗ 1 project"


@pytest.mark.parametrize("args, env", [
    (["-c", "terminal.title=false"], {}),
    ([], {"TERM": "linux"}),
    ([], {"TERM": "vt100"}),
])
def test_no_title_where_none_is_wanted_or_had(lighthouse, args, env):
    loop = lighthouse.aloof(*args, **env)
    loop.wait_for(re.compile("RED 1 of 15"))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert b"\x1b]" not in loop.raw and KEEP not in loop.raw and RESTORE not in loop.raw


def test_an_ascii_title(lighthouse):
    loop = lighthouse.aloof(LC_ALL="C", LANG="C")
    loop.wait_for(title("x 1 project"))


def test_the_bell_rings_when_the_colour_changes_only(lighthouse):
    loop = lighthouse.aloof("--notify=bell", columns=120)
    loop.wait_for(RED)
    rerun(lighthouse, loop, "one")
    assert bells(loop) == 0
    mend(lighthouse)
    loop.wait_for(lambda _: bells(loop) == 1)
    loop.wait_for(GREEN)
    spoil(lighthouse)
    loop.wait_for(lambda _: bells(loop) == 2)
    rerun(lighthouse, loop, "two")
    loop.type("q")
    assert loop.wait_exit() == 0
    assert bells(loop) == 2


def test_no_notification_unless_asked_for(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    mend(lighthouse)
    loop.wait_for(title("✓ project"))
    loop.type("q")
    loop.wait_exit()
    assert bells(loop) == 0 and b"\x1b]9;" not in loop.raw and b"\x1b]777;" not in loop.raw


@pytest.mark.parametrize("env, octets", [
    ({}, b"\x1b]9;project is green: 15 tests\x07"),
    ({"VTE_VERSION": "7000"}, b"\x1b]777;notify;project is green;15 tests\x1b\\"),
    ({"TMUX": "/tmp/tmux,1,0"}, b"\x1bPtmux;\x1b\x1b]9;project is green: 15 tests\x07\x1b\\"),
])
def test_the_terminal_notifies(lighthouse, env, octets):
    loop = lighthouse.aloof("--notify", "terminal", **env)
    loop.wait_for(RED)
    mend(lighthouse)
    loop.wait_for(lambda _: octets in loop.raw)


def test_the_command_gets_whole_words(lighthouse):
    told = lighthouse.base / "told"
    os.mkfifo(told)
    notifier = script(lighthouse, f'echo JUNK\nprintf "%s\\n" "$#" "$@" >{told}\n')
    lighthouse.write(".aloof.conf", f"[notify]\n\thow = command\n\tcommand = {notifier} '{{title}}!' -- {{body}}\n")
    loop = lighthouse.aloof()
    loop.wait_for(RED)
    mend(lighthouse)
    assert told.read_text().splitlines() == ["3", "project is green!", "--", "15 tests"]
    loop.wait_for(GREEN)
    spoil(lighthouse)
    assert told.read_text().splitlines() == ["3", "project is red!", "--", "1 of 15 tests fails"]
    loop.wait_for(RED)
    assert b"JUNK" not in loop.raw


def test_a_command_that_is_missing_is_said(lighthouse):
    loop = lighthouse.aloof("--notify=command", "-c", "notify.command=/no/such/notifier {body}")
    loop.wait_for(RED)
    mend(lighthouse)
    loop.wait_for(re.compile(r"/no/such/notifier: no such file.*notify\.command"))


@pytest.mark.parametrize("command, says", [
    ("say 'it", "cannot split"),
    (" ", "notify.command names no program"),
])
def test_a_command_that_is_none_is_said(lighthouse, command, says):
    loop = lighthouse.aloof("--notify=command", "-c", f"notify.command={command}")
    loop.wait_for(RED)
    mend(lighthouse)
    loop.wait_for(says)


def test_a_bad_value_names_its_line(lighthouse):
    lighthouse.write(".aloof.conf", "[notify]\n\thow = loud\n")
    done = lighthouse.run()
    assert done.returncode == 4
    assert re.search(r"\.aloof\.conf:2: .*loud: expected none\|bell\|terminal\|command", done.stderr), done.stderr


def test_the_shell_gets_the_old_title(lighthouse):
    shell = lighthouse.spawn(["bash", "--norc", "--noprofile", "-i"], PS1="PROMPT> ")
    shell.wait_for("PROMPT>")
    shell.type(f"{ALOOF}\n")
    shell.wait_for(title("✗ 1 project"))
    shell.wait_for(RED)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    assert shell.raw.count(RESTORE) == 1
    shell.type("fg\n")
    shell.wait_for(lambda _: shell.raw.count(KEEP) == 2)
    shell.wait_for(RED)
    shell.type("q")
    shell.wait_for(lambda _: shell.raw.count(RESTORE) == 2)
    shell.type("exit\n")
    assert shell.wait_exit() == 0


def test_the_old_title_is_kept_once_whoever_stops_the_loop(lighthouse):
    loop = lighthouse.aloof()
    loop.wait_for(title("✗ 1 project"))
    before = len(titles(loop))
    os.kill(loop.pid, signal.SIGSTOP)
    os.kill(loop.pid, signal.SIGCONT)
    loop.wait_for(lambda _: len(titles(loop)) > before)
    loop.type("q")
    assert loop.wait_exit() == 0
    assert (loop.raw.count(KEEP), loop.raw.count(RESTORE)) == (1, 1)
