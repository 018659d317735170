"""aloof emit and aloof mux: streams that scripts make, one event or one command at a time."""

import base64
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import time

import pytest

from processes import MARK, marked, wait_all_gone
from project import ALOOF

EMIT = f"{shlex.quote(str(ALOOF))} emit"


def aloof(*args, given=b"", code=0, cwd=None):
    done = subprocess.run([ALOOF, *map(str, args)], input=given, capture_output=True, timeout=60, cwd=cwd)
    assert done.returncode == code, done.stderr.decode()
    return done


def packets(octets):
    """Nothing but whole packets may be there."""
    told = [json.loads(line) for line in aloof("convert", "--from", "subunit", "--to", "json", given=octets).stdout.splitlines()]
    assert all(one["kind"] == "packet" for one in told)
    return told


def content(one):
    return base64.b64decode(one["file_bytes"])


def files(told):
    """{(route, test id, file name): content}"""
    found = {}
    for one in told:
        if one["file_name"] is not None:
            key = (one["route_code"], one["test_id"], one["file_name"])
            found[key] = found.get(key, b"") + content(one)
    return found


def outcomes(told):
    return [(one["route_code"], one["test_id"], one["status"], *(one["tags"] or ())) for one in told if one["status"]]


def test_an_event_is_written_as_it_is_said(tmp_path):
    log = tmp_path / "log.txt"
    log.write_bytes(bytes(range(256)) * 100)
    out = tmp_path / "out.subunit"
    aloof("emit", "exists", "my.test", "--to", out, "--no-time", "--not-runnable")
    aloof("emit", "--to", out, "inprogress", "my.test", "--time", "2026-11-21T13:52:14.034Z", "--route", "4")
    aloof("emit", "--to", out, "fail", "my.test", "--file", f"log.txt=@{log}", "--file", "why=no reason", "--mime", "text/plain",
          "--tag", "slow", "--tag", "b=c")
    exists, begun, *rest = packets(out.read_bytes())
    assert (exists["status"], exists["runnable"], exists["timestamp"], exists["route_code"]) == ("exists", False, None, None)
    assert (begun["status"], begun["runnable"], begun["timestamp"], begun["route_code"]) == (
        "inprogress", True, "2026-11-21T13:52:14.034000000Z", "4")
    assert files(rest) == {(None, "my.test", "log.txt"): log.read_bytes(), (None, "my.test", "why"): b"no reason"}
    assert [one["file_name"] for one in rest if one["eof"]] == ["log.txt", "why"]
    assert {one["mime_type"] for one in rest[:-1]} == {"text/plain"}
    assert (rest[-1]["status"], rest[-1]["tags"], rest[-1]["file_name"]) == ("fail", ["slow", "b=c"], None)
    assert {one["status"] for one in rest[:-1]} == {None}
    assert abs(time.mktime(time.strptime(rest[-1]["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - time.time()) < 100


def test_a_file_of_the_run_comes_from_standard_input():
    told = packets(aloof("emit", "--file", "coverage.json=@-", given=b"{}" * 40000).stdout)
    assert files(told) == {(None, None, "coverage.json"): b"{}" * 40000}
    assert not any(one["status"] or one["test_id"] or one["runnable"] for one in told)


def test_the_tools_of_subunit_read_it():
    stream = b"".join(aloof("emit", *args).stdout for args in (["inprogress", "a"], ["fail", "a", "--tag", "x"], ["skip", "b"]))
    stats = subprocess.run(["subunit-stats"], input=stream, capture_output=True, timeout=60).stdout.decode()
    assert re.findall(r"\d+", stats) == ["2", "0", "1", "1"] and "Seen tags: x" in stats


@pytest.mark.parametrize("args, line", [
    ([], "emit: expected STATUS and TEST-ID, or --file"),
    (["fail"], "emit: expected STATUS and TEST-ID"),
    (["fail", ""], "emit: expected STATUS and TEST-ID"),
    (["failed", "x"], "emit: failed is no status: exists, inprogress"),
    (["fail", "x", "--file", "log"], "--file log: expected NAME=TEXT or NAME=@PATH"),
    (["fail", "x", "--time", "now"], "--time now: expected a time as"),
    (["fail", "x", "--bad"], "emit: no such option"),
])
def test_what_cannot_be_emitted_is_one_line(args, line):
    done = aloof("emit", *args, code=4)
    assert done.stdout == b"" and len(done.stderr.splitlines()) == 1 and line in done.stderr.decode()


def test_what_cannot_be_written_or_read_is_told(tmp_path):
    assert "nowhere/x: cannot be written" in aloof("emit", "fail", "x", "--to", "nowhere/x", code=1, cwd=tmp_path).stderr.decode()
    assert "nowhere: cannot be read" in aloof("emit", "fail", "x", "--file", "a=@nowhere", code=1, cwd=tmp_path).stderr.decode()
    with open("/dev/full", "wb") as full:
        done = subprocess.run([ALOOF, "emit", "fail", "x"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"standard output: cannot be written: No space left" in done.stderr


@pytest.mark.parametrize("how", ["file", "pipe"])
def test_any_number_of_writers_leave_whole_packets(tmp_path, how):
    """Ids that are longer than what a pipe takes in one piece, too."""
    ids = [f"{n}-" + "x" * (9000 if n % 3 == 0 else 10) for n in range(12)]
    script = "; ".join(f"{EMIT} fail {name} --file log=@/etc/services &" for name in ids).replace("&;", "&") + " wait"
    if how == "file":
        script = script.replace(EMIT, f"{EMIT} --to out")
    done = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, cwd=tmp_path, timeout=60)
    told = packets((tmp_path / "out").read_bytes() if how == "file" else done.stdout)
    assert sorted(one["test_id"] for one in told if one["status"] == "fail") == sorted(ids)
    expected = pathlib.Path("/etc/services").read_bytes()
    assert files(told) == {(None, name, "log"): expected for name in ids}


def mux(*commands, code=0, options=(), cwd=None):
    return packets(aloof("mux", *options, *commands, code=code, cwd=cwd).stdout)


def test_commands_of_several_formats_become_one_stream():
    told = mux("printf 'TAP version 13\\n1..2\\nok 1 - a\\nloose\\nnot ok 2 - b\\n'; echo oops >&2; exit 1",
               f"echo building; {EMIT} inprogress a; {EMIT} success a --route box --file log=hi; {EMIT} success a",
               "echo just text", code=1)
    assert sorted(one[:3] for one in outcomes(told)) == [
        ("0", "a", "success"), ("0", "b", "fail"), ("1", "a", "inprogress"), ("1", "a", "success"), ("1/box", "a", "success"),
        ("2", "echo just text", "success")]
    assert files(told) == {("0", None, "stdout"): b"loose\n", ("0", None, "stderr"): b"oops\n",
                           ("1", None, "stdout"): b"building\n", ("1/box", "a", "log"): b"hi",
                           ("2", None, "stdout"): b"just text\n"}
    ended = {(one["route_code"], one["file_name"]) for one in told if one["eof"] and one["test_id"] is None}
    assert ended == {("0", "stdout"), ("0", "stderr"), ("1", "stdout"), ("2", "stdout")}


def test_the_format_may_be_given():
    told = mux("echo 'ok 1 - a'; echo 1..1", options=["--from", "tap"])
    assert outcomes(told) == [("0", "a", "success")]


def test_a_command_that_dies_in_a_packet_harms_no_other(tmp_path):
    """The other one writes one that is long, in two halves around that."""
    whole = aloof("emit", "success", "fine", "--file", "log=" + "x" * 800).stdout
    (tmp_path / "whole").write_bytes(whole)
    os.mkfifo(tmp_path / "turn")
    told = mux(f"{EMIT} inprogress cut; head -c 100 whole; exec 3>turn; kill -KILL $$",
               "head -c 400 whole; read line <turn; tail -c +401 whole", code=1, cwd=tmp_path)
    assert ("1", "fine", "success") in outcomes(told)
    assert files(told)[("1", "fine", "log")] == b"x" * 800
    name = next(one["test_id"] for one in told if one["test_id"] and one["test_id"].endswith("kill -KILL $$"))
    assert {one[:4] for one in outcomes(told)} >= {("0", "cut", "fail", "crash"), ("0", name, "fail", "crash")}
    assert files(told)[("0", "cut", "reason")].startswith(b"not finished: ")
    assert files(told)[("0", name, "reason")].startswith(b"killed by SIGKILL\noctet ")


@pytest.mark.parametrize("command, reason", [
    ("exit 3", b"exited with status 3\n"),
    ("kill -SEGV $$", b"killed by SIGSEGV\n"),
    ("no-such-command-here", b"exited with status 127\n"),
])
def test_a_command_that_fails_is_a_failed_test_of_its_name(command, reason):
    told = mux(command, "true", code=1)
    assert {one[:3] for one in outcomes(told)} == {("0", command, "fail"), ("1", "true", "success")}
    assert files(told)[("0", command, "reason")] == reason


def read_until(run, found):
    """What came until it fits, with a deadline: the reader below is killed by it."""
    got = b""
    while not found(got):
        piece = os.read(run.stdout.fileno(), 65536)
        assert piece, got
        got += piece
    return got


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_printed_comes_at_once_and_a_signal_ends_all(number, tmp_path):
    """A hung test is named while it hangs; text is there before its command is over, and no process is left."""
    with subprocess.Popen([ALOOF, "mux", f"{EMIT} inprogress hangs; sleep 1000 & sleep 1000", "echo text; setsid sleep 1000"],
                          stdout=subprocess.PIPE, cwd=tmp_path, env={**os.environ, MARK: str(tmp_path)}) as run:
        got = read_until(run, lambda octets: b"hangs" in octets and b"text\n" in octets)
        assert len(marked(tmp_path)) >= 5
        run.send_signal(number)
        got += run.stdout.read()
        assert run.wait(60) == 2
    told = packets(got)
    assert ("0", "hangs", "fail", "interrupted") in outcomes(told)
    assert files(told)[("1", None, "stdout")] == b"text\n"
    assert wait_all_gone(tmp_path, 20) == []


def test_when_nobody_reads_any_more_all_commands_end(tmp_path):
    with subprocess.Popen([ALOOF, "mux", "while echo text; do :; done", "sleep 1000"], stdout=subprocess.PIPE,
                          env={**os.environ, MARK: str(tmp_path)}) as run:
        read_until(run, lambda octets: b"text\n" in octets)
        run.stdout.close()
        assert run.wait(60) == 2
    assert wait_all_gone(tmp_path, 20) == []


@pytest.mark.parametrize("args, line", [
    ([], "mux: expected commands"),
    (["--from", "nonsense", "true"], "--from nonsense: no such format"),
    (["--bad", "true"], "mux: --bad is no option"),
])
def test_bad_usage_of_mux_is_one_line(args, line):
    done = aloof("mux", *args, code=4)
    assert done.stdout == b"" and len(done.stderr.splitlines()) == 1 and line in done.stderr.decode()
