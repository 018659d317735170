"""Stands in for cargo-nextest, where cargo finds it as cargo-nextest: answers as its documentation has it (listing and
running tests, filtersets, machine-readable output, retries, debuggers), takes only what is used of its options, and runs
the tests that cargo builds, each in a process of its own."""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

CARGO = os.environ.get("CARGO", "cargo")
TEST_RUN_FAILED, BUILD_FAILED, LISTING_FAILED, BAD_FILTER, NO_TESTS = 100, 101, 104, 94, 4
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "/": "/", ")": ")", ",": ","}


class Filter:
    """A filterset: binary_id(=…), test(=…), &, | and parentheses."""

    def __init__(self, text):
        self.text, self.at = text, 0
        self.matches = self.union()
        if self.at < len(text):
            self.fail()

    def fail(self):
        print(f"error: expected end of expression at {self.text[self.at:]!r} of {self.text!r}", file=sys.stderr)
        sys.exit(BAD_FILTER)

    def take(self, token):
        self.at += len(self.text[self.at:]) - len(self.text[self.at:].lstrip(" "))
        found = self.text.startswith(token, self.at)
        self.at += len(token) if found else 0
        return found

    def union(self):
        sets = [self.intersection()]
        while self.take("|"):
            sets.append(self.intersection())
        return lambda binary, test: any(matches(binary, test) for matches in sets)

    def intersection(self):
        sets = [self.set()]
        while self.take("&"):
            sets.append(self.set())
        return lambda binary, test: all(matches(binary, test) for matches in sets)

    def set(self):
        if self.take("binary_id(="):
            wanted = self.string()
            return lambda binary, test: binary == wanted
        if self.take("test(="):
            wanted = self.string()
            return lambda binary, test: test == wanted
        inner = self.take("(") and self.union()
        if not inner or not self.take(")"):
            self.fail()
        return inner

    def string(self):
        said = ""
        while not self.text.startswith((")", ","), self.at):
            escaped = self.text.startswith("\\", self.at)
            self.at += escaped
            c = self.text[self.at:self.at + 1]
            if not c or (escaped and c not in ESCAPES):
                self.fail()
            said += ESCAPES[c] if escaped else c
            self.at += 1
        self.take(")") or self.fail()
        return said


def built(features=()):
    """Builds, and yields what is built: its id, name, kind, package, executable and directory."""
    cargo = subprocess.run([CARGO, "test", "--no-run", "--quiet", "--message-format", "json-render-diagnostics", *features],
                           stdout=subprocess.PIPE, text=True)
    if cargo.returncode:
        print("error: command `cargo test --no-run` failed to compile", file=sys.stderr)
        sys.exit(BUILD_FAILED)
    for line in cargo.stdout.splitlines():
        said = json.loads(line)
        if said["reason"] == "compiler-artifact" and said["profile"]["test"] and said["executable"]:
            name, kind = said["target"]["name"], said["target"]["kind"][0]
            directory = pathlib.Path(said["manifest_path"]).parent
            package = re.search(r'^name = "(.*)"', (directory / "Cargo.toml").read_text(), re.M)[1]
            own = {"lib": "", "test": f"::{name}"}.get(kind, f"::{kind}/{name}")
            yield {"binary-id": package + own, "binary-name": name, "kind": kind, "package-name": package,
                   "binary-path": said["executable"], "cwd": str(directory), "status": "listed"}


def list_tests(binary, *args):
    said = subprocess.run([binary["binary-path"], "--list", "--format", "terse", *args], capture_output=True, text=True)
    if said.returncode:
        print(f"error: creating test list failed\n\nCaused by: {said.stderr}", file=sys.stderr)
        sys.exit(LISTING_FAILED)
    return [line[:-len(": test")] for line in said.stdout.splitlines() if line.endswith(": test")]


def listed(wanted, run_ignored=False, features=()):
    """The binaries with their tests, as a listing has them."""
    suites = {}
    for binary in sorted(built(features), key=lambda binary: binary["binary-id"]):
        ignored, cases = list_tests(binary, "--ignored"), {}
        for test in list_tests(binary):
            match = {"status": "matches"}
            left_out = test in ignored and not run_ignored
            if left_out or not wanted(binary["binary-id"], test):
                match = {"status": "mismatch", "reason": "ignored" if left_out else "expression"}
            cases[test] = {"ignored": test in ignored, "filter-match": match}
        suites[binary["binary-id"]] = {**binary, "testcases": cases}
    return suites


def settings():
    """`retries` of the default profile."""
    config = pathlib.Path(".config/nextest.toml").read_text()
    return int((re.search(r"^retries = (\d+)", config, re.M) or (0, 0))[1])


