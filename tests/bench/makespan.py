"""How near the boxes come to ending together: tests that sleep 1.0 s and 0.1 s in turn, so that it is their order that
is measured, and not how fast anything computes."""

import subprocess

import frameworks

TESTS = 16
LENGTHS = (1.0, 0.1)
IDEAL_S = sum(LENGTHS) * TESTS / len(LENGTHS) / 2
BODY = """
def test_{number}():
    began = time.time()
    time.sleep({length})
    with open({record!r}, "a") as file:
        file.write("%r %r\\n" % (began, time.time()))
"""


def make(base, files):
    """A project with the tests in one file, or each in one of its own."""
    project = frameworks.Scratch(base, "pytest")
    record = project.root / ".git/record"
    for file in range(files):
        numbers = range(file, TESTS, files)
        tests = (BODY.format(number=n, length=LENGTHS[n % len(LENGTHS)], record=str(record)) for n in numbers)
        project.write(f"test_{file:02}.py", "import time\n" + "".join(tests))
    return project, record


def measure(base, files, argv, runs):
    """From the first test's beginning to the last one's end, of so many runs after each other, the first one first."""
    project, record = make(base, files)
    times = []
    for _ in range(runs):
        record.unlink(missing_ok=True)
        subprocess.run([*argv, "--once", "-n", "2"], cwd=project.root, env=project.env, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)
        marks = [float(mark) for mark in record.read_text().split()]
        assert len(marks) == 2 * TESTS
        times.append(max(marks) - min(marks))
    return times
