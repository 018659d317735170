"""Django's tests on the warm worker: settings, databases and ids as `manage.py test` has them."""

import importlib.util
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not importlib.util.find_spec("django"), reason="Django is not installed")

RED = re.compile("RED 1 of 5.*ran 5")
PRICE = "till.tests.SaleTests.test_price"
MODELS = """
    from django.db import models


    class Sale(models.Model):
        pence = models.IntegerField()

        def price(self):
            return self.pence / {}
    """


@pytest.fixture
def shop(project):
    """A Django project with one application, by Django's own commands; one of its five tests is red."""
    def manage(*args):
        subprocess.run([sys.executable, "-m", "django", *args], cwd=project.root, check=True, capture_output=True,
                       env={**project.env, "DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONPATH": "."})

    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", "."], cwd=project.root, check=True)
    subprocess.run([sys.executable, "manage.py", "startapp", "till"], cwd=project.root, check=True)
    settings = project.read("shop/settings.py")
    project.write("shop/settings.py", settings.replace("INSTALLED_APPS = [", "INSTALLED_APPS = [\n    'till',"))
    project.write("till/models.py", MODELS.format(10))
    manage("makemigrations", "till")
    project.write("till/tests.py", f"""
        import os
        from django.db import connection
        from django.test import SimpleTestCase, TestCase, TransactionTestCase
        from till.models import Sale

        def note(test):
            fd = os.open({str(project.base / "ran")!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(fd, (test.id() + chr(10)).encode())
            os.close(fd)

        class SaleTests(TestCase):
            @classmethod
            def setUpTestData(cls):
                cls.sale = Sale.objects.create(pence=150)

            def setUp(self):
                note(self)

            def test_price(self):
                self.assertEqual(Sale.objects.get().price(), 1.5)

            def test_count(self):
                Sale.objects.create(pence=1)
                self.assertEqual(Sale.objects.count(), 2)

            def test_page(self):
                self.assertEqual(self.client.get("/admin/").status_code, 302)

        class CommitTests(TransactionTestCase):
            def test_commits(self):
                note(self)
                Sale.objects.create(pence=7)
                self.assertEqual(Sale.objects.count(), 1)

        class PlainTests(SimpleTestCase):
            def test_plain(self):
                note(self)
        """)
    project.write(".gitignore", "__pycache__/\n*.sqlite3\n*.sqlite3_*\n")
    project.commit()
    return project


def test_red_edit_green_full(shop):
    loop = shop.aloof().wait_for(RED, 60).wait_for(f"FAIL  {PRICE}").wait_for("15.0 != 1.5").wait_for("django ")
    assert len(shop.ran()) == 5
    shop.save("till/models.py", MODELS.format(1000))
    loop.wait_for("0.15 != 1.5")
    assert shop.ran() == [PRICE]
    shop.save("till/models.py", MODELS.format(100))
    loop.wait_for(re.compile("GREEN 5 tests.*the red set passed"))
    assert len(shop.ran()) == 6
    loop.type("q")
    assert loop.wait_exit() == 0


@pytest.mark.parametrize("box", ["group", "test"])
def test_once_with_a_database_in_memory(shop, box):
    done = shop.once("--box", box, "-n", "3")
    assert (done.returncode, len(shop.ran())) == (1, 5), done.stdout + done.stderr
    assert f"FAIL  {PRICE}" in done.stdout and "5 tests, 1 failure" in done.stdout
    assert shop.once("till.tests.CommitTests").returncode == 0
    assert shop.ran() == ["till.tests.CommitTests.test_commits"]
    done = shop.once("-k", "SaleTests.test_c", "till/tests.py")
    assert (done.returncode, shop.ran()) == (0, ["till.tests.SaleTests.test_count"])


def test_databases_in_files_are_cloned_for_each_slot_and_removed(shop):
    settings = shop.read("shop/settings.py")
    shop.write("shop/settings.py", settings + "\nDATABASES['default']['TEST'] = {'NAME': BASE_DIR / 'try.sqlite3'}\n")
    done = shop.once("--box", "test", "-n", "3")
    assert (done.returncode, len(shop.ran())) == (1, 5), done.stdout + done.stderr
    assert "5 tests, 1 failure" in done.stdout
    assert [file.name for file in shop.root.glob("try*")] == []


def test_broken_models_are_red_and_the_loop_goes_on(shop):
    loop = shop.aloof().wait_for(RED, 60)
    shop.save("till/models.py", "import nowhere\n")
    loop.wait_for("till/models.py").wait_for("No module named 'nowhere'")
    shop.save("till/models.py", MODELS.format(100))
    loop.wait_for(re.compile("GREEN 5 tests"))


def test_a_failed_check_is_said(shop):
    shop.write("till/models.py", MODELS.format(100) + "    other = models.CharField()\n")
    done = shop.once()
    assert done.returncode == 1
    assert re.search(r"COLLECT \S+", done.stdout), done.stdout


def test_tags_are_those_of_manage_py(shop):
    done = shop.once("--", "--exclude-tag=slow", "--pattern", "nothing*.py")
    assert done.returncode == 5, done.stdout + done.stderr
    done = shop.once("--", "--no-such-option")
    assert (done.returncode, "--no-such-option" in done.stdout + done.stderr) == (4, True)


@pytest.mark.presses("d")
def test_the_debugger_stands_where_it_failed(shop):
    loop = shop.aloof().wait_for(RED, 60).wait_for("▌FAIL")
    loop.type("d")
    loop.wait_for("(Pdb)", 60).type("p 'in', self.id(), self.sale.price()\r")
    loop.wait_for(f"('in', '{PRICE}', 15.0)").type("q\r")
    loop.wait_for(RED)
    loop.type("q")
    assert loop.wait_exit() == 0


def test_pytest_runs_a_project_that_is_configured_for_it(shop):
    shop.write("pytest.ini", "[pytest]\n")
    shop.write("test_other.py", "def test_other(): pass\n")
    done = shop.once()
    assert "1 test" in done.stdout, done.stdout
