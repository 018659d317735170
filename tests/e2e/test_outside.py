"""What comes with results and belongs to no test: output with its origin, files with a command for them."""

import re
import subprocess

import pytest

from project import ALOOF

EMIT = '''
import struct, sys, zlib

def number(n):
    for size, top in (1, 0), (2, 1), (3, 2), (4, 3):
        if n < 1 << 8 * size - 2:
            return (n | top << 8 * size - 2).to_bytes(size, "big")

def text(words):
    octets = words if isinstance(words, bytes) else words.encode()
    return number(len(octets)) + octets

def emit(id=None, status=0, name=None, file=b"", eof=False, route=None, runnable=True):
    flags = 0x2000 | (id is not None) << 11 | (route is not None) << 10 | runnable << 8
    flags |= (name is not None) << 6 | eof << 4 | status
    body = b"".join([text(id) if id is not None else b"", text(name) + text(file) if name is not None else b"",
                     text(route) if route is not None else b""])
    size = 1 + 2 + 1 + len(body) + 4
    while len(number(size)) != size - 7 - len(body):
        size += 1
    packet = b"\\xb3" + struct.pack(">H", flags) + number(size) + body
    sys.stdout.buffer.write(packet + struct.pack(">I", zlib.crc32(packet)))
    sys.stdout.buffer.flush()

STARTS, PASSES, FAILS = 2, 3, 6
'''


@pytest.fixture
def emitting(project):
    """A project of two tests, whose process says what run.py emits."""
    project.write(".aloof.conf", """
        [recipe "emitting"]
        	list = printf 'one\\\\ntwo\\\\n'
        	unit = test
        	run = python3 run.py {ids}
        	format = subunit
        """)
    project.write("emit.py", EMIT)
    return project


def talk(project, *lines):
    project.write("run.py", "from emit import *\nimport sys\nfor id in sys.argv[1:]:\n    emit(id, STARTS)\n    emit(id, PASSES)\n" + "\n".join(lines) + "\n")


def test_output_between_tests_is_told_with_its_origin(emitting):
    talk(emitting, 'emit(name="stderr", file="gc: 3 objects\\nleft", route="farm/3", runnable=False)',
         'emit(name="stdout", file="bye\\x1b[2J\\n", runnable=False)')
    done = emitting.once("-n1", "--subunit", "stream")
    assert done.returncode == 0
    assert "box 0/farm/3 stderr: gc: 3 objects\n" in done.stdout, done.stdout
    assert "box 0/farm/3 stderr: left\n" in done.stdout and "box 0 stdout: bye" in done.stdout and "\x1b" not in done.stdout
    packets = emitting.run("convert", "--to", "json", "stream").stdout
    assert re.search('"file_name": ?"stderr".*"route_code": ?"0/farm/3"', packets), packets


def test_output_between_tests_is_on_the_screen_and_in_the_log(emitting):
    gate = emitting.write_gate()
    talk(emitting, 'emit(name="stderr", file="gc: 3 objects\\n", route="farm/3", runnable=False)', f"open({str(gate)!r}).read()")
    loop = emitting.aloof("-n1").wait_for("box 0/farm/3 stderr: gc: 3 objects")
    loop.type("l")
    loop.wait_for(re.compile(r"\d\d  box 0/farm/3 stderr: gc: 3 objects"))
    open(gate, "w").close()
    loop.wait_for(re.compile("2 ran in"))
    loop.type("qq")
    assert loop.wait_exit() == 0


def test_output_of_a_loaded_stream_keeps_its_route(emitting):
    emitting.write("made.py", "from emit import *\nemit('one', PASSES)\nemit(name='stdout', file='far\\n', route='7/2', runnable=False)\n")
    emitting.write("make", "python3 made.py >made\n")
    subprocess.run(["sh", "make"], cwd=emitting.root, env=emitting.env, check=True)
    done = emitting.run("load", "--once", "made")
    assert (done.returncode, "7/2 stdout: far\n" in done.stdout) == (0, True), done.stdout


