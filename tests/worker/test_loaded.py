"""What a worker tells of which files of the project load which."""

import os

import pytest


def graph(worker):
    """{path: {loaded}} once the worker has told all of it, which it does after a run."""
    loads, later = {}, {}
    for event in worker.events:
        if event.verb == "loaded":
            take(loads, later, event.body)
    while "*" not in loads:
        take(loads, later, worker.until("loaded").body)
    for path, more in later.items():
        loads[path] |= more
    return loads


def take(loads, later, body):
    if body["how"] == "all":
        loads[body["path"]] = set()
    to = later if body["how"] == "later" else loads
    to.setdefault(body["path"], set()).update(body["loads"])


def reached(loads, path):
    found, pending = set(), [path]
    while pending:
        each = pending.pop()
        if each not in found:
            found.add(each)
            pending += loads.get(each, ())
    return found - {path}


def run(project, **how):
    worker = project.ready()
    worker.run(["-p", "no:cacheprovider"], **how)
    return worker


def test_statements_of_all_kinds(project):
    project.write(
        pkg__first="", pkg__second="", pkg__third="",
        pkg__sub__deep="from .. import second\nfrom ..third import x\n", lazy="", named="", other="", unused="")
    project.put("pkg/__init__.py", "from . import first\n")
    project.put("pkg/sub/__init__.py", "")
    project.put("pkg/third.py", "x = 1\n")
    project.write(test_a="""
        import os, named
        from pkg.sub import (
            deep,  # (of all)
        )

        def test_a():
            import lazy; import os.path
        """, test_b="import other\n\ndef test_b(): pass\n")
    loads = graph(run(project))
    assert reached(loads, "test_a.py") == {
        "named.py", "lazy.py", "pkg/__init__.py", "pkg/first.py", "pkg/second.py", "pkg/third.py",
        "pkg/sub/__init__.py", "pkg/sub/deep.py"}
    assert reached(loads, "test_b.py") == {"other.py"}
    assert loads["*"] == set()


def test_what_has_no_statement(project):
    """Nobody knows who loads what is named in a list; what a test loads as it runs is its own."""
    project.write(plugins__one="", late="import later\n", later="", literal="")
    project.write(test_a="""
        import importlib
        importlib.import_module("plugins" + ".one")
        importlib.import_module("literal")

        def test_a(): pass
        """, test_b="""
        import importlib
        def test_b(): importlib.import_module("la" + "te")
        """, test_c="def test_c(): pass\n")
    worker = project.ready()
    worker.run(["-p", "no:cacheprovider"], boxes=[[0, 1], [2]])
    loads = graph(worker)
    assert loads["*"] == {"plugins/one.py"}
    assert reached(loads, "test_a.py") == {"literal.py"}
    assert reached(loads, "test_b.py") == {"late.py", "later.py"}
    assert reached(loads, "test_c.py") == set()


def test_conftests_are_of_all_below(project):
    project.write(conftest="import helper\n", helper="", unit__conftest="import inner\n", inner="",
                  unit__test_a="def test_a(): pass\n", test_b="def test_b(): pass\n", unit2__test_c="def test_c(): pass\n")
    loads = graph(run(project))
    assert reached(loads, "unit/test_a.py") == {"conftest.py", "helper.py", "unit/conftest.py", "inner.py"}
    assert reached(loads, "test_b.py") == {"conftest.py", "helper.py"}
    assert reached(loads, "unit2/test_c.py") == {"conftest.py", "helper.py"}


def test_a_file_that_is_on_the_path_and_an_installed_one(project):
    project.write(src__lib="", test_a="import sys, lib\n\ndef test_a(): pass\n")
    project.put(".venv/lib/site-packages/installed.py", "")
    paths = os.pathsep.join(str(project.root / each) for each in ("src", ".venv/lib/site-packages"))
    project.write(test_b="import installed\n\ndef test_b(): pass\n")
    worker = project.ready(PYTHONPATH=paths)
    worker.run(["-p", "no:cacheprovider"])
    loads = graph(worker)
    assert reached(loads, "test_a.py") == {"src/lib.py"}
    assert reached(loads, "test_b.py") == set()


def test_only_what_is_new_is_told_again(project):
    project.write(one="", two="", test_a="import one\n\ndef test_a(): pass\n", test_b="import two\n\ndef test_b(): pass\n")
    worker = run(project)
    assert set(graph(worker)) == {"one.py", "two.py", "test_a.py", "test_b.py", "*"}
    project.put("one.py", "import two  # now\n")
    worker.run(["-p", "no:cacheprovider"], files=["test_a.py"])
    assert not [event for event in worker.events if event.verb == "loaded"]
    assert worker.until("loaded").body == {"path": "one.py", "loads": ["two.py"], "how": "all"}
    worker.run(["-p", "no:cacheprovider"])
    worker.run(["-p", "no:cacheprovider"], files=["test_b.py"])
    assert not [event for event in worker.events if event.verb == "loaded"]


def test_many_come_in_pieces(project):
    names = ["module_of_a_long_name_%04d" % n for n in range(300)]
    for name in names:
        project.put("%s.py" % name, "")
    project.put("test_a.py", "".join("import %s\n" % name for name in names) + "def test_a(): pass\n")
    worker = run(project)
    loads = graph(worker)
    assert loads["test_a.py"] == {"%s.py" % name for name in names}


def test_unittest_tells_too(project):
    project.write(helper="", test_a="""
        import unittest
        import helper

        class TestA(unittest.TestCase):
            def test_a(self): pass
        """)
    worker = project.ready("unittest")
    worker.run()
    loads = graph(worker)
    assert reached(loads, "test_a.py") == {"helper.py"}


def test_the_only_run_tells_nothing(project):
    project.write(one="", test_a="import one\n\ndef test_a(): pass\n")
    worker = project.ready()
    worker.list(["-p", "no:cacheprovider"], last=True)
    worker.deal([[0]])
    worker.finish()
    with pytest.raises(TimeoutError):
        worker.until("loaded", seconds=0.2)
