import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from processes import wait_all_gone  # noqa: E402
from project import Project  # noqa: E402


@pytest.fixture
def project(tmp_path):
    """An empty project in a git work tree; whatever a test started in it must be gone within a second of its end."""
    project = Project(tmp_path)
    yield project
    project.close()
    assert wait_all_gone(project.mark, 2) == []


@pytest.fixture
def lighthouse(project):
    """The demo project: 15 tests, of which tests/test_tide.py::test_mean_at_night is red."""
    example = pathlib.Path(__file__).parents[2] / "share/example"
    for source in example.rglob("*"):
        if source.is_file() and source.suffix != ".pyc":
            project.write(str(source.relative_to(example)), source.read_text())
    project.commit("the story begins")
    return project
