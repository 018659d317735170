"""What a box tells of the set-up that its tests share."""

import re

FIXTURES = """
    import time
    import pytest

    @pytest.fixture(scope="session")
    def database():
        time.sleep(0.05)

    @pytest.fixture(scope="module")
    def table(database):
        time.sleep(0.03)

    @pytest.fixture(scope="class")
    def row(request):
        request.getfixturevalue("table")
        time.sleep(0.02)

    @pytest.fixture
    def own():
        time.sleep(0.01)
    """


def told(worker):
    """{test: {kind: microseconds}}"""
    found = {}
    for test_id, result in worker.results().items():
        tags = [tag[len("setup_us="):] for tag in result.tags if tag.startswith("setup_us=")]
        found[test_id.partition("::")[2]] = {part[0]: int(part[1:]) for tag in tags for part in tag.split(",")}
    return found


def test_each_pays_once_in_a_box(project):
    project.write(conftest=FIXTURES, test_a="""
        def test_plain(): pass
        def test_first(table, own): pass
        def test_second(table): pass

        class TestIt:
            def test_one(self, row): pass
            def test_two(self, row): pass
        """)
    found = told(project.run())
    assert set(found["test_plain"]) == {"s", "m"}
    assert found["test_plain"]["s"] < 10000 and found["test_plain"]["m"] < 10000
    assert 50000 <= found["test_first"]["s"] < 300000
    assert 30000 <= found["test_first"]["m"] < 300000
    assert found["test_second"] == {}
    assert set(found["TestIt::test_one"]) == {"c"}
    assert 20000 <= found["TestIt::test_one"]["c"] < 300000
    assert found["TestIt::test_two"] == {}


def test_what_a_fixture_asks_for_by_itself_is_not_counted_twice(project):
    project.write(conftest=FIXTURES, test_a="""
        class TestIt:
            def test_one(self, row): pass
        """)
    found = told(project.run())["TestIt::test_one"]
    assert found["s"] >= 50000 and found["m"] >= 30000 and found["c"] >= 20000
    assert found["c"] < found["m"] + found["s"], found


def test_each_box_pays_again(project):
    project.write(conftest=FIXTURES, test_a="def test_one(table): pass\ndef test_two(table): pass\n",
                  test_b="def test_three(table): pass\n")
    worker = project.ready()
    worker.run(boxes=[[0], [1, 2]])
    found = told(worker)
    assert found["test_one"]["s"] >= 50000 and found["test_two"]["s"] >= 50000
    assert set(found["test_three"]) == {"m"} and found["test_three"]["m"] >= 30000


def test_setup_functions_count(project):
    project.write(test_a="""
        import time

        def setup_module():
            time.sleep(0.03)

        class TestIt:
            @classmethod
            def setup_class(cls):
                time.sleep(0.02)

            def test_one(self): pass
        """)
    found = told(project.run())["TestIt::test_one"]
    assert found["m"] >= 30000 and found["c"] >= 20000


def test_a_failing_one_counts_and_its_test_is_reported(project):
    project.write(test_a="""
        import time
        import pytest

        @pytest.fixture(scope="module")
        def broken():
            time.sleep(0.03)
            raise ValueError("no")

        def test_one(broken): pass
        """)
    worker = project.run()
    assert worker.statuses() == {"test_a.py::test_one": "fail"}
    assert re.match(r"s\d+,m\d+$", ",".join(f"{k}{v}" for k, v in told(worker)["test_one"].items()))
    assert told(worker)["test_one"]["m"] >= 30000
