"""Runs: what is collected, what is neutralised, what the template learns, and never stale code."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest


def test_files_restrict_collection_to_what_args_would_collect(project):
    project.write(
        pkg____init__="",
        pkg__test_a="def test(): pass\n",
        pkg__test_b="1 / 0\n",
        test_c="def test(): pass\n",
        other__helper="def test(): pass\n",
    )
    worker = project.ready()
    worker.run(files=["pkg/test_a.py"])
    assert worker.statuses() == {"pkg/test_a.py::test": "success"}
    worker.run(files=["test_c.py", "other/helper.py", "gone.py"])
    assert worker.statuses() == {"test_c.py::test": "success"}
    worker.run(["pkg/test_a.py::test", "test_c.py"], files=["test_c.py"])
    assert worker.statuses() == {"test_c.py::test": "success"}


def test_rootdir_above_the_working_directory(project):
    project.put("pytest.ini", "[pytest]\n")
    project.write(sub__test_x="def test(): pass\n", sub__test_y="def test(): pass\n")
    project.root = project.root / "sub"
    worker = project.run(files=["sub/test_x.py"])
    assert worker.listed.body["rootdir"] == str(project.root.parent)
    assert worker.statuses() == {"sub/test_x.py::test": "success"}


@pytest.mark.parametrize(
    "addopts",
    ["-n2", "-n auto", "--dist=load --tx=2*popen", "--forked", "-x", "--maxfail=1", "--sw", "--pdb", "-f"],
)
def test_options_that_would_take_over_do_not(project, addopts):
    project.put("pytest.ini", "[pytest]\naddopts = %s\n" % addopts)
    project.write(test_x="def test_a(): assert 0\ndef test_b(): assert 0\ndef test_c(): pass\n")
    worker = project.run()
    assert worker.statuses() == {
        "test_x.py::test_a": "fail",
        "test_x.py::test_b": "fail",
        "test_x.py::test_c": "success",
    }
    assert worker.listed.body.get("maxfail") == (1 if addopts in ("-x", "--maxfail=1") else None)


def test_warnings_as_errors_are_not_provoked(project):
    project.put("pytest.ini", "[pytest]\nfilterwarnings = error\n")
    project.write(test_x="def test(): pass\n")
    worker = project.run("-W", "error")
    assert worker.statuses() == {"test_x.py::test": "success"} and worker.ended.body["exit"] == 0
    worker.run(["-W", "error"], files=["test_x.py"])
    assert worker.statuses() == {"test_x.py::test": "success"}
    assert "warnings summary" not in worker.ended.body["text"]


def test_plugins_work(project):
    for name in ("pytest_mock", "pytest_asyncio", "pytest_timeout"):
        pytest.importorskip(name)
    project.write(
        test_x="""
            import asyncio, os, time, pytest
            def test_mock(mocker):
                mocker.patch("os.getcwd", return_value="/nowhere")
                assert os.getcwd() == "/nowhere"
            @pytest.mark.asyncio
            async def test_async(): await asyncio.sleep(0)
            @pytest.mark.timeout(0.1)
            def test_timeout(): time.sleep(60)
            def test_after(): assert os.getcwd() != "/nowhere"
        """
    )
    worker = project.run()
    assert worker.statuses() == {
        "test_x.py::test_mock": "success",
        "test_x.py::test_async": "success",
        "test_x.py::test_timeout": "fail",
        "test_x.py::test_after": "success",
    }
    assert "Timeout >0.1s" in worker.results()["test_x.py::test_timeout"].text("report")


COVERED = """
    import sys
    def sign(n):
        if n > 0:
            return 1
        elif n < 0:
            return -1
        elif n is None:
            return None
        return 0
    def only_in_child():
        return "child"