FILES = ('emit(name="deep/.coverage", file=b"one ", route="a", runnable=False)',
         'emit(name="deep/.coverage", file=b"other", eof=True, route="b", runnable=False)',
         'emit(name="deep/.coverage", file=b"half", eof=True, route="a", runnable=False)')


def test_files_outside_of_tests_go_to_a_command(emitting):
    talk(emitting, *FILES)
    emitting.write("take", 'echo "$2 $3 $(cat "$1")" >>taken\n')
    done = emitting.once("-n1", "-c", "files.command=sh take {file} {name} {route}")
    assert done.returncode == 0, done.stdout
    assert emitting.read("taken") == "deep/.coverage 0/a one half\ndeep/.coverage 0/b other\n"


def test_files_are_kept_until_the_next_run(emitting):
    talk(emitting, *FILES)
    loop = emitting.aloof("-n1").wait_for("GREEN 2 tests")
    kept = emitting.root / ".git/aloof/files"
    assert sorted(file.read_text() for file in kept.iterdir()) == ["one half", "other"]
    talk(emitting)
    loop.wait_for(lambda loop: "run.py changed" in loop.text and "GREEN" in loop.text)
    loop.wait_for(lambda loop: not list(kept.iterdir()))


def test_a_command_for_files_that_fails_is_told(emitting):
    talk(emitting, *FILES[1:2])
    done = emitting.once("-n1", "-c", "files.command=sh -c 'echo oh >&2; exit 3'")
    assert done.returncode == 0
    assert re.search("files.command exited with status 3 over .*/files/1-.coverage; .*/files/command.log has its words", done.stdout), done.stdout
    assert (emitting.root / ".git/aloof/files/command.log").read_text() == "oh\n"
    assert "files.command: nowhere: no such file" in emitting.once("-n1", "-c", "files.command=nowhere").stdout


FED = '''
import os, signal
from emit import *
note = open(%r, "a")
note.write("start %%d\\n" %% os.getpid())
note.flush()
for line in sys.stdin:
    id = line.strip()
    emit(id, STARTS)
    if id == open("dies").read():
        os.kill(os.getpid(), signal.SIGKILL)
    emit(id, name="traceback", file="it is 7\\n")
    emit(id, FAILS if id == "t7" else PASSES)
    note.write(id + "\\n")
    note.flush()
note.write("end\\n")
'''


@pytest.fixture
def fed(project):
    """Twelve tests of one process that is told their ids one after the other; t7 fails."""
    project.write(".aloof.conf", """
        [recipe "fed"]
        	list = seq -f t%g 12
        	unit = test
        	run = python3 run.py
        	feed = stdin
        	format = subunit
        """)
    project.write("emit.py", EMIT)
    project.write("dies", "none")
    project.write("run.py", FED % str(project.base / "ran"))
    return project


def test_a_process_that_is_fed_gets_tests_while_it_runs(fed):
    done = fed.once("-n1", "--box=test")
    assert done.returncode == 1 and "12 tests, 1 failure in" in done.stdout, done.stdout
    assert re.search("FAIL  t7 .*\n +it is 7", done.stdout), done.stdout
    ran = fed.ran()
    assert len([line for line in ran if line.startswith("start")]) == 1 and ran.count("end") == 1
    assert sorted(line for line in ran if line.startswith("t")) == sorted(f"t{i}" for i in range(1, 13))


def test_a_process_that_is_fed_and_dies_is_replaced(fed):
    fed.write("dies", "t3")
    done = fed.once("-n1", "--box=test")
    assert done.returncode == 1 and "FAIL  t7" in done.stdout and "12 tests, 1 failure, 1 crash" in done.stdout, done.stdout
    assert re.search("CRASH t3 +killed by SIGKILL", done.stdout), done.stdout
    assert len([line for line in fed.ran() if line.startswith("start")]) == 2


