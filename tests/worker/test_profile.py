"""What a test spends its time on, where that is asked for."""

import json


def profile_of(result):
    return {row["function"]: row for row in json.loads(result.text("profile"))["functions"]}


def run(worker, **more):
    worker.list(**more)
    worker.deal([[position] for position in range(len(worker.selected()))])
    worker.finish()
    return worker.results()


def test_a_profile_is_attached_only_where_it_is_asked_for(project):
    project.write(test_x="def helper(): return 1\ndef test(): helper(); helper()\n")
    worker = project.ready()
    assert "profile" not in run(worker)["test_x.py::test"].files
    found = profile_of(run(worker, profile=True)["test_x.py::test"])
    assert found["helper"]["calls"] == 2 and found["helper"]["line"] == 1
    assert found["helper"]["file"] == str(project.root / "test_x.py")
    assert found["test"]["calls"] == 1


def test_what_runs_the_test_is_left_out(project):
    project.write(test_x="import json\n\ndef test(): json.dumps({})\n")
    found = profile_of(run(project.ready(), profile=True)["test_x.py::test"])
    assert {"test", "dumps"} <= set(found)
    assert not [row for row in found.values() if row["file"] and ("_pytest" in row["file"] or "pluggy" in row["file"])]


def test_each_test_of_a_box_has_a_profile_of_its_own(project):
    project.write(test_x="def one(): pass\ndef two(): pass\ndef test_a(): one()\ndef test_b(): two(); assert 0\n")
    worker = project.ready()
    worker.list(profile=True)
    worker.deal([[0, 1]])
    worker.finish()
    results = worker.results()
    assert "one" in profile_of(results["test_x.py::test_a"]) and "two" not in profile_of(results["test_x.py::test_a"])
    assert "two" in profile_of(results["test_x.py::test_b"]) and results["test_x.py::test_b"].status == "fail"


def test_where_there_can_be_none_it_says_why(project):
    """From Python 3.12 on there is one profiler at a time; here another one refuses."""
    project.write(
        conftest="import cProfile\n\nclass Refusing(cProfile.Profile):\n"
        "    def enable(self): raise ValueError('Another profiling tool is already active')\n\ncProfile.Profile = Refusing\n",
        test_x="def test(): pass\n",
    )
    result = run(project.ready(), profile=True)["test_x.py::test"]
    assert result.status == "success"
    assert json.loads(result.text("profile")) == {"error": "Another profiling tool is already active"}
