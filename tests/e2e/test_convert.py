"""aloof convert: test results from one format to another, as scripts use it."""

import base64
import csv
import io
import json
import pathlib
import re
import subprocess
import xml.etree.ElementTree

import pytest

from project import ALOOF

CORPUS = pathlib.Path(__file__).parents[1] / "corpus"

PLAIN = b"1..3\nok 1 - adds\nhello\nnot ok 2 - subtracts\n#   at t/sums.t line 12.\nok 3 - later # SKIP no network\n"


def convert(*args, given=b"", code=0):
    done = subprocess.run([ALOOF, "convert", *map(str, args)], input=given, capture_output=True, timeout=60)
    assert done.returncode == code, done.stderr.decode()
    return done


def events(stdout):
    return [json.loads(line) for line in stdout.splitlines()]


def test_tap_becomes_json():
    packets = events(convert("--to", "json", given=PLAIN).stdout)
    assert [(one["test_id"], one["status"]) for one in packets if one["status"]] == [
        ("adds", "success"), ("subtracts", "fail"), ("later", "skip")]
    files = {(one["test_id"], one["file_name"]): base64.b64decode(one["file_bytes"])
             for one in packets if one["kind"] == "packet" and one["file_name"]}
    assert files == {("subtracts", "traceback"): b"  at t/sums.t line 12.\n", ("later", "reason"): b"no network"}
    noise = [base64.b64decode(one["file_bytes"]) for one in packets if one["kind"] == "noise"]
    assert noise == [b"hello\n"]
    assert all(list(one)[:11] == ["kind", "test_id", "status", "tags", "runnable", "file_name", "file_bytes", "eof",
                                  "mime_type", "route_code", "timestamp"] for one in packets)


def test_subunit_tools_read_what_is_written():
    stream = convert(given=PLAIN).stdout
    stats = subprocess.run(["subunit-stats"], input=stream, capture_output=True, timeout=60).stdout.decode()
    counts = dict(line.split(":") for line in stats.splitlines() if ":" in line)
    assert [int(counts[name]) for name in ("Total tests", "Passed tests", "Failed tests", "Skipped tests")] == [3, 1, 1, 1]
    listed = subprocess.run(["subunit-ls"], input=stream, capture_output=True, timeout=60).stdout.decode().split("\n")
    assert {"adds", "subtracts", "later"} <= set(listed)


def test_what_cannot_be_true_is_said_with_its_place(tmp_path):
    file = tmp_path / "short.tap"
    file.write_bytes(b"1..3\nok 1 - a\n")
    done = convert("--to", "json", file, code=1)
    assert done.stderr.decode() == f"aloof: {file}: octet 0: the stream: 3 points planned, 1 came\n"
    damage = events(done.stdout)[-1]
    assert (damage["kind"], damage["reason"], damage["offset"], damage["length"]) == (
        "damage", "the stream: 3 points planned, 1 came", 0, 14)


@pytest.mark.parametrize("args, given, line", [
    (["--from", "nonsense"], b"", "--from nonsense: no such format"),
    (["--to", "nonsense"], b"", "--to nonsense: no such format"),
    (["--bad"], b"", "--bad is no option"),
    (["no-such-file"], b"", "no-such-file: cannot be read: No such file or directory"),
    ([], b"hello, world\n", "standard input: looks like none of the formats"),
    ([], b"", "standard input: looks like none of the formats"),
    (["/"], b"", "/: cannot be read: Is a directory"),
])
def test_bad_usage_is_one_line(args, given, line):
    done = convert(*args, given=given, code=4)
    assert done.stdout == b"" and len(done.stderr.splitlines()) == 1
    assert line in done.stderr.decode()


