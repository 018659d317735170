"""aloof convert's filters, aloof stats and aloof ls, beside the tools of python-subunit that do the like."""

import json
import pathlib
import re
import subprocess

import pytest

from project import ALOOF

STREAMS = pathlib.Path(__file__).parents[1] / "corpus/stream"
SUITE = b"""TAP version 14
1..4
ok 1 - net.get # time=12ms
loose words
not ok 2 - net.put
#   at t/net.t line 12.
ok 3 - disk.read # SKIP no disk
not ok 4 - disk.write # TO\x44O later
"""
WHOLE = ["go/plain", "junit/surefire", "libtest/lib", "gtest/die", "unittest/python311", "subunit1/python", "jest/one",
         "rspec/load", "catch2/all", "check/plain"]


def aloof(*args, given=b"", code=0):
    done = subprocess.run([ALOOF, *map(str, args)], input=given, capture_output=True, timeout=60)
    assert done.returncode == code, done.stderr.decode()
    return done


def tool(name, *args, given=b""):
    return subprocess.run([name, *args], input=given, capture_output=True, timeout=60).stdout.decode()


def events(octets):
    return [json.loads(line) for line in octets.splitlines()]


def ids(octets):
    """Each test of a stream, once."""
    return sorted({one["test_id"] for one in events(aloof("convert", "--from", "subunit", "--to", "json", given=octets).stdout) if one["test_id"]})


def stream(name):
    file = STREAMS / f"{name}.in"
    return file if file.exists() else sorted((STREAMS / name).parent.glob("*.in"))[0]


def counts(text):
    return {name: int(count) for name, count in re.findall(r"(?m)^(\w+ tests): +(\d+)$", text)}


@pytest.mark.parametrize("name", WHOLE)
def test_stats_counts_as_subunit_stats_does(name):
    octets = subprocess.run([ALOOF, "convert", "--no-passthrough", stream(name)], capture_output=True, timeout=60).stdout
    told = aloof("stats", given=octets, code=1 if "Failed tests:      0" not in tool("subunit-stats", given=octets) else 0)
    assert told.stdout.decode() == tool("subunit-stats", given=octets)


def test_stats_reads_any_format_and_many_files(tmp_path):
    plain = tmp_path / "a.tap"
    plain.write_bytes(SUITE)
    told = aloof("stats", plain, STREAMS / "junit/surefire.in", code=1).stdout.decode()
    assert counts(told) == {"Total tests": 10, "Passed tests": 4, "Failed tests": 3, "Skipped tests": 3}
    assert "Seen tags: flaky" in told
    assert counts(aloof("stats", "--only", "skip", plain).stdout.decode())["Total tests"] == 1


def test_what_never_ended_has_failed_and_what_cannot_be_true_is_no_success(tmp_path):
    begun = subprocess.run(["subunit-output", "--inprogress", "one"], capture_output=True, timeout=60).stdout
    assert counts(aloof("stats", given=begun, code=1).stdout.decode())["Failed tests"] == 1
    short = aloof("stats", given=b"1..3\nok 1 - a\n", code=1)
    assert b"3 points planned, 1 came" in short.stderr and counts(short.stdout.decode())["Failed tests"] == 0


@pytest.mark.parametrize("name", WHOLE)
def test_ls_lists_as_subunit_ls_does(name):
    octets = subprocess.run([ALOOF, "convert", "--no-passthrough", stream(name)], capture_output=True, timeout=60).stdout
    told = subprocess.run([ALOOF, "ls"], input=octets, capture_output=True, timeout=60).stdout.decode()
    theirs = tool("subunit-ls", "--no-passthrough", given=octets).splitlines()
    known = set(ids(octets))
    assert sorted(told.splitlines()) == sorted(line for line in theirs if line in known)
    assert len(told.splitlines()) >= 1


def test_ls_tells_times_and_what_only_exists():
    octets = b""
    for args in (["--exists", "a"], ["--exists", "b"], ["--inprogress", "a"], ["--fail", "a"]):
        octets += subprocess.run(["subunit-output", *args], capture_output=True, timeout=60).stdout
    assert aloof("ls", given=octets, code=1).stdout == b"a\n"
    assert aloof("ls", "--exists", given=octets, code=1).stdout == b"a\nb\n"
    assert aloof("ls", "--exists", "-0", given=octets, code=1).stdout == b"a\0b\0"
    assert re.fullmatch(rb"a [0-9]+\.[0-9]{3}\n", aloof("ls", "--times", given=octets, code=1).stdout)


