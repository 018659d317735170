import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import keyboard  # noqa: E402
from processes import wait_all_gone  # noqa: E402
from project import Project  # noqa: E402
from terminal import Terminal  # noqa: E402

PRESSES = pytest.StashKey()


def pytest_configure(config):
    config.addinivalue_line("markers", "presses(key, ...): shows what these keys, as the manual names them, do")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Before any are deselected: {key: names of the tests that say they press it}, and from which files."""
    marks = [(key, item) for item in items for mark in item.iter_markers("presses") for key in mark.args]
    config.stash[PRESSES] = {key for key, item in marks}, {item.path.name for item in items}


@pytest.fixture
def pressed(request):
    """The keys that tests say they press, and the names of the files that were asked."""
    return request.config.stash[PRESSES]


@pytest.fixture(autouse=True)
def keys_were_pressed(request):
    """What a test says it presses it must have sent."""
    Terminal.typed.clear()
    yield
    for mark in request.node.iter_markers("presses"):
        for key in mark.args:
            assert any(sent in Terminal.typed for sent in keyboard.octets(key)), f"{key} was not pressed"


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