@pytest.mark.parametrize("stream, code, failed", [
    ("go/plain", 0, {"example.org/p/sums/TestWrong", "example.org/p/sums/TestTable",
                     "example.org/p/sums/TestTable/with_space", "example.org/p/sums/TestParentFails",
                     "example.org/p/sums/ExampleAdd"}),
    ("libtest-json/nextest", 0, {"sums::whole$adds", "sums$tests::hangs"}),
    ("jest/one", 0, set()),
    ("jest/cut", 1, set()),
    ("mocha/pass", 0, set()),
    ("mocha-stream/cut", 1, {"/p/sums.js > throws no error", "/p/sums.js > sums is wrong", "/p/sums.js > sums throws"}),
    ("gtest-json/some", 0, {"Few/P.Even/1"}),
    ("meson/all", 0, {"sums:is wrong", "sums:errors", "sums:known good", "sums:crashes", "sums:tap", "sums:hangs"}),
    ("rspec/load", 0, {"./load_spec.rb"}),
    ("minitest/older", 0, {"TestSums#test_adds", "parser#test_0001_anonymous"}),
    ("node-spec/color", 0, {"fixture", "fixture > needs it", "subtracts", "parser > numbers > hex",
                            "parser > throws a string", "parent > child fails", "slow"}),
])
def test_reports_of_other_runners_are_known_by_their_start(stream, code, failed):
    packets = events(convert("--to", "json", CORPUS / "stream" / f"{stream}.in", code=code).stdout)
    assert {one["test_id"] for one in packets if one["status"] == "fail"} == failed


def expectation(path):
    """The corpus' own notation as the objects that convert prints."""
    def text(field):
        return None if field == "-" else bytes.fromhex(field[1:]).decode()

    for line in path.read_text().splitlines()[1:]:
        kind, *fields = line.split("\t")
        if kind == "packet":
            test_id, status, tags, runnable, name, content, eof, mime, route, time = fields
            yield (kind, text(test_id), None if status == "-" else status,
                   None if tags == "-" else [bytes.fromhex(tag).decode() for tag in tags[1:].split(",") if tag or tags != "="],
                   runnable == "1", text(name), content, eof == "1", text(mime), text(route), time)
        else:
            yield (kind, *fields)


def test_every_vector_of_subunit_converts_as_expected():
    """What the octets of long contents are is test_subunit.c's to check; here: every field of every packet."""
    names = sorted((CORPUS / "subunit").glob("*.bin"))
    assert len(names) >= 160
    for name in names:
        expected = list(expectation(name.with_suffix(".tsv")))
        damaged = any(row[0] == "damage" for row in expected)
        done = convert("--from", "subunit", "--to", "json", name, code=1 if damaged else 0)
        got = events(done.stdout)
        assert [one["kind"] for one in got] == [row[0] for row in expected], name
        for one, row in zip(got, expected):
            if row[0] == "packet":
                assert one["test_id"] == row[1] and one["status"] == row[2], (name, one)
                assert (sorted(set(one["tags"])) if one["tags"] is not None else None) == row[3], (name, one)
                assert (one["runnable"], one["file_name"], one["eof"]) == (row[4], row[5], row[7]), (name, one)
                assert (one["mime_type"], one["route_code"]) == (row[8], row[9]), (name, one)
                assert (one["timestamp"] is None) == (row[10] == "-"), (name, one)
                content = None if one["file_bytes"] is None else base64.b64decode(one["file_bytes"])
                length, _, octets = row[6].partition(":")
                assert (content is None) == (row[6] == "-"), (name, one)
                if content is not None and not octets.startswith("crc32="):
                    assert content.hex() == octets, (name, one)
                assert content is None or len(content) == int(length), (name, one)
            elif row[0] == "damage":
                assert [one["reason"], str(one["offset"]), str(one["length"])] == list(row[1:]), (name, one)


def outcomes(stdout):
    """{test id: status} of what `--to json` wrote."""
    return {one["test_id"]: one["status"] for one in events(stdout) if one["status"] not in (None, "inprogress")}


STREAMS = CORPUS / "stream"
KNOWN = [("junit", "pytest_xunit1"), ("junit", "surefire"), ("libtest", "lib"), ("gtest", "die"), ("unittest", "python311"),
         ("subunit1", "python")]


@pytest.mark.parametrize("format, name", KNOWN)
def test_each_format_is_found_by_its_start(format, name):
    file = STREAMS / format / f"{name}.in"
    told = outcomes(convert("--from", format, "--to", "json", file).stdout)
    assert len(told) >= 6 and "fail" in told.values()
    assert outcomes(convert("--to", "json", given=file.read_bytes()).stdout) == told


