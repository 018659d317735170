"""From the first octet to the hello: where the worker's modules come from, where compiled code is kept."""

import os

import pytest
from client import WORKERS, Worker


@pytest.fixture
def kept(tmp_path):
    """A directory for compiled code, outside of the project."""
    place = tmp_path / "kept"
    place.mkdir()
    return place


def start(project, cache):
    worker = Worker(project.root, cache=cache)
    project.workers.append(worker)
    worker.until("hello")


def test_nothing_of_the_project_is_imported_in_its_place(project):
    for name in ("json", "zlib", "tempfile", "struct", "aloof_worker__main", "aloof_worker____init__"):
        project.write(**{name: "raise SystemExit('the project was imported')"})
    project.ready()


def test_tests_meet_nothing_of_how_it_came(project):
    project.write(test_finders="""
        import sys

        def test_finders():
            assert "Modules" not in [type(each).__name__ for each in sys.meta_path]
            assert not [place for place in sys.path if "aloof_worker" in place or place == ""]
            assert sys.modules["__main__"].__dict__.keys().isdisjoint({"text", "modules", "take"})
    """)
    assert project.run().statuses() == {"test_finders.py::test_finders": "success"}


def test_every_module_can_be_imported_alone(project):
    """No circles: each one, first of all."""
    for path in sorted((WORKERS / "aloof_worker").glob("*.py")):
        project.write(**{"test_" + path.stem.strip("_"): f"""
            import subprocess, sys

            def test_alone():
                subprocess.run([sys.executable, "-c", "import aloof_worker.{path.stem}"], check=True,
                               env={{"PYTHONPATH": {str(WORKERS)!r}, "PYTHONDONTWRITEBYTECODE": "1"}})
        """})
    assert set(project.run().statuses().values()) == {"success"}


def test_compiled_code_is_kept(project, kept):
    start(project, kept)
    (file,) = kept.iterdir()
    written = file.stat().st_mtime_ns
    start(project, kept)
    assert list(kept.iterdir()) == [file]
    assert file.stat().st_mtime_ns == written


@pytest.mark.parametrize("damage", [
    lambda octets: b"",
    lambda octets: octets[:1000],
    lambda octets: octets[:1000] + b"\xff" + octets[1001:],
    lambda octets: b"\0" * 4 + octets[4:],
])
def test_damaged_compiled_code_is_replaced(project, kept, damage):
    start(project, kept)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    start(project, kept)
    (file,) = kept.iterdir()
    assert len(file.read_bytes()) == len(whole)


def test_compiled_code_of_another_source_is_removed(project, kept):
    start(project, kept)
    (file,) = kept.iterdir()
    mine, other = file.name.rsplit("-", 2)[0], "worker-another-00000000-1"
    (kept / (mine + "-00000000-1")).write_bytes(b"old")
    (kept / other).write_bytes(b"of another Python")
    file.unlink()
    start(project, kept)
    assert sorted(os.listdir(kept)) == sorted([file.name, other])


def test_a_place_that_is_not_there_is_no_matter(project, kept):
    start(project, kept / "nowhere")
    assert os.listdir(kept) == []
