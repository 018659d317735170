"""What tests may do to their box: nothing but their own outcome suffers."""

import os
import re
import signal

import pytest

from processes import command, marked, wait_all_gone



def write(project, body, header="import os, signal, subprocess, sys, time"):
    text = [header, "", "", "def test_before():", "    pass", "", "", "def test_bad():"]
    text += ["    " + line for line in body]
    text += ["", "", "def test_after():", "    pass", ""]
    project.write("test_bad.py", "\n".join(text))
    project.commit()


@pytest.mark.parametrize("box", ["auto", "test"])
@pytest.mark.parametrize("body, says", [
    (["os.abort()"], "SIGABRT"),
    (["import ctypes", "ctypes.string_at(0)"], "SIGSEGV"),
    (["os.kill(os.getpid(), signal.SIGKILL)"], "SIGKILL"),
    (["os._exit(0)"], "exit"),
    (["os._exit(3)"], "exit"),
])
def test_a_crash_costs_one_outcome(project, box, body, says):
    write(project, ["print('last words', flush=True)"] + body)
    done = project.once(f"--box={box}", "-n", "2")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^CRASH +test_bad\.py::test_bad", done.stdout, re.M), done.stdout
    assert says in done.stdout
    assert "last words" in done.stdout
    assert "3 tests, 1 crash" in done.stdout.splitlines()[-1]


def test_the_loop_survives_a_crash(project):
    write(project, ["os.abort()"])
    loop = project.aloof()
    loop.wait_for(re.compile(r"CRASH +test_bad\.py::test_bad"))
    loop.wait_for(re.compile(r"RED 1 of 3 · ran 3 in"))
    loop.wait_for("SIGABRT")
    write(project, ["pass"])
    loop.wait_for(re.compile(r"GREEN 3 tests"))


@pytest.mark.parametrize("box", ["auto", "test"])
@pytest.mark.parametrize("body", [
    ["while True:", "    pass"],
    ["time.sleep(1000)"],
    ["signal.signal(signal.SIGTERM, signal.SIG_IGN)", "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
     "while True:", "    time.sleep(1000)"],
])
def test_a_hang_is_killed_at_its_deadline(project, box, body):
    write(project, body)
    done = project.once(f"--box={box}", "--timeout", "0.5", "-c", "grace=0.3")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^TIMEOUT +test_bad\.py::test_bad", done.stdout, re.M), done.stdout
    assert re.match(r"3 tests, 1 timeout", done.stdout.splitlines()[-1]), done.stdout
    assert wait_all_gone(project.mark, 1) == []


def test_a_hang_shows_where_it_hung(project):
    write(project, ["time.sleep(1000)"])
    done = project.once("--timeout", "0.5")
    assert re.search(r"\+9 +test_bad\.py +# test_bad", done.stdout), done.stdout


def test_a_hang_in_the_loop_ends_at_x(project):
    write(project, ["time.sleep(1000)"])
    loop = project.aloof()
    loop.wait_for("test_bad.py::test_bad")
    loop.type("x")
    loop.wait_gone("running all")
    write(project, ["pass"])
    loop.wait_for(re.compile(r"GREEN 3 tests"))


@pytest.mark.parametrize("box", ["auto", "test"])
def test_a_leak_is_named_and_killed(project, box):
    write(project, ["subprocess.Popen(['sleep', '1234'], start_new_session=True)"])
    done = project.once(f"--box={box}")
    assert "test_bad.py::test_bad" in done.stdout, done.stdout
    assert re.search(r"leak", done.stdout, re.I), done.stdout
    assert "sleep 1234" in done.stdout
    assert wait_all_gone(project.mark, 1) == []


def test_a_daemon_that_holds_the_pipe_does_not_hang_the_run(project):
    write(project, ["if os.fork() == 0:", "    os.setsid()", "    if os.fork() == 0:",
                    "        os.execvp('sleep', ['sleep', '1234'])", "    os._exit(0)", "os.wait()"])
    done = project.once(timeout=20)
    assert "3 tests" in done.stdout
    assert wait_all_gone(project.mark, 1) == []


@pytest.mark.parametrize("body", [
    ["os.close(1)", "os.close(2)"],
    ["sys.stdout.close()", "sys.stderr.close()"],
    ["os.closerange(3, 256)"],
    ["os.write(1, b'\\xb3\\x29\\x01\\x0c\\x03abc' * 1000)"],
    ["print('no newline', end='')"],
    ["os.chdir('/')"],
    ["os.kill(0, signal.SIGWINCH)"],
])
def test_what_a_passing_test_may_do(project, body):
    write(project, body)
    done = project.once()
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].lstrip("OK! ").startswith("3 tests"), done.stdout


def test_huge_output_is_kept_at_head_and_tail(project):
    write(project, ["print('the head')", "for _ in range(2000):", "    print('x' * 10000)", "print('the tail')",
                    "assert False"])
    done = project.once("--junit", project.base / "out.xml")
    assert done.returncode == 1
    assert (project.base / "out.xml").stat().st_size < 5_000_000


def test_a_killed_aloof_leaves_nothing_behind(project):
    write(project, ["subprocess.Popen(['sleep', '1234'], start_new_session=True)", "time.sleep(1000)"])
    loop = project.aloof("-n", "2")
    loop.wait_for("test_bad.py::test_bad")

    def family_is_there(_):
        return any(command(pid).startswith("sleep") for pid in marked(project.mark))

    loop.wait_for(family_is_there)
    os.kill(loop.pid, signal.SIGKILL)
    loop.wait_exit()
    assert wait_all_gone(project.mark, 1) == []


@pytest.mark.parametrize("args, addopts", [(["-x"], ""), (["--", "-x"], ""), ([], "-x"), ([], "--maxfail=2")])
def test_a_run_stops_at_its_first_failures(project, args, addopts):
    project.write("pytest.ini", f"[pytest]\naddopts = {addopts}\n")
    project.write("test_many.py", "import pytest\n\n\n@pytest.mark.parametrize('n', range(50))\n"
                                  "def test_many(n):\n    assert n < 0\n")
    done = project.once("-n", "1", "--box=test", *args)
    assert done.returncode == 1
    assert int(re.search(r"(\d+) failure", done.stdout.splitlines()[-1])[1]) < 10


def test_module_fixtures_are_set_up_once_a_box(project):
    log = project.base / "setups"
    project.write("test_module.py", f"""
        import pytest


        @pytest.fixture(scope="module")
        def costly():
            with open({str(log)!r}, "a") as log:
                log.write("x")


        @pytest.mark.parametrize("n", range(10))
        def test_uses_it(costly, n):
            pass
        """)
    assert project.once("--box=group", "-n", "1").returncode == 0
    assert log.read_text() == "x"
    log.unlink()
    assert project.once("--box=test", "-n", "1").returncode == 0
    assert log.read_text() == "x" * 10