class Suite:
    """What is told of the tests of a binary, in pieces where tests are ignored, as nextest does."""

    def __init__(self, binary):
        self.about = {"crate": binary["package-name"], "test_binary": binary["binary-name"], "kind": binary["kind"]}
        self.prefix = f"{binary['package-name']}::{binary['binary-name']}$"
        cases = binary["testcases"].values()
        self.ignored = sum(case["ignored"] for case in cases)
        self.matching = sum(case["filter-match"]["status"] == "matches" and not case["ignored"] for case in cases)
        self.filtered = len(cases) - self.ignored - self.matching
        self.open = False

    def begin(self, test):
        if not self.open:
            self.open, self.running, self.passed, self.failed, self.skips = True, self.matching, 0, 0, []
            self.tell("suite", "started", test_count=self.matching + self.ignored, nextest=self.about)
        self.tell("test", "started", name=self.prefix + test)

    def skip(self, test):
        self.begin(test)
        self.skips.append(test)
        self.count_down()

    def end(self, test, good, seconds, tries, output):
        if not self.open:
            self.begin(test)
        for skipped in self.skips:
            self.tell("test", "ignored", name=self.prefix + skipped)
        self.skips = []
        self.passed += good
        self.failed += not good
        name = self.prefix + test + (f"#{tries}" if tries > 1 else "")
        self.tell("test", "ok" if good else "failed", name=name, exec_time=seconds, **({} if good else {"stdout": output}))
        self.count_down()

    def count_down(self):
        self.running -= 1
        if self.running == 0:
            self.finish()

    def finish(self):
        if self.open:
            self.tell("suite", "failed" if self.failed else "ok", passed=self.passed, failed=self.failed,
                      ignored=self.ignored, measured=0, filtered_out=self.filtered, exec_time=0.1, nextest=self.about)
        self.open = False

    def tell(self, kind, event, **more):
        print(json.dumps({"type": kind, "event": event, **more}, separators=(",", ":")), flush=True)


def run_test(binary, test):
    began = time.monotonic()
    done = subprocess.run([binary["binary-path"], "--exact", test, "--nocapture"], cwd=binary["cwd"], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.stdout.partition("running 1 test\n")[2].partition(f"test {test} ... FAILED")[0]
    return done.returncode == 0, time.monotonic() - began, output


def run(options):
    suites = listed(options["-E"], options.get("--run-ignored") == "all", features(options))
    asked = [(binary, test) for binary in suites.values() for test, case in binary["testcases"].items()
             if case["filter-match"]["status"] == "matches"]
    if "--debugger" in options:
        (binary, test), = asked
        argv = shlex.split(options["--debugger"])
        os.execvp(argv[0], [*argv, binary["binary-path"], "--exact", test, "--nocapture"])
    print(f"────────────\n Nextest run ID 1 with nextest profile: default\n    Starting {len(asked)} tests", file=sys.stderr)
    failed = False
    for binary in suites.values():
        suite = Suite(binary)
        if not any(binary is other for other, test in asked):
            continue
        for test, case in binary["testcases"].items():
            if case["filter-match"].get("reason") == "ignored":
                suite.skip(test)
            elif (binary, test) in asked:
                suite.begin(test)
                tries = 1
                good, seconds, output = run_test(binary, test)
                while not good and tries <= int(options.get("--retries", settings())):
                    tries += 1
                    good, seconds, output = run_test(binary, test)
                suite.end(test, good, seconds, tries, output)
                failed |= not good
        suite.finish()
    print("     Summary [   0.1s]\nerror: test run failed", file=sys.stderr)
    if not asked and os.environ.get("NEXTEST_NO_TESTS") != "pass":
        return NO_TESTS
    return TEST_RUN_FAILED if failed else 0


def read(args):
    """The options of a command; what is not among those of `takes` is none, as clap has it."""
    takes = {"list": {"--cargo-quiet": False, "--message-format": True, "--features": True},
             "run": {"--features": True, "--retries": True, "--cargo-quiet": False, "--no-run": False, "--no-fail-fast": False, "--test-threads": True,
                     "--message-format": True, "--run-ignored": True, "-E": True, "--debugger": True}}
    if not args or args[0] not in takes:
        sys.exit(f"error: unrecognized subcommand {args}")
    command, options, args = args[0], {}, args[1:]
    while args:
        name = args.pop(0)
        if name not in takes[command]:
            print(f"error: unexpected argument '{name}' found", file=sys.stderr)
            sys.exit(2)
        options[name] = args.pop(0) if takes[command][name] else True
    filters = Filter(options["-E"]).matches if "-E" in options else lambda binary, test: True
    return command, {**options, "-E": filters}


def features(options):
    return ["--features", options["--features"]] if "--features" in options else []


def main(args):
    if args == ["--version"]:
        print("cargo-nextest 0.9.140 (stand-in)")
        return 0
    command, options = read(args)
    if command == "list":
        suites = listed(options["-E"], features=features(options))
        assert options["--message-format"] == "json"
        count = sum(len(suite["testcases"]) for suite in suites.values())
        print(json.dumps({"rust-build-meta": {"target-directory": "target"}, "test-count": count, "rust-suites": suites}))
        return 0
    if "--no-run" in options:
        return 0 if list(built(features(options))) else 1
    if "--debugger" not in options:
        assert os.environ["NEXTEST_EXPERIMENTAL_LIBTEST_JSON"] == "1", "libtest-json-plus is experimental"
        assert (options["--message-format"], options["--test-threads"]) == ("libtest-json-plus", "1"), options
        assert "--no-fail-fast" in options
    return run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
