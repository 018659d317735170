"""Framework: what the rest of the worker asks of Django."""

import importlib

from aloof_worker.django_run import DjangoRun

WARM = ("django.test", "django.test.runner", "django.core.management", "django.db.models", "django.db.migrations.executor")
WARM += ("django.core.management.commands.test", "django.core.management.commands.migrate")


class Framework:
    configuration = ("manage.py",)

    def warm_up(self):
        """Imports what needs no settings. -> its name and version; ImportError says what is not there."""
        import django

        for name in WARM:
            importlib.import_module(name)
        return "django " + django.get_version()

    def run(self, template, handle, in_advance):
        """A run, in its process."""
        return DjangoRun(template, handle, in_advance)
