"""How many runs it takes to find the one of 1,000 tests that makes the last one fail."""

import json
import subprocess

import frameworks

TESTS, FILES = 1000, 10
PLACES = (0, 1, 333, 500, 640, 997, 998)  # of the polluter
STATE = "import os\n\nplace = int(os.environ['POLLUTER'])\ndirty = False\n"
BODY = """
def test_{number:04}():
    state.dirty |= {number} == state.place
    assert {number} < {last} or not state.dirty
"""


def make(base):
    project = frameworks.Scratch(base, "pytest")
    project.write("state.py", STATE)
    for file in range(FILES):
        numbers = range(file * TESTS // FILES, (file + 1) * TESTS // FILES)
        tests = (BODY.format(number=number, last=TESTS - 1) for number in numbers)
        project.write(f"test_{file}.py", "import state\n" + "".join(tests))
    return project


def measure(base, aloof):
    """The most probes of all places, and the most runs, checks included."""
    project = make(base)
    probes, runs = [], []
    for place in PLACES:
        done = subprocess.run([aloof, "bisect", "--json", f"test_{TESTS - 1:04}"], cwd=project.root, stdin=subprocess.DEVNULL,
                              env={**project.env, "POLLUTER": str(place)}, capture_output=True, text=True)
        result = json.loads(done.stdout)
        assert result["cause"] == [f"test_{place * FILES // TESTS}.py::test_{place:04}"], result
        probes.append(result["probes"])
        runs.append(result["probes"] + result["checks"])
    return max(probes), max(runs)
