"""Outcomes mean what they mean under plain pytest."""

import re

import pytest

OUTCOMES = """
    import sys, unittest
    import pytest

    def test_pass(): print("not sent")
    def test_fail():
        print("to stdout"); print("to stderr", file=sys.stderr)
        import logging; logging.warning("to the log")
        assert [1, 2] == [1, 3]

    @pytest.fixture
    def broken(): raise RuntimeError("no setup")
    @pytest.fixture
    def unclean():
        yield
        raise RuntimeError("no teardown")
    def test_setup(broken): pass
    def test_teardown(unclean): pass
    def test_both(unclean): assert 0, "in the test"

    @pytest.mark.skip(reason="not today")
    def test_skip(): pass
    def test_skip_inside(): pytest.skip("half way")
    @pytest.mark.skip(reason="not today")
    class TestSkipped:
        def test_one(self): pass
    @pytest.mark.xfail(reason="known")
    def test_xfail(): assert 0
    @pytest.mark.xfail(reason="known")
    def test_xpass(): pass
    @pytest.mark.xfail(reason="known", strict=True)
    def test_xpass_strict(): pass
    def test_xfail_inside(): pytest.xfail("given up")
    @pytest.mark.xfail(raises=KeyError)
    def test_xfail_other(): raise ValueError("other")

    class TestUnit(unittest.TestCase):
        def test_pass(self): self.assertTrue(True)
        def test_fail(self): self.assertEqual(1, 2)
        @unittest.skip("unit skip")
        def test_skip(self): pass
        @unittest.expectedFailure
        def test_expected(self): self.fail()
        @unittest.expectedFailure
        def test_unexpected(self): pass
        def test_subtests(self):
            for n in range(3):
                with self.subTest(n=n): self.assertNotEqual(n, 1)

    @pytest.mark.parametrize("value", ["a::b", "x y", "ü", "new\\nline", "[", "\\x00", "\\ud800"])
    def test_ids(value): pass
"""

EXPECTED = {
    "test_pass": "success",
    "test_fail": "fail",
    "test_setup": "fail error",
    "test_teardown": "fail error",
    "test_both": "fail",
    "test_skip": "skip",
    "test_skip_inside": "skip",
    "TestSkipped::test_one": "skip",
    "test_xfail": "xfail",
    "test_xpass": "uxsuccess",
    "test_xpass_strict": "fail",
    "test_xfail_inside": "xfail",
    "test_xfail_other": "fail",
    "TestUnit::test_pass": "success",
    "TestUnit::test_fail": "fail",
    "TestUnit::test_skip": "skip",
    "TestUnit::test_expected": "xfail",
    "TestUnit::test_unexpected": "fail",
    "TestUnit::test_subtests": "fail",
}


def described(result):
    said = sorted(tag for tag in result.tags if not tag.startswith(("cpu_us=", "setup_us=")))
    return " ".join([result.status or "none", *said])


@pytest.mark.parametrize("one_by_one", [False, True])
def test_every_outcome(project, one_by_one):
    project.write(test_all=OUTCOMES)
    worker = project.ready()
    worker.list()
    boxes = [[position] for position in worker.selected()] if one_by_one else [worker.selected()]
    worker.deal(boxes)
    worker.finish()
    results = worker.results()
    found = {name: described(results["test_all.py::" + name]) for name in EXPECTED}
    assert found == EXPECTED
    odd = [name for name in worker.ids if "test_ids" in name]
    assert len(odd) == 7 and all(results[name].status == "success" for name in odd)
    assert all(result.statuses[0] == "inprogress" for result in results.values())
    assert all(len(result.statuses) == 2 for result in results.values())
    assert all(result.started <= result.ended for result in results.values())
    spent = [tag for result in results.values() for tag in result.tags if re.fullmatch(r"cpu_us=\d+", tag)]
    assert len(spent) == len(results)
    assert worker.ended.body["exit"] == 1


