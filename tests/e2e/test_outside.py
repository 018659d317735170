"""What comes with results and belongs to no test: output with its origin, files with a command for them."""

import re
import subprocess

import pytest

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
