"""Whatever a test does to its process, the others notice nothing, and nothing is left."""

import os
import signal
import time

import pytest


def gone_by(pid, deadline=10):
    """Whether the process vanishes; waits on the process itself, not on time."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    import select

    ready = select.select([fd], [], [], deadline)[0]
    os.close(fd)
    return bool(ready)


@pytest.mark.parametrize(
    "code, exit, by",
    [
        ("os._exit(0)", 0, None),
        ("os._exit(9)", 9, None),
        ("os.abort()", None, signal.SIGABRT),
        ("os.kill(os.getpid(), signal.SIGSEGV)", None, signal.SIGSEGV),
        ("os.kill(0, signal.SIGKILL)", None, signal.SIGKILL),
        ("os.closerange(0, 4096)", None, None),
    ],
)
def test_a_dying_box(project, code, exit, by):
    project.write(
        test_x="""
            import os, signal, sys
            def test_before(): pass
            def test_dies():
                print("last words"); print("last errors", file=sys.stderr)
                %s
            def test_after(): pass
        """
        % code
    )
    worker = project.run(boxes=[[0, 1], [2]], slots=1)
    results = worker.results()
    assert results["test_x.py::test_before"].status == "success"
    assert results["test_x.py::test_after"].status == "success"
    dead = results["test_x.py::test_dies"]
    assert dead.statuses == ["inprogress"]
    assert dead.text("stdout") == "last words\n" and dead.text("stderr").startswith("last errors\n")
    if by or exit is not None:
        assert (worker.gone()[0]["exit"], worker.gone()[0]["signal"]) == (exit, by)
    if by == signal.SIGSEGV:
        assert b"Segmentation fault" in worker.output("stderr")


def test_a_test_that_kills_its_slot(project):
    project.write(
        test_x="""
            import os, signal, time
            def test_kills(): os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)
            def test_after(): pass
        """
    )
    worker = project.ready()
    worker.list()
    worker.send("box", 0, tests=[0])
    worker.send("box", 0, tests=[1])
    assert worker.until("gone", worker.events).body["signal"] == signal.SIGKILL
    assert worker.until("gone", worker.events).body["exit"] == 0
    worker.finish()
    assert worker.statuses()["test_x.py::test_after"] == "success"


HANGS = """
    import os, subprocess, time
    def test_hangs():
        child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        print("child", child.pid, flush=True)
        os.write(2, b"")
        with open("pid", "w") as file: file.write(str(child.pid))
        time.sleep(1000)