def test_attachments_of_a_failure(project):
    project.write(test_all=OUTCOMES)
    results = project.run("-k", "test_fail or test_both or skip or xpass_strict").results()
    failed = results["test_all.py::test_fail"]
    assert failed.text("stdout") == "to stdout\n"
    assert failed.text("stderr") == "to stderr\n"
    assert "to the log" in failed.text("log")
    assert failed.text("traceback").startswith("Traceback (most recent call last):\n  File ")
    assert failed.text("traceback").count("  File ") == 1
    assert "AssertionError: assert [1, 2] == [1, 3]" in failed.text("traceback")
    assert ">       assert [1, 2] == [1, 3]" in failed.text("report")
    both = results["test_all.py::test_both"]
    assert "in the test" in both.text("report") and "ERROR at teardown" in both.text("report")
    assert both.text("traceback").count("Traceback (most") == 2
    assert results["test_all.py::test_skip"].files == {"reason": b"not today"}
    assert results["test_all.py::test_xpass_strict"].text("report") == "[XPASS(strict)] known"


def test_traceback_has_chains_and_no_hidden_frames(project):
    project.write(
        test_chain="""
            def helper():
                __tracebackhide__ = True
                deeper()
            def deeper():
                try: {}["key"]
                except KeyError as error: raise ValueError("wrapped") from error
            def test(): helper()
        """
    )
    text = project.run().results()["test_chain.py::test"].text("traceback")
    assert "KeyError: 'key'" in text and "direct cause" in text and text.endswith("ValueError: wrapped\n")
    assert "in helper" not in text and "in test\n" in text and "in deeper" in text


def test_doctests_are_tests(project):
    project.write(module='"""\n>>> 1 + 1\n2\n"""\ndef f():\n    """\n    >>> 1\n    2\n    """\n')
    worker = project.run("--doctest-modules")
    assert worker.statuses() == {"module.py::module": "success", "module.py::module.f": "fail"}
    failed = worker.results()["module.py::module.f"]
    assert "Expected:" in failed.text("report")
    assert failed.text("traceback") == ""  # it would lead into doctest's own code; the report names the line


def test_fixtures_are_set_up_once_a_box_and_torn_down(project):
    project.write(
        test_scopes="""
            import pytest
            @pytest.fixture(scope="session")
            def once(pytestconfig):
                with open(pytestconfig.rootpath / "log", "a") as log: log.write("up\\n")
                yield
                with open(pytestconfig.rootpath / "log", "a") as log: log.write("down\\n")
            def test_a(once): pass
            def test_b(once): pass
            def test_c(once): pass
        """
    )
    project.run(boxes=[[0, 1], [2]], slots=1)
    assert (project.root / "log").read_text() == "up\ndown\nup\ndown\n"


def test_a_collection_error_is_a_failure_named_by_its_file(project):
    project.write(test_bad="import nothing_like_this\n", test_syntax="def (:\n")
    project.write(test_good="def test(): pass\n")
    worker = project.run()
    results = worker.results()
    assert results["test_good.py::test"].status == "success"
    for name, error in (("test_bad.py", "ModuleNotFoundError"), ("test_syntax.py", "SyntaxError")):
        assert described(results[name]) == "fail collection"
        assert error in results[name].text("traceback") and error in results[name].text("report")


def test_a_file_that_skips_itself_is_one_skip_with_its_reason(project):
    project.write(test_away='import pytest\npytest.importorskip("nothing_like_this")\ndef test(): pass\n')
    project.write(test_here="def test(): pass\n")
    worker = project.run()
    results = worker.results()
    assert results["test_here.py::test"].status == "success"
    assert results["test_away.py"].status == "skip"
    assert "nothing_like_this" in results["test_away.py"].text("reason")


@pytest.mark.parametrize("place", ["conftest", "sub__conftest"])
def test_a_broken_conftest_is_a_failure_named_by_its_path(project, place):
    project.write(**{place: "1 / 0\n", "sub__test_x": "def test(): pass\n"})
    worker = project.run()
    result = worker.results()[place.replace("__", "/") + ".py"]
    assert described(result) == "fail collection"
    assert "ZeroDivisionError" in result.text("traceback") and "ZeroDivisionError" in result.text("report")


