"""Django on Postgres: a server of its own for these tests, and in it a database for every box."""

import glob
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile

import pytest

PROGRAMS = max(glob.glob("/usr/lib/postgresql/*/bin/initdb"), default=shutil.which("initdb") or "")
needed = pytest.mark.skipif(not PROGRAMS or not all(map(importlib.util.find_spec, ("django", "psycopg2"))),
                            reason="Postgres, Django or psycopg2 is not installed")

MANAGE = """
    import sys
    from django.core.management import execute_from_command_line
    import os
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    execute_from_command_line(sys.argv)
    """

TESTS = """
    from django.db import connection
    from django.test import TestCase, TransactionTestCase
    from shop.models import Thing

    class Committed(TransactionTestCase):
        def test_counts(self):
            for number in range(20):
                Thing.objects.create(name=str(number))
            self.assertEqual(Thing.objects.count(), %d)

    class RolledBack(TestCase):
        def test_none(self):
            self.assertEqual(Thing.objects.count(), 0)
    """


@pytest.fixture
def server():
    """The directory of the socket of a Postgres, which does not run as root."""
    user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
    base = tempfile.mkdtemp(prefix="aloof-pg.")
    if user:
        os.chown(base, pwd.getpwnam("postgres").pw_uid, -1)
    programs = os.path.dirname(PROGRAMS)

    def run(program, *args):
        subprocess.run([*user, f"{programs}/{program}", "-D", f"{base}/data", *args], cwd=base, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    run("initdb", "-A", "trust", "-U", "shop", "--no-sync")
    run("pg_ctl", "-o", f"-F -c listen_addresses='' -k {base}", "-l", f"{base}/log", "-w", "start")
    yield base
    run("pg_ctl", "-m", "immediate", "-w", "stop")
    shutil.rmtree(base)


@needed
def test_every_box_has_a_database_of_its_own(project, server):
    project.write("manage.py", MANAGE)
    project.write("shop/__init__.py", "")
    project.write("shop/settings.py", f"""
        SECRET_KEY = "x"
        INSTALLED_APPS = ["shop"]
        DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "shop", "USER": "shop", "HOST": "{server}"}}}}
        DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
        USE_TZ = False
        """)
    project.write("shop/models.py", "from django.db import models\n\n\nclass Thing(models.Model):\n    name = models.CharField(max_length=20)\n")
    for number in range(4):
        project.write(f"shop/test_{number}.py", TESTS % 20)
    done = project.once("-n", "3", "--box=test")
    assert done.returncode == 0 and "8 tests" in done.stdout, done.stdout + done.stderr
    project.write("shop/test_2.py", TESTS % 21)
    loop = project.aloof("-n", "3").wait_for(re.compile("RED 1 of 8 · ran 8"), 60).wait_for("20 != 21")
    project.write("shop/test_2.py", TESTS % 20)
    loop.wait_for(re.compile("GREEN 8 tests"), 60)