"""


def start_hanging(project):
    project.write(test_x=HANGS)
    os.mkfifo(project.root / "pid")
    worker = project.ready()
    worker.list()
    worker.send("box", 3, tests=[0])
    box = worker.until("started", worker.events).body["pid"]
    with open(project.root / "pid") as fifo:
        child = int(fifo.read())
    return worker, box, child


def test_kill_ends_the_whole_family_and_reports_no_leak(project):
    worker, box, child = start_hanging(project)
    worker.send("kill", 3)
    gone = worker.until("gone", worker.events)
    assert gone.route == "3" and gone.body == {"exit": None, "signal": 9, "left": []}
    assert gone_by(box) and gone_by(child)
    worker.finish()
    assert "child" in worker.results()["test_x.py::test_hangs"].text("stdout")


def test_dump_shows_where_it_hangs(project):
    worker, _, _ = start_hanging(project)
    worker.send("dump", 3)
    text = b""
    while b"in test_hangs" not in text:
        event = worker.next()
        text += event.content if event.name == "stderr" and event.route == "3" else b""
    worker.send("kill", 3)
    worker.until("gone", worker.events)
    worker.finish()


def test_stop_kills_everything_and_the_next_run_works(project):
    worker, box, child = start_hanging(project)
    worker.send("stop", serial=1)
    ended = worker.until("ended").body
    assert ended["serial"] == 1 and ended["exit"] is None and ended["signal"] == 9
    assert gone_by(box) and gone_by(child)
    project.write(test_x="def test(): pass\n")
    worker.run()
    assert worker.ended.body["serial"] == 2 and worker.statuses() == {"test_x.py::test": "success"}


@pytest.mark.parametrize("way", ["stop", "end of input"])
def test_a_killed_run_leaves_no_lock_that_pytest_would_wait_for(project, way):
    project.write(test_x="import time\ndef test(tmp_path): time.sleep(1000)\n")
    worker = project.ready()
    worker.list()
    worker.send("box", 0, tests=[0])
    worker.until("started")
    assert list(project.temporary.glob("*/pytest-0/.lock"))
    if way == "stop":
        worker.send("stop", serial=1)
        worker.until("ended")
    else:
        worker.close()
        project.workers.clear()
    assert list(project.temporary.glob("*/pytest-0")) and not list(project.temporary.glob("*/pytest-0/.lock"))


def test_stop_without_a_run_is_not_answered(project):
    project.write(test_x="def test(): pass\n")
    worker = project.run()
    worker.send("stop", serial=1)
    worker.list()
    assert [event.verb for event in worker.events if event.verb not in (None, "ready")] == ["listed"]
    worker.finish()


def test_stop_during_collection(project):
    os.mkfifo(project.root / "fifo")
    project.write(test_x="open('fifo', 'w').close()\nimport time\ntime.sleep(1000)\n")
    worker = project.ready()
    worker.send("run", serial=5, args=[], files=None)
    open(project.root / "fifo").close()
    worker.send("stop", serial=5)
    assert worker.until("ended").body["signal"] == 9


def test_end_of_input_leaves_nothing(project):
    worker, box, child = start_hanging(project)
    project.workers.remove(worker)
    assert worker.close() == 0
    assert gone_by(box) and gone_by(child)


def test_leaks_are_named_and_killed(project):
    project.write(
        test_x="""
            import subprocess, os
            def test_a(): pass
            def test_direct(): subprocess.Popen(["sleep", "1001"])
            def test_daemon():
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        os.execvp("sleep", ["sleep", "1002"])
                    os._exit(0)
                os.wait()
            def test_z(): pass
        """
    )
    worker = project.run()
    left = worker.gone()[0]["left"]
    assert {(each["command"], each["test"]) for each in left} == {
        ("sleep 1001", "test_x.py::test_direct"),
        ("sleep 1002", "test_x.py::test_daemon"),
    }
    assert all(gone_by(each["pid"]) for each in left)
    assert set(worker.statuses().values()) == {"success"}


def test_what_ends_by_itself_is_no_leak(project):
    project.write(
        test_x="""
            import multiprocessing, subprocess, threading
            from multiprocessing import shared_memory
            def test_tracker():
                memory = shared_memory.SharedMemory(create=True, size=10)
                memory.close(); memory.unlink()
            def test_short(): subprocess.Popen(["sleep", "0.05"])
            def wait_for_ever(): threading.Event().wait()
            def test_daemonic(): multiprocessing.Process(target=wait_for_ever, daemon=True).start()
        """
    )
    worker = project.run(boxes=[[0], [1], [2]])
    assert [gone["left"] for gone in worker.gone()] == [[], [], []]
    assert set(worker.statuses().values()) == {"success"}


def test_threads_that_go_on_do_not_hold_a_box(project):
    project.write(
        test_x="""
            import threading
            def test(): threading.Thread(target=threading.Event().wait).start()
        """
    )
    worker = project.run()
    assert worker.gone() == [{"exit": 0, "signal": None, "left": []}]


def test_exit_handlers_of_a_box_run_once_and_only_its_own(project):
    project.write(
        conftest="""
            import atexit, os
            def note(text):
                with open("log", "a") as log: log.write(text + "\\n")
            atexit.register(note, "run")
        """,
        test_x="""
            import atexit, conftest, tempfile
            def test_a(): atexit.register(conftest.note, "a")
            def test_b():
                test_b.directory = tempfile.TemporaryDirectory()
                conftest.note(test_b.directory.name)
        """,
    )
    project.run(boxes=[[0], [1]], slots=1)
    a, directory, run = (project.root / "log").read_text().split()
    assert (a, run) == ("a", "run") and not os.path.exists(directory)


def test_output_outside_of_capture_is_forwarded(project):
    project.write(test_x="import os\ndef test():\n    print('seen')\n    os.write(2, b'raw')\n")
    worker = project.run("-s")
    assert b"seen" in worker.output("stdout") and b"raw" in worker.output("stderr")


def test_the_middle_of_huge_output_is_dropped(project):
    project.write(
        test_x="""
            import os
            def test():
                os.write(1, b"begin")
                block = b"x" * 1048576
                for _ in range(64): os.write(1, block)
                os.write(1, b"end")
                assert 0
        """
    )
    text = project.run().results()["test_x.py::test"].text("stdout")
    assert text.startswith("begin") and text.endswith("end") and "bytes dropped" in text
    assert len(text) < (1 << 20) + 100


def test_output_without_end_does_not_fill_the_disk(project):
    """The test goes on until it sees its capture file shrink."""
    project.write(
        test_x="""
            import os, time
            def test():
                block, end = b"x" * 1048576, time.monotonic() + 15
                most = 0
                while time.monotonic() < end:
                    os.write(1, block)
                    now = os.fstat(1).st_blocks
                    if now < most // 2: return
                    most = max(most, now)
                    if most > 2048 * 2048: break
                assert 0, "it only grew"
        """
    )
    assert project.run().statuses() == {"test_x.py::test": "success"}


def test_descriptors_are_none_of_the_tests_business(project):
    project.write(
        test_x="""
            import os, subprocess, sys
            def test_inherited():
                code = "import os; print(sorted(map(int, os.listdir('/proc/self/fd'))))"
                command = [sys.executable, "-c", code]
                out = subprocess.run(command, close_fds=False, stdout=subprocess.PIPE).stdout
                assert max(eval(out)) < 100, out
            def test_stdin():
                assert os.read(0, 1) == b""
        """
    )
    assert set(project.run().statuses().values()) == {"success"}


def test_signals_are_as_python_has_them(project):
    project.write(
        test_x="""
            import os, signal
            def test():
                assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL
                assert signal.set_wakeup_fd(-1) == -1
                assert os.getsid(0) == os.getpid() == os.getpgid(0)
        """
    )
    assert set(project.run().statuses().values()) == {"success"}


def test_boxes_of_one_slot_wait_their_turn(project):
    project.write(test_x="def test_a(): pass\ndef test_b(): pass\n")
    worker = project.ready()
    worker.list()
    for position in (0, 1):
        worker.send("box", 0, tests=[position])
    worker.finish()
    order = [event.verb for event in worker.events if event.verb in ("started", "gone")]
    assert order == ["started", "gone", "started", "gone"]


def test_an_interpreter_without_pytest_is_refused(project, tmp_path):
    project.put("pytest.py", "raise ImportError('no pytest here')\n")
    worker = project.worker(PYTHONPATH=str(tmp_path))
    assert "no pytest here" in worker.until("refused").body["text"]


def test_a_passing_box_does_not_wait(project):
    project.write(test_x="def test(): pass\n")
    worker = project.ready()
    worker.list()
    start = time.monotonic()
    worker.deal([[0]] * 5, slots=1)
    assert time.monotonic() - start < 5 * 0.2
    worker.finish()