def test_a_usage_error_ends_the_run_with_its_text(project):
    project.write(test_x="def test(): pass\n")
    worker = project.run("--no-such-option")
    assert worker.ended.body["exit"] == 4 and "unrecognized arguments" in worker.ended.body["text"]
    worker.run(["missing.py"])
    assert worker.ended.body["exit"] == 4 and "missing.py" in worker.ended.body["text"]


def test_no_tests_is_exit_5(project):
    assert project.run().ended.body["exit"] == 5


def test_an_internal_error_is_exit_3(project):
    project.write(conftest="def pytest_collection_modifyitems(): raise RuntimeError('hook')\n")
    ended = project.run().ended.body
    assert ended["exit"] == 3 and "RuntimeError: hook" in ended["text"]


def test_an_exit_in_a_conftest_ends_the_run(project):
    project.write(conftest="import os\nos._exit(7)\n")
    assert project.run().ended.body["exit"] == 7


def test_deselected_tests_are_listed_last_and_can_run(project):
    project.write(test_x="def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass\n")
    worker = project.ready()
    worker.list(["-k", "test_b"])
    assert worker.ids == ["test_x.py::test_b", "test_x.py::test_a", "test_x.py::test_c"]
    assert worker.selected() == [0]
    worker.deal([[0, 2]])
    worker.finish()
    assert worker.statuses() == {"test_x.py::test_b": "success", "test_x.py::test_c": "success"}


def test_duplicated_ids_keep_their_places(project):
    project.write(
        conftest="""
            def pytest_collection_modifyitems(items): items.append(items[0])
        """,
        test_x="def test_a(): pass\ndef test_b(): pass\n",
    )
    worker = project.ready()
    worker.list()
    assert worker.ids == ["test_x.py::test_a", "test_x.py::test_b", "test_x.py::test_a"]
    worker.finish()


def test_groups_are_files(project):
    project.write(pkg__test_x="class TestA:\n    def test(self): pass\n")
    worker = project.ready()
    worker.list()
    listed = [event for event in worker.events if event.status == "exists"]
    assert listed[0].tags == {"group=pkg/test_x.py"} and listed[0].runnable
    worker.finish()


def test_very_long_ids(project):
    project.write(
        test_x="""
            import pytest
            @pytest.mark.parametrize("n", range(20))
            @pytest.mark.parametrize("text", ["x" * 5000], ids=["x" * 5000])
            def test(text, n):
                print("y" * 9000)
                assert n % 2
        """
    )
    worker = project.run(boxes=[list(range(10)), list(range(10, 20))])
    results = worker.results()
    assert len(results) == 20
    assert sorted(result.status for result in results.values()) == ["fail"] * 10 + ["success"] * 10
    assert all(len(result.text("stdout")) == 9001 for result in results.values() if result.status == "fail")


def test_packets_stay_whole_while_boxes_run(project):
    project.write(
        test_x="""
            import pytest
            @pytest.mark.parametrize("n", range(40))
            def test(n):
                print("z" * 20000)
                assert 0
        """
    )
    worker = project.run(boxes=[list(range(20)), list(range(20, 40))])
    begin = next(n for n, event in enumerate(worker.events) if event.verb == "listed")
    assert max(event.size for event in worker.events[begin:-1]) <= 4096
    assert {len(result.text("stdout")) for result in worker.results().values()} == {20001}


def test_a_temporary_directory_a_box(project):
    project.write(
        test_x="""
            import pytest
            @pytest.fixture(scope="session")
            def shared(tmp_path_factory): return tmp_path_factory.mktemp("shared", numbered=False)
            @pytest.mark.parametrize("n", range(6))
            def test(n, shared, tmp_path): (tmp_path / "file").write_text("x")
        """
    )
    assert set(project.run(boxes=[[n] for n in range(6)]).statuses().values()) == {"success"}


def test_exit_stops_the_box_and_says_so(project):
    project.write(
        test_x="""
            import pytest
            def test_a(): pass
            def test_b(): pytest.exit("enough")
            def test_c(): pass
        """
    )
    worker = project.run()
    assert [gone.get("stopped") for gone in worker.gone()] == ["enough"]
    assert worker.statuses() == {"test_x.py::test_a": "success", "test_x.py::test_b": None}
