"""unittest's tests mean what they mean under `python -m unittest`."""

import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
import sysconfig

import pytest

PLAIN_S = 120  # a whole project, in one process
PLAIN = pathlib.Path(__file__).with_name("plain_unittest.py")

OUTCOMES = """
    import sys, unittest

    class TestOutcomes(unittest.TestCase):
        def test_pass(self): print("not sent")
        def test_fail(self):
            print("to stdout"); print("to stderr", file=sys.stderr)
            import os; os.system("echo of a child")
            self.assertEqual([1, 2], [1, 3])
        def test_error(self): raise ValueError("badly")
        @unittest.skip("not today")
        def test_skip(self): pass
        def test_skip_inside(self): self.skipTest("half way")
        @unittest.expectedFailure
        def test_expected(self): self.fail()
        @unittest.expectedFailure
        def test_unexpected(self): pass
        def test_subtests(self):
            for n in range(4):
                with self.subTest("part", n=n):
                    if n == 3: raise KeyError(n)
                    self.assertNotEqual(n, 1)
        def test_subtest_skipped(self):
            for n in range(2):
                with self.subTest(n=n):
                    if n: self.skipTest("odd")
        def test_exit(self): sys.exit(3)

    class TestSetUp(unittest.TestCase):
        def setUp(self): raise RuntimeError("no setup")
        def test_one(self): pass
    class TestTearDown(unittest.TestCase):
        def tearDown(self): raise RuntimeError("no teardown")
        def test_one(self): pass
    class TestCleanup(unittest.TestCase):
        def test_one(self): self.addCleanup(lambda: 1 / 0)
    @unittest.skip("all of it")
    class TestSkipped(unittest.TestCase):
        def test_one(self): pass

    class TestAsync(unittest.IsolatedAsyncioTestCase):
        async def test_pass(self):
            import asyncio
            await asyncio.sleep(0)
        async def test_fail(self): self.assertTrue(False)
        async def test_subtests(self):
            for n in range(2):
                with self.subTest(n=n): self.assertEqual(n, 0)
"""

FIXTURES = """
    import unittest

    class TestClass(unittest.TestCase):
        @classmethod
        def setUpClass(cls): raise RuntimeError("no class")
        def test_one(self): pass
        def test_two(self): pass
    class TestSkipsItself(unittest.TestCase):
        @classmethod
        def setUpClass(cls): raise unittest.SkipTest("no class today")
        def test_one(self): pass
    class TestUnclean(unittest.TestCase):
        @classmethod
        def tearDownClass(cls): raise RuntimeError("no end")
        def test_one(self): pass
        def test_two(self): pass
    class TestWell(unittest.TestCase):
        def test_one(self): pass
"""


def plain(project, *args):
    """{id: outcome} by unittest itself."""
    done = subprocess.run([sys.executable, PLAIN, *args], cwd=project.root, capture_output=True, text=True,
                          timeout=PLAIN_S, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def run(project, *args, one_by_one=False, **more):
    worker = project.ready("unittest")
    worker.list(args, **more)
    if worker.ended is None:
        boxes = [[position] for position in worker.selected()] if one_by_one else [worker.selected()]
        worker.deal([box for box in boxes if box])
        worker.finish()
    return worker


@pytest.mark.parametrize("one_by_one", [False, True])
def test_every_outcome(project, one_by_one):
    project.write(test_all=OUTCOMES)
    worker = run(project, one_by_one=one_by_one)
    expected = plain(project)
    assert len(expected) == 17
    assert worker.statuses() == expected
    assert all(result.statuses[0] == "inprogress" and len(result.statuses) == 2
               for result in worker.results().values())
    assert {tag for event in worker.events if event.status == "exists" for tag in event.tags} == {"group=test_all.py"}
    assert worker.ended.body["exit"] == 1
    assert worker.gone() == [{"exit": 0, "signal": None, "left": []}] * len(worker.gone())


def test_attachments_of_a_failure(project):
    project.write(test_all=OUTCOMES)
    results = run(project).results()
    failed = results["test_all.TestOutcomes.test_fail"]
    assert failed.text("stdout") == "to stdout\nof a child\n"
    assert failed.text("stderr") == "to stderr\n"
    assert failed.text("traceback").startswith("Traceback (most recent call last):\n  File \"")
    assert "test_all.py" in failed.text("traceback") and "/unittest/" not in failed.text("traceback")
    assert failed.text("traceback").endswith("- [1, 2]\n?     ^\n\n+ [1, 3]\n?     ^\n\n")
    assert failed.text("report").startswith("FAIL: test_fail (test_all.TestOutcomes")
    assert "stdout" not in results["test_all.TestOutcomes.test_pass"].files
    assert results["test_all.TestOutcomes.test_skip"].text("reason") == "not today"
    assert results["test_all.TestSkipped.test_one"].text("reason") == "all of it"
    parts = results["test_all.TestOutcomes.test_subtests"]
    assert parts.text("traceback").count("Traceback (most recent call last)") == 2
    assert "[part] (n=1)" in parts.text("report") and "ERROR" in parts.text("report")
    assert "asyncio" not in results["test_all.TestAsync.test_fail"].text("report").splitlines()[0]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_fixtures_of_classes(project, one_by_one):
    project.write(test_classes=FIXTURES)
    results = run(project, one_by_one=one_by_one).results()
    found = {name.partition(".")[2]: result.status for name, result in results.items()}
    assert found == {
        "TestClass.test_one": "fail", "TestClass.test_two": "fail", "TestSkipsItself.test_one": "skip",
        "TestUnclean.test_one": "fail" if one_by_one else "success", "TestUnclean.test_two": "fail",
        "TestWell.test_one": "success",
    }
    broken = results["test_classes.TestClass.test_two"]
    assert "error" in broken.tags and "no class" in broken.text("traceback")
    assert broken.text("report").startswith("ERROR: setUpClass (test_classes.TestClass)")
    assert results["test_classes.TestSkipsItself.test_one"].text("reason") == "no class today"
    assert "no end" in results["test_classes.TestUnclean.test_two"].text("traceback")


CPYTHON = pathlib.Path(sysconfig.get_path("stdlib")) / "test"
MODULES = ("textwrap", "heapq", "contextlib", "shlex", "string", "asyncio/test_futures")


def copy_package(name, root):
    """Debian's copy of a package that carries its tests with it; what its tests' __init__ has to say is left out."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        pytest.skip(f"{name} is not installed")
    shutil.copytree(pathlib.Path(spec.origin).parent, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in root.glob(f"{name}/tests/**/__init__.py"):
        file.write_text("")


def copy_cpython(name, root):
    """Some of Python's own."""
    if not (CPYTHON / "test_textwrap.py").exists():
        pytest.skip("Python's own tests are not installed")
    for module in MODULES:
        place = root / ("own/test_%s.py" % module.rpartition("/")[2].replace("test_", ""))
        place.parent.mkdir(exist_ok=True)
        shutil.copy(CPYTHON / f"test_{module}.py", place)
    (root / "own/__init__.py").write_text("")


@pytest.mark.parametrize("copy, name", [(copy_package, "subunit"), (copy_package, "testtools"), (copy_cpython, "own")])
def test_real_projects_have_the_outcomes_of_unittest(project, copy, name):
    copy(name, project.root)
    expected = plain(project)
    broken = {key for key in expected if "_FailedTest" in key}
    found = {key: status for key, status in run(project).statuses().items() if not key.endswith(".py")}
    assert len(expected) - len(broken) > 100
    assert found == {key: status for key, status in expected.items() if key not in broken}
