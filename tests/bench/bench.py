"""Speed side by side with what people use today, on jinja2's own suite from its Debian source package.

One test is made to fail by a line in src/jinja2/utils.py that counts the edits, so that a verdict on the screen also
shows which edit it is about. Every number is a median; the tools take turns."""

import argparse
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import crowd
import frameworks
import history
import idle
import loops
import makespan
import polluters

HERE = pathlib.Path(__file__).resolve().parent
FAILING = "tests/test_utils.py"
COUNTER = "\nEDITS = 0\n"


class Subject:
    """A scratch copy of jinja2 with one test made to fail, in a git work tree."""

    def __init__(self, source, base):
        self.root = base / "jinja2"
        shutil.copytree(source, self.root, ignore=shutil.ignore_patterns("debian", ".pc", "__pycache__"))
        self.edited = self.root / "src/jinja2/utils.py"
        self.code = self.edited.read_text()
        self.edits = 0
        test = self.root / FAILING
        text = test.read_text()
        first = "    def test_simple(self):\n"
        assert first in text, f"{FAILING} is not as expected"
        check = "        import jinja2.utils\n\n        assert jinja2.utils.EDITS == -1\n"
        test.write_text(text.replace(first, first + check, 1))
        self.edited.write_text(self.code + COUNTER)
        (self.root / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n")
        home = base / "home"
        (home / ".config/aloof").mkdir(parents=True)
        (base / "tmp").mkdir()
        (home / ".config/aloof/config").write_text(f"[run]\n\tpython = {sys.executable}\n")
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color",
            "PYTHONPATH": str(self.root / "src"), "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1", "TMPDIR": str(base / "tmp"),
        }
        for command in (["init", "-q", "-b", "main"], ["add", "-A"],
                        ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "jinja2"]):
            subprocess.run(["git", *command], cwd=self.root, env=self.env, check=True)

    def edit(self):
        """Saves utils.py with the next count; returns what the failing test must now say, and when it was saved."""
        self.edits += 1
        saved = time.monotonic()
        self.edited.write_text(self.code + COUNTER.replace("0", str(self.edits)))
        return f"assert {self.edits} == -1", saved


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def time_commands(subject, commands, rounds, code=1):
    """The median seconds of each command; they take turns, after one round that only warms caches up. code: what each
    ends with."""
    times = [[] for _ in commands]
    for turn in range(rounds + 1):
        for at, command in enumerate(commands):
            start = time.monotonic()
            done = subprocess.run(command, cwd=subject.root, env=subject.env, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
            took = time.monotonic() - start
            if done.returncode != code:
                raise SystemExit(f"bench: {' '.join(command)}: exit {done.returncode}, not {code}:\n"
                                 f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
            if turn > 0:
                times[at].append(took)
    return [median(values) for values in times]


class Table:
    """Rows of what, ours, theirs, ratio, limit; `over` counts the limits that do not hold."""

    def __init__(self):
        self.over = 0
        print(f"{'what':44} {'aloof':>12} {'other':>12} {'ratio':>8} {'limit':>8}", flush=True)

    def row(self, what, ours, theirs, ratio, limit, holds):
        self.over += not holds
        print(f"{what:44} {ours:>12} {theirs:>12} {ratio:>8} {limit:>8}  {'ok' if holds else 'OVER'}", flush=True)

    def times(self, what, ours, theirs, limit):
        self.row(what, f"{ours:.3f} s", f"{theirs:.3f} s", f"{ours / theirs:.3f}", f"{limit:.3f}",
                 ours <= limit * theirs)


def bench_loops(table, subject, options):
    python = sys.executable
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=subject.root, env=subject.env, check=True,
                           capture_output=True, text=True).stdout
    (subject.root / ".git/files").write_text(files)
    entr = ["sh", "-c", f"entr {python} -m pytest --lf <.git/files"]
    ours = median(loops.measure(subject, [options.aloof, "-n", "2"], loops.verdict_of_aloof, options.rounds))
    lf = median(loops.measure(subject, entr, loops.verdict_of_pytest, options.rounds))
    looponfail = median(loops.measure(subject, [python, "-m", "pytest", "-f"], loops.verdict_of_pytest,
                                      options.rounds))
    table.times("save to verdict, 1 red: entr + pytest --lf", ours, lf, 1 / 4)
    table.times("save to verdict, 1 red: pytest -f", ours, looponfail, 1 / 20)


def bench_full(table, subject, options):
    ours, theirs = time_commands(subject, [[options.aloof, "--once", "-n", "2", "--box=auto"],
                                           [sys.executable, "-m", "pytest", "-q"]], options.rounds)
    table.times("full run, 2 boxes: pytest", ours, theirs, 0.65)


def bench_boxed(table, subject, options):
    ours, theirs = time_commands(subject, [[options.aloof, "--once", "-n", "2", "--box=test"],
                                           [sys.executable, "-m", "pytest", "-q", "--forked", "-n", "2"]],
                                 max(options.rounds // 2, 1))
    table.times("full run, a box a test: --forked -n2", ours, theirs, 0.7)


def bench_idle(table, subject, options):
    ticks, switches = idle.measure(subject, [options.aloof, "-n", "2"], seconds=10)
    table.row("idle for 10 s: CPU ticks", str(ticks), "-", "-", "0", ticks == 0)
    table.row("idle for 10 s: wake-ups", str(switches), "-", "-", "0", switches == 0)


def rate(name, command):
    """The events per second that the program prints behind `name`."""
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(rf"^{name} ([0-9.]+)$", printed, re.M)[1])


def bench_streams(table, subject, options):
    stream = subject.root.parent / "stream.subunit"
    ours = rate("reader", [os.path.join(options.programs, "bench_subunit"), stream])
    theirs = rate("peer", [sys.executable, HERE / "subunit_peer.py", stream])
    table.row("subunit reader: python-subunit", f"{ours:,.0f} /s", f"{theirs:,.0f} /s", f"{ours / theirs:.0f}", "50",
              ours >= 50 * theirs)


def bench_readers(table, base, options):
    """Each format's reader on a stream of 100,000 tests, in memory."""
    tap = "".join(f"ok {number} - tests of module {number // 50}: case {number} does what it says\n" for number in range(1, 100001)) + "1..100000\n"
    head = '{"Time":"2026-11-21T10:00:00.000000000Z","Action":"%s","Package":"example.org/p","Test":"TestNumber%d"%s}\n'
    said = ',"Output":"=== RUN   TestNumber%d\\n"'
    go = "".join(head % ("run", n, "") + head % ("output", n, said % n) + head % ("pass", n, ',"Elapsed":0')
                 for n in range(100000)) + '{"Action":"pass","Package":"example.org/p","Elapsed":1}\n'
    for name, text, least in (("tap", tap, 300), ("go", go, 100)):
        stream = base / f"stream.{name}"
        stream.write_text(text)
        ours = rate("mb", [os.path.join(options.programs, "bench_stream"), name, stream])
        table.row(f"{name} reader, 100,000 tests", f"{ours:.0f} MB/s", "-", "-", f"{least} MB/s", ours >= least)


def bench_commands(table, base, options):
    project = frameworks.commands(base / "commands")
    ours = [options.aloof, "--once", "-n", "2"]
    for name, theirs, limit in (("xargs -P2", frameworks.XARGS, 1.3), ("prove -j2", frameworks.PROVE, 1),
                                ("ctest -j2", frameworks.CTEST, 1)):
        if frameworks.have(theirs[0]):
            times = time_commands(project, [ours, theirs], options.rounds // 2, 0)
            table.times(f"{frameworks.MANY} x /bin/true: {name}", *times, limit)


def bench_frameworks(table, base, options):
    for name, (make, tool, theirs, more) in frameworks.OWN.items():
        if not frameworks.have(tool):
            print(f"bench: {name} is skipped, there is no {tool}")
            continue
        project = make(base / name)
        if project is None:
            continue
        times = time_commands(project, [[options.aloof, "--once", "-n", "2", *more], theirs], options.rounds // 2, 0)
        table.times(f"full run: {name}'s own", *times, 1.1)


def bench_keys(table, base, options):
    times = crowd.measure_keys(crowd.Crowd(base / "keys"), [options.aloof, "-n", "2"], rounds=3)
    for name, share, limit in (("median", 0.5, 8), ("p99", 0.99, 16)):
        took = crowd.percentile([took for took, key in times], share)
        table.row(f"key to screen, 10k of 100k tests red: {name}", f"{took:.1f} ms", "-", "-", f"{limit} ms",
                  took <= limit)


def bench_loud(table, base, options):
    paints, share = crowd.measure_loud(crowd.Crowd(base / "loud"), [options.aloof, "-n", "2"])
    table.row("10,000 lines of a test: paints a second", f"{paints:.1f}", "-", "-", "30", paints <= 30)
    table.row("10,000 lines of a test: share of a core", f"{share:.1%}", "-", "-", "5%", share < 0.05)


def bench_memory(table, base, options):
    resident = crowd.measure_memory(crowd.Crowd(base / "memory"), [options.aloof, "-n", "2"])
    table.row("100,000 tests passed: resident", f"{resident:.0f} MB", "-", "-", "60 MB", resident <= 60)


def bench_makespan(table, base, options):
    for name, files in (("one file", 1), ("16 files", makespan.TESTS)):
        times = makespan.measure(base / f"makespan-{files}", files, [options.aloof], runs=3)
        for run, took in (("first run", times[0]), ("later", max(times[1:]))):
            table.times(f"1.0 s and 0.1 s in turn, {name}: {run}", took, makespan.IDEAL_S, 1.05)


def bench_bisect(table, base, options):
    limit = math.log2(polluters.TESTS) + 3
    probes, runs = polluters.measure(base / "polluters", options.aloof)
    table.row(f"bisect, 1 polluter of {polluters.TESTS:,}: probes", str(probes), f"{runs} runs", "-", f"{limit:.2f}", probes <= limit)


def bench_history(table, base, options):
    """testr takes minutes, so it has one turn; ours come before and after it."""
    memory = history.Memory(base / "history")
    load = [options.aloof, "load", "--once", "-"]
    sizes, times = [], []
    for _ in range(options.rounds):
        times.append(memory.time(*load))
        sizes.append(memory.size())
    for name, code in (("testr", 1), ("stestr", 0)):
        if frameworks.have(name):
            memory.project.run(name, "init")
            theirs = memory.time(name, "load", code=code)
            times.append(memory.time(*load))
            table.times(f"load {history.TESTS:,} tests: {name}", median(times), theirs, 1 / 15)
    table.row(f"load {history.TESTS:,} tests", f"{median(times):.3f} s", "-", "-", "0.6 s", median(times) <= 0.6)
    added = max(after - before for before, after in zip(sizes, sizes[1:])) / 1e6
    table.row(f"a run of {history.TESTS:,} tests adds", f"{added:.1f} MB", "-", "-", "3 MB", added <= 3)
    for command, code in (("last", 1), ("failing", 1), ("slowest", 0)):
        took = median([memory.time(options.aloof, command, code=code) for _ in range(options.rounds)])
        table.row(f"{command}, of {history.TESTS:,} tests", f"{took * 1000:.0f} ms", "-", "-", "50 ms", took <= 0.05)


# Of jinja2; and of projects made here.
PARTS = {"loops": bench_loops, "full": bench_full, "boxed": bench_boxed, "idle": bench_idle, "streams": bench_streams}
OWN_PARTS = {"keys": bench_keys, "loud": bench_loud, "memory": bench_memory, "readers": bench_readers,
             "commands": bench_commands, "frameworks": bench_frameworks, "makespan": bench_makespan, "bisect": bench_bisect,
             "history": bench_history}


def make_subject(base):
    """None, with a line, where there is no source to be had."""
    cache = HERE.parents[1] / "build/bench"
    cache.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["sh", str(HERE / "subject.sh"), str(cache)]).returncode != 0:
        print("bench: the comparisons are skipped, there is no subject to measure on")
        return None
    return Subject(cache / "jinja2", base)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aloof", required=True, type=os.path.abspath)
    parser.add_argument("--programs", required=True, type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join([*PARTS, *OWN_PARTS])}; all when none is given")
    options = parser.parse_args()
    parts = options.parts or [*PARTS, *OWN_PARTS]
    unknown = set(parts) - {*PARTS, *OWN_PARTS}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")

    with tempfile.TemporaryDirectory(prefix="aloof-bench.") as temporary:
        base = pathlib.Path(temporary)
        subject = make_subject(base) if set(parts) & set(PARTS) else None
        table = Table()
        for name in parts:
            if name in OWN_PARTS:
                OWN_PARTS[name](table, base, options)
            elif subject is not None:
                PARTS[name](table, subject, options)
    return 1 if table.over else 0


if __name__ == "__main__":
    sys.exit(main())
