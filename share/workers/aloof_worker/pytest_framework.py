"""Framework: what the rest of the worker asks of pytest."""

from aloof_worker.pytest_run import PytestRun
from aloof_worker.pytest_warmth import EntryPoints, import_runner


class Framework:
    configuration = ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml", "tox.ini")
    configuration += ("setup.cfg", "setup.py")  # files that it reads before any code of the project

    def __init__(self):
        self.entry_points = EntryPoints()

    def warm_up(self):
        """Imports what every run needs. -> its name and version; ImportError says what is not there."""
        return "pytest " + import_runner(self.entry_points).__version__

    def run(self, template, handle, in_advance):
        """A run, in its process."""
        return PytestRun(template, handle, in_advance)
