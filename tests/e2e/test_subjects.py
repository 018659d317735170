"""Real projects: every test has the outcome that plain pytest gives it, by pytest's own JUnit report."""

import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

TOP = pathlib.Path(__file__).parents[2]


def outcomes(report):
    """{(class, name): the worst that the report says of it}"""
    worst = {}
    for case in ElementTree.parse(report).iter("testcase"):
        found = {bad.tag for bad in case}
        outcome = next((tag for tag in ("error", "failure", "skipped") if tag in found), "passed")
        key = case.get("classname"), case.get("name")
        if worst.get(key, "passed") == "passed":
            worst[key] = outcome
    return worst


def compare(project, targets, count, **env):
    env = {**project.env, **env}
    expected, got = project.base / "pytest.xml", project.base / "aloof.xml"
    plain = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", expected, *targets],
                           cwd=project.root, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert plain.returncode in (0, 1), plain.stdout[-3000:] + plain.stderr
    for box in ("auto", "test") if count < 1500 else ("auto",):
        done = project.once("-n", "2", f"--box={box}", "--junit", got, *targets, timeout=600, **env)
        assert done.returncode == plain.returncode, done.stdout[-3000:] + done.stderr
        ours, theirs = outcomes(got), outcomes(expected)
        assert len(theirs) >= count
        differ = {key: (ours.get(key), theirs.get(key)) for key in ours.keys() | theirs.keys()
                  if ours.get(key) != theirs.get(key)}
        assert differ == {}


def test_jinja2(project):
    cache = TOP / "build/bench"
    cache.mkdir(parents=True, exist_ok=True)
    fetched = subprocess.run(["sh", str(TOP / "tests/bench/subject.sh"), str(cache)], capture_output=True, text=True)
    if fetched.returncode != 0:
        pytest.skip(fetched.stderr.strip())
    pytest.importorskip("markupsafe")
    for name in ("src", "tests", "setup.cfg"):
        source = cache / "jinja2" / name
        if source.is_dir():
            shutil.copytree(source, project.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, project.root)
    broken = project.read("src/jinja2/utils.py") + "\n\ndef pass_environment(f):\n    return f\n"
    project.write("src/jinja2/utils.py", broken)
    project.commit()
    compare(project, [], 800, PYTHONPATH=str(project.root / "src"))


def test_networkx(project):
    networkx = pytest.importorskip("networkx")
    shutil.copytree(pathlib.Path(networkx.__file__).parent, project.root / "networkx",
                    ignore=shutil.ignore_patterns("__pycache__"))
    project.commit()
    parts = os.environ.get("ALOOF_TEST_NETWORKX", "networkx/classes networkx/utils networkx/readwrite").split()
    compare(project, parts, 500)