def test_a_process_that_is_fed_and_hangs_is_killed(fed):
    fed.write("run.py", fed.read("run.py").replace("        os.kill(os.getpid(), signal.SIGKILL)", "        signal.pause()"))
    fed.write("dies", "t5")
    done = fed.once("-n1", "--timeout=0.5", "-c", "grace=0.1")
    assert done.returncode == 1 and re.search("TIMEOUT +t5", done.stdout) and "12 tests" in done.stdout, done.stdout


def test_a_process_that_is_fed_and_fails_in_the_end_is_red(fed):
    fed.write("run.py", fed.read("run.py").replace('id == "t7"', "False") + "sys.exit(3)\n")
    done = fed.once("-n1")
    assert done.returncode == 1 and "FAIL  fed" in done.stdout and "exited with status 3" in done.stdout, done.stdout


def test_the_loop_feeds_only_what_is_red(fed):
    loop = fed.aloof("-n2").wait_for(re.compile("RED 1 of 12"))
    loop.wait_for(lambda loop: "ran 12" in loop.text)
    fed.ran()
    fed.save("run.py", fed.read("run.py").replace('id == "t7"', "False"))
    loop.wait_for(re.compile("GREEN 12 tests.*the red set passed"))
    assert fed.ran().count("t7") == 2


@pytest.mark.parametrize("line, said", [
    ("run = sh x {ids}", "recipe fed is fed: it needs the key format, and run has no placeholder but {args}"),
    ("format = exit", "recipe fed is fed: it needs the key format"),
    ("feed = often", "feed"),
])
def test_a_bad_recipe_that_is_fed(fed, line, said):
    fed.write(".aloof.conf", fed.read(".aloof.conf") + f"\t{line}\n")
    done = fed.once()
    assert done.returncode == 4 and said in done.stderr, done.stderr


def test_a_killed_process_is_never_a_pass(emitting):
    """Its test that ran has crashed; with all that it said of both, it is the process that failed."""
    emitting.write("run.py", "from emit import *\nimport os\nemit('one', STARTS)\nemit('one', PASSES)\nemit('two', STARTS)\nos.kill(os.getpid(), 9)\n")
    done = emitting.once("-n1")
    assert done.returncode == 1 and re.search("CRASH two +killed by SIGKILL", done.stdout), done.stdout
    emitting.write("run.py", "from emit import *\nemit('one', STARTS)\nemit('one', PASSES)\n")
    done = emitting.once("-n1")
    assert done.returncode == 1 and re.search("NOT RUN two ", done.stdout) and "1 not run" in done.stdout, done.stdout


def test_a_subtest_is_shown_and_its_test_is_rerun(emitting):
    emitting.write("note", "")
    emitting.write("run.py", "from emit import *\nopen('../ran', 'a').write(' '.join(sys.argv[1:]) + chr(10))\nfor id in sys.argv[1:]:\n"
                   "    emit(id, STARTS)\n    if id == 'two':\n        emit('two (i=3)', FAILS, runnable=False)\n    emit(id, PASSES)\n")
    loop = emitting.aloof("-n1").wait_for(re.compile("RED 1 of 3 · ran 3")).wait_for("FAIL  two (i=3)")
    emitting.ran()
    loop.type("r")
    loop.wait_for(re.compile("RED 1 of 3 · reran 2"))
    assert emitting.ran() == ["two"]


def test_a_test_that_hangs_is_named_while_it_does(project):
    """Without a deadline, and where no bar shows what runs."""
    project.write("test_hang.py", "import signal\n\ndef test_hang():\n    signal.pause()\n")
    loop = project.spawn([ALOOF, "--once"], TERM="dumb")
    loop.wait_for(re.compile("still running: test_hang.py::test_hang  5 s"))
    loop.type("\x03")
    assert loop.wait_exit() == 2