def test_the_tests_that_fit_go_on_with_their_attachments():
    done = aloof("convert", "--only", "fail", "--to", "json", given=SUITE)
    told = events(done.stdout)
    assert {one["test_id"] for one in told} == {None, "net.put"}
    assert [one["file_name"] for one in told if one["test_id"] and one["file_name"]] == ["traceback"]
    assert [one["kind"] for one in told if one["test_id"] is None] == ["noise"]
    assert all(one["test_id"] for one in events(aloof("convert", "--only", "fail", "--no-passthrough", "--to", "json", given=SUITE).stdout))


@pytest.mark.parametrize("args, left", [
    (["--only", "fail", "--only", "status:skip"], {"net.put", "disk.read"}),
    (["--only", "/^net/"], {"net.get", "net.put"}),
    (["--only", "/^net/", "--only", "fail"], {"net.put"}),
    (["--except", "/^net/", "--except", "skip"], {"disk.write"}),
    (["--only", "xfail"], {"disk.write"}),
    (["--only", "tag:none"], set()),
])
def test_words_pick_tests(args, left):
    assert set(ids(aloof("convert", *args, given=SUITE).stdout)) == left


def test_tests_are_picked_then_renamed_then_tagged():
    told = events(aloof("convert", "--to", "json", "--only", "/^net/", "--rename", r"^net\.(\w+)=$1 of net", "--tag", "+linux,-x",
                        given=SUITE).stdout)
    assert {(one["test_id"], *one["tags"]) for one in told if one["status"] in ("success", "fail")} == {
        ("get of net", "linux"), ("put of net", "linux")}
    again = aloof("convert", "--only", "tag:linux", "--tag", "-linux,+win", given=aloof("convert", "--tag", "+linux", given=SUITE).stdout)
    seen = tool("subunit-stats", given=again.stdout).split("Seen tags: ")[1]
    assert "win" in seen and "linux" not in seen


@pytest.mark.parametrize("ours, theirs", [
    (["--only", "fail"], ["-F"]),
    (["--except", "success"], ["--no-success"]),
    (["--except", "skip", "--except", "success"], ["--no-skip", "--no-success"]),
    (["--only", "/Sums/"], ["-s", "--with", "Sums"]),
    (["--except", "/adds/"], ["-s", "--without", "adds"]),
    (["--only", "tag:flaky"], ["-s", "--with-tag", "flaky"]),
    (["--except", "tag:flaky"], ["-s", "--without-tag", "flaky"]),
])
def test_the_filters_leave_what_subunit_filter_leaves(ours, theirs):
    """For ids; --with looks at attachments, too, so that the words are ones that only ids have."""
    octets = aloof("convert", STREAMS / "junit/surefire.in").stdout
    mine = ids(aloof("convert", *ours, given=octets).stdout)
    done = subprocess.run(["subunit-filter", *theirs], input=octets, capture_output=True, timeout=60)
    their = ids(done.stdout)
    if theirs == ["-F"]:
        their = [one for one in their if "subtracts" in one or "errs" in one]
    assert mine == their and (mine or "--only" in ours)


@pytest.mark.parametrize("command", ["convert", "stats", "ls"])
@pytest.mark.parametrize("args, line", [
    (["--only", "failed"], "failed: neither a status"),
    (["--except", "/(/"], "'(' is no regular expression: missing closing parenthesis"),
    (["--rename", "a"], "--rename a: expected REGEX=REPLACEMENT"),
    (["--rename", "a=$2"], "--rename a=$2: no such group"),
    (["--tag", "x"], "--tag x: expected +TAG or -TAG"),
    (["--only"], "--only is no option of it, or lacks its value"),
    (["nowhere"], "nowhere: cannot be read"),
])
def test_bad_usage_is_one_line(command, args, line):
    done = aloof(command, *args, code=4)
    assert done.stdout == b"" and len(done.stderr.splitlines()) == 1
    assert line in done.stderr.decode()


def test_a_long_stream_is_filtered_as_it_comes():
    """The first outcome is there before the second test begins."""
    with subprocess.Popen([ALOOF, "convert", "--only", "fail", "--to", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        run.stdin.write(b"TAP version 13\nnot ok 1 - a\nok 2 - b\n" + b"ok 3 - c\n")
        run.stdin.flush()
        line = run.stdout.readline()
        assert json.loads(line)["test_id"] == "a"
        rest, _ = run.communicate(b"1..3\n", timeout=60)
        assert {one["test_id"] for one in events(rest)} <= {"a"}
    assert run.returncode == 0