@pytest.mark.parametrize("format, name", KNOWN)
def test_junit_is_xml_with_the_counts_of_its_tests(format, name):
    file = STREAMS / format / f"{name}.in"
    told = outcomes(convert("--to", "json", file).stdout)
    suite = xml.etree.ElementTree.fromstring(convert("--to", "junit", file).stdout).find("testsuite")
    cases = suite.findall("testcase")
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    assert int(suite.get("tests")) == len(cases) == len(told)
    assert int(suite.get("failures")) + int(suite.get("errors")) == len(failed) == list(told.values()).count("fail")
    assert int(suite.get("skipped")) == sum(status in ("skip", "xfail") for status in told.values())
    assert all(case.find("*").get("message") for case in failed)


def test_a_failure_of_junit_tells_why():
    done = convert("--to", "junit", STREAMS / "libtest" / "lib.in")
    suite = xml.etree.ElementTree.fromstring(done.stdout).find("testsuite")
    case = next(case for case in suite if case.get("name") == "tests::subtracts")
    assert case.find("failure").get("message") == "assertion `left == right` failed: three less one"
    assert "panicked at src/lib.rs:29:71" in case.find("failure").text
    assert case.find("system-out").text == "to out\nto err"


def test_what_could_not_be_true_is_no_green_report(tmp_path):
    file = tmp_path / "short.tap"
    file.write_bytes(b"1..3\nok 1 - a\n")
    suite = xml.etree.ElementTree.fromstring(convert("--to", "junit", file, code=1).stdout).find("testsuite")
    assert suite.get("errors") == "1" and "3 points planned, 1 came" in suite.find("system-err").text
    assert convert("--to", "tap", file, code=1).stdout.splitlines()[-1].startswith(b"Bail out! ")


@pytest.mark.parametrize("format, name", KNOWN)
def test_csv_has_a_row_a_test(format, name):
    file = STREAMS / format / f"{name}.in"
    written = convert("--to", "csv", file).stdout.decode()
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert {row["test_id"]: row["status"] for row in rows} == outcomes(convert("--to", "json", file).stdout)
    assert list(rows[0]) == ["test_id", "status", "duration", "start_time", "stop_time", "tags", "message"]
    assert written.count("\r\n") >= len(rows) + 1
    assert all(row["message"] or "crash" in row["tags"] for row in rows if row["status"] == "fail")


@pytest.mark.parametrize("format, name", KNOWN)
def test_the_tools_of_subunit_1_read_what_is_written(format, name):
    file = STREAMS / format / f"{name}.in"
    told = list(outcomes(convert("--to", "json", file).stdout).values())
    second = subprocess.run(["subunit-1to2"], input=convert("--to", "subunit1", file).stdout, capture_output=True, timeout=60)
    check_stats(told, second.stdout)


@pytest.mark.parametrize("format, name", KNOWN)
def test_the_tools_of_subunit_2_count_the_same_tests(format, name):
    """Those of whom something is told after their outcome, too."""
    file = STREAMS / format / f"{name}.in"
    check_stats(list(outcomes(convert("--to", "json", file).stdout).values()), convert("--to", "subunit", file).stdout)


def check_stats(told, stream):
    stats = subprocess.run(["subunit-stats"], input=stream, capture_output=True, timeout=60).stdout.decode()
    counts = {name: int(count) for name, count in re.findall(r"(?m)^(\w+ tests): +(\d+)$", stats)}
    assert counts["Total tests"] == len(told)
    assert counts["Failed tests"] == told.count("fail")
    assert counts["Skipped tests"] == told.count("skip")


def test_prove_reads_the_tap_that_is_written(tmp_path):
    file = tmp_path / "all.tap"
    file.write_bytes(convert("--to", "tap", STREAMS / "gtest" / "plain.in").stdout)
    done = subprocess.run(["prove", "--exec", "cat", file], capture_output=True, text=True, timeout=60)
    assert "Failed 4/14 subtests" in done.stdout and "Parse errors" not in done.stdout, done.stdout
