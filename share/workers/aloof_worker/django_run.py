"""Run of Django: what `manage.py test` sets up is set up once; boxes are forked from there."""

import os
import re
import sys
import traceback
from time import time_ns

from aloof_worker.django_box import DjangoBox
from aloof_worker.tracebacks import format_exception
from aloof_worker.unittest_loader import Loader, Wanted
from aloof_worker.unittest_run import UnittestRun
from aloof_worker.wire import FAIL, clip, packet, utf8

SETTINGS = "DJANGO_SETTINGS_MODULE"


class DjangoRun(UnittestRun):
    def work(self):
        sys.argv[:] = ["manage.py", "test", *self.args]
        sys.path.insert(0, self.rootdir)
        self.await_order()
        self.databases = None  # as the test runner made them
        self.numbers = set()  # of the slots that databases were cloned for
        try:
            self.set_up()
        except SystemExit as error:
            return 4 if error.code else 0  # of the command line: it has said why
        except BaseException as error:
            self.send_broken_project(error)
            self.serve([], [], [], 0)
            return 1
        code = self.run_suite(self.suite)
        self.tear_down()
        return code

    def set_up(self):
        import django
        from django.conf import settings
        from django.test.utils import get_runner

        options = self.find_settings()
        django.setup()
        options = vars(self.parser().parse_args(options))
        self.read(options)
        kind = get_runner(settings, options.pop("testrunner", None))
        options.update(verbosity=0, interactive=False, parallel=1, failfast=False, pdb=False, test_name_patterns=None)
        options.update(enable_faulthandler=False, buffer=False)
        self.runner = kind(**options)
        self.runner.test_loader = self.loader
        self.runner.setup_test_environment()
        self.suite = self.runner.build_suite([])
        self.set_up_databases()

    def find_settings(self):
        """Sets the environment as manage.py does. -> the arguments"""
        try:
            with open("manage.py", encoding="utf-8") as file:
                named = re.search(r"""%s["'], *["']([\w.]+)["']""" % SETTINGS, file.read())
        except OSError:
            named = None
        if named:
            os.environ.setdefault(SETTINGS, named.group(1))
        for arg in self.args:
            if arg.startswith("--settings="):
                os.environ[SETTINGS] = arg.partition("=")[2]
        return self.args

    @staticmethod
    def parser():
        from django.core.management import load_command_class

        command = load_command_class("django.core", "test")
        command.test_runner = None
        command._called_from_command_line = True  # it says what is wrong there, and exits
        return command.create_parser("manage.py", "test")

    def read(self, options):
        """What of the command line is ours to do."""
        targets = options.pop("args", ())
        self.maxfail = int(options["failfast"])
        self.patterns = options.get("test_name_patterns") or []
        self.names = [each for each in targets if not os.path.exists(each)]
        places = [each for each in targets if os.path.exists(each)]
        self.loader = Loader(Wanted(self.order.get("files"), places))

    def set_up_databases(self):
        aliases = self.runner.get_databases(self.suite)
        more = {}
        if hasattr(self.suite, "serialized_aliases"):  # 4.0
            more["serialized_aliases"] = self.suite.serialized_aliases
        self.databases = self.runner.setup_databases(aliases=aliases, **more)
        self.runner.run_checks(aliases)

    def tear_down(self):
        for connection in self.cloned():
            for number in self.numbers:
                connection.creation.destroy_test_db(suffix=str(number), verbosity=0, keepdb=self.runner.keepdb)
        self.runner.teardown_databases(self.databases)
        self.runner.teardown_test_environment()

    def cloned(self):
        """The test databases that are not in the memory of this process, which boxes have a copy of anyhow."""
        return [connection for connection, _, is_own in self.databases or () if is_own and not in_memory(connection)]

    def before_slot(self, number):
        """Every slot has databases of its own, as every process of `manage.py test --parallel` has."""
        if number + 1 not in self.numbers:
            for connection in self.cloned():
                connection.creation.clone_test_db(str(number + 1), verbosity=0, keepdb=self.runner.keepdb)
                connection.close()
            self.numbers.add(number + 1)

    def prepare(self):
        self.look_at_suites()

    def make_box(self, slot):
        return DjangoBox(slot)

    def send_broken_project(self, error):
        """Settings, models, migrations or checks that fail: red by the file where it happened, or else manage.py's."""
        places = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, SyntaxError) and error.filename:
            places.append(error.filename)
        below = os.path.join(self.rootdir, "")
        installed = ("/site-packages/", "/dist-packages/")
        own = [each for each in places if each.startswith(below) and not any(part in each for part in installed)]
        test_id = utf8(own[-1][len(below) :] if own else "manage.py")
        self.events.attach(b"traceback", clip(utf8(format_exception(error))), test_id)
        self.events.attach(b"report", clip(utf8("%s: %s" % (type(error).__name__, error))), test_id)
        self.events.write(packet(FAIL, test_id, tags=(b"collection",), time=time_ns()))


def in_memory(connection):
    return getattr(connection, "is_in_memory_db", bool)()
