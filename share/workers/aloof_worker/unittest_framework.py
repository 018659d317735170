"""Framework: what the rest of the worker asks of unittest."""

from aloof_worker.unittest_run import UnittestRun


class Framework:
    configuration = ()  # it reads no files

    def warm_up(self):
        """unittest was imported with the module above."""
        return "unittest"

    def run(self, template, handle, in_advance):
        """A run, in its process."""
        return UnittestRun(template, handle, in_advance)