"""


@pytest.mark.parametrize("branch", [[], ["--cov-branch"]])
def test_coverage_of_all_boxes_equals_plain_pytest(project, branch):
    pytest.importorskip("pytest_cov")
    project.write(
        covered=COVERED,
        test_x="""
            import subprocess, sys, covered
            def test_one(): assert covered.sign(3) == 1
            def test_two(): assert covered.sign(-3) == -1
            def test_child():
                subprocess.run([sys.executable, "-c", "import covered; covered.only_in_child()"], check=True)
        """,
    )
    args = ["--cov=covered", "--cov-report=xml:%s", *branch]
    plain, ours = project.root / "plain.xml", project.root / "ours.xml"
    options = [arg.replace("%s", str(plain)) for arg in args]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *options], cwd=project.root, check=True, stdout=-3)
    worker = project.ready()
    worker.run([arg.replace("%s", str(ours)) for arg in args], boxes=[[0], [1], [2]])
    assert set(worker.statuses().values()) == {"success"}
    lines = [[line.attrib for line in ElementTree.parse(path).iter("line")] for path in (plain, ours)]
    assert lines[0] == lines[1] and {line["hits"] for line in lines[0]} == {"0", "1"}
    assert [path.name for path in project.root.glob(".coverage*")] == [".coverage"]


def test_last_failures_of_plain_pytest_survive(project):
    project.write(test_x="def test_a(): assert 0\ndef test_b(): pass\n")
    subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=project.root, stdout=-3)
    cache = project.root / ".pytest_cache" / "v" / "cache" / "lastfailed"
    before = cache.read_text()
    assert "test_a" in before
    worker = project.run(boxes=[[1]])
    worker.run(files=["test_x.py"])
    assert cache.read_text() == before


def test_two_quick_saves_of_equal_length_are_two_different_programs(project):
    worker = project.ready()
    stamp = 1700000000
    for n in range(4):
        project.write(module="VALUE = %d\n" % n)
        project.write(test_x="import module\ndef test(): assert module.VALUE == %d\n" % n)
        for name in ("module.py", "test_x.py"):
            os.utime(project.root / name, (stamp, stamp))
        worker.run()
        assert worker.statuses() == {"test_x.py::test": "success"}, n


def test_old_bytecode_is_trusted(project):
    """Caches still serve: bytecode that was written well after its source last changed is executed."""
    place = project.put("module.py", "VALUE = 1\n")
    project.write(test_x="import module\ndef test(): assert module.VALUE == 2\n")
    worker = project.ready()
    worker.run(["-p", "no:cacheprovider"])
    cached = project.root / "__pycache__" / ("module.%s.pyc" % sys.implementation.cache_tag)
    header = cached.read_bytes()[:16]
    import marshal

    cached.write_bytes(header + marshal.dumps(compile("VALUE = 2\n", str(place), "exec")))
    later = os.stat(place).st_ctime + 10
    os.utime(cached, (later, later))
    worker.run()
    assert worker.statuses() == {"test_x.py::test": "success"}


def test_the_template_learns_library_modules_only(project):
    project.write(
        helper="",
        test_x="""
            import sys
            LEARNED = "cgitb" in sys.modules, "wave" in sys.modules, "helper" in sys.modules
            import wave, helper
            def test(): print(LEARNED); assert 0
        """,
    )
    worker = project.ready()

    def seen():
        worker.run()
        return worker.results()["test_x.py::test"].text("stdout").strip()

    assert seen() == "(False, False, False)"
    worker.until("ready")
    assert seen() == "(False, True, False)"


def test_learning_can_be_turned_off(project):
    project.write(test_x="import sys\nL = 'wave' in sys.modules\nimport wave\ndef test(): assert not L\n")
    worker = project.ready()
    for _ in range(4):
        worker.list(warm=False)
        worker.deal([[0]])
        worker.finish()
        assert worker.statuses() == {"test_x.py::test": "success"}


def test_modules_are_those_of_this_run(project):
    worker = project.ready()
    for n in range(2):
        project.write(module="VALUE = %d\n" % n)
        project.write(test_x="import module\ndef test(): assert module.VALUE == %d\n" % n)
        worker.run()
        assert worker.statuses() == {"test_x.py::test": "success"}


def test_the_path_is_as_under_pytest(project):
    """Plain `pytest` puts the test's directory on the path, not the working directory."""
    project.write(module="")
    project.write(tests__test_x="import sys\ndef test():\n    assert '' not in sys.path\n    import module\n")
    worker = project.run()
    assert worker.statuses() == {"tests/test_x.py::test": "fail"}
    assert "No module named 'module'" in worker.results()["tests/test_x.py::test"].text("report")


def test_plain_imports_of_main_and_argv(project):
    project.write(
        test_x="""
            import sys
            def test():
                assert sys.argv == ["pytest", "-q"]
                assert not hasattr(sys.modules["__main__"], "take")
        """
    )
    assert project.run("-q").statuses() == {"test_x.py::test": "success"}


