import os
import sys
import textwrap

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from client import Worker  # noqa: E402


class Project:
    """A scratch project and the workers started in it."""

    def __init__(self, root):
        self.root = root
        self.temporary = root / ".tmp"
        self.temporary.mkdir()
        self.workers = []

    def write(self, **files):
        """name=text; `__` in a name stands for `/`, the suffix is .py."""
        for name, text in files.items():
            self.put(name.replace("__", "/") + ".py", text)

    def put(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(textwrap.dedent(text))
        return place

    def worker(self, framework="pytest", **env):
        ours = ("PYTEST", "PYTHON")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        environment["TMPDIR"] = str(self.temporary)
        worker = Worker(self.root, env={**environment, **env}, framework=framework)
        self.workers.append(worker)
        return worker

    def ready(self, framework="pytest", **env):
        worker = self.worker(framework, **env)
        worker.until("hello")
        return worker

    def run(self, *args, **how):
        worker = self.ready()
        worker.run(args, **how)
        return worker


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    yield project
    for worker in project.workers:
        worker.close()