def test_garbage_is_collected_in_boxes(project):
    project.write(
        test_x="""
            import gc, weakref
            class Node: pass
            def test():
                assert gc.isenabled()
                node = Node(); node.self = node
                ref = weakref.ref(node)
                del node
                gc.collect()
                assert ref() is None
        """
    )
    assert project.run().statuses() == {"test_x.py::test": "success"}


def test_help_is_answered(project):
    ended = project.run("--version").ended.body
    assert ended["exit"] == 0 and "pytest" in ended["text"]


def test_what_pytest_printed_is_bounded(project):
    project.write(conftest="import sys\nsys.__stdout__.write('x' * 300000 + 'end')\n1 / 0\n")
    text = project.run().ended.body["text"]
    assert len(text) <= 65536 and "ZeroDivisionError" in text


def test_a_run_in_advance_does_not_hide_changes_of_configuration(project):
    project.write(test_x="def test(): pass\n", check_y="def test(): pass\n")
    worker = project.run()
    worker.until("ready")
    assert set(worker.statuses()) == {"test_x.py::test"}
    project.put("pytest.ini", "[pytest]\npython_files = check_*.py\n")
    worker.run()
    assert set(worker.statuses()) == {"check_y.py::test"}
    worker.until("ready")
    project.put("pytest.ini", "[pytest]\npython_files = test_*.py\n")
    worker.run()
    assert set(worker.statuses()) == {"test_x.py::test"}
    (project.root / "pytest.ini").unlink()
    project.put("conftest.py", "collect_ignore = ['test_x.py']\n")
    worker.run()
    assert worker.ended.body["exit"] == 5


def test_a_run_in_advance_holds_no_code_of_the_project(project):
    project.put("pytest.ini", "[pytest]\naddopts = -p myplugin\n")
    project.write(test_x="def test(value): assert value == %d\n" % 0)
    worker = project.worker(PYTHONPATH=str(project.root))
    worker.until("hello")
    for n in range(4):
        project.write(
            myplugin="import pytest\n@pytest.fixture\ndef value(): return %d\n" % n,
            test_x="def test(value): assert value == %d\n" % n,
        )
        worker.run()
        assert worker.statuses() == {"test_x.py::test": "success"}


def test_arguments_of_the_next_run_may_differ(project):
    project.write(test_x="def test_a(): pass\ndef test_b(): pass\n")
    worker = project.run()
    for name in ("test_a", "test_b", "test_a"):
        worker.until("ready")
        worker.run(["-k", name])
        assert set(worker.statuses()) == {"test_x.py::" + name}


def test_patterns_are_learned_but_for_those_that_come_with_a_warning(project):
    project.put("pytest.ini", "[pytest]\nfilterwarnings = error\n")
    project.write(test_x="""
        import re, warnings
        KNOWN = [key[1] for key in re._cache]
        PLAIN = re.compile("plain(?=this)")
        def test_plain(): assert "plain(?=this)" in KNOWN
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile("[[x]odd")
        def test_odd(): assert "[[x]odd" not in KNOWN
    """)
    worker = project.run()
    assert worker.statuses()["test_x.py::test_plain"] == "fail"
    worker.until("ready")
    worker.run()
    assert worker.statuses()["test_x.py::test_plain"] == "success"
    assert worker.statuses()["test_x.py::test_odd"] == "success"


def test_a_run_in_advance_finds_every_fixture(project):
    """Of plugins that are modules, classes and objects, and of those of pytest."""
    project.write(conftest="""
        import pytest

        class Lazy:
            @property
            def __dict__(self): raise RuntimeError("too early")
            __class__ = property(lambda self: 1 / 0)

        class Barren:
            def __init__(self): self.lazy = Lazy()

        class Object:
            @pytest.fixture
            def of_object(self): return self.kept
            def __init__(self): self.kept = 5

        class Class:
            @staticmethod
            @pytest.fixture
            def of_class(): return 6

        @pytest.fixture
        def of_conftest(): return 7

        def pytest_configure(config):
            config.pluginmanager.register(Object())
            config.pluginmanager.register(Barren())
            config.pluginmanager.register(Class)
    """, test_x="""
        def test_ours(of_object, of_class, of_conftest): assert (of_object, of_class, of_conftest) == (5, 6, 7)
        def test_theirs(tmp_path, tmpdir, monkeypatch, capsys, caplog, recwarn, cache, pytestconfig, mocker): pass
    """)
    worker = project.run()
    for _ in range(3):
        assert set(worker.statuses().values()) == {"success"}, worker.results()
        worker.until("ready")
        worker.run()
