"""Colours: those that tests print are kept as the terminal can show them, aloof's own are left out where none are
wanted, and nothing is told by them alone."""

import re
import subprocess

import pytest

from project import ALOOF

RED = re.compile(r"RED 1 of 1 · ran 1 in")
A_COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:[34][0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


@pytest.fixture
def colourful(project):
    project.write("words.py", r'''
        OUT = """\x1b[31mruby\x1b[0m \x1b[38;5;208mamber\x1b[0m \x1b[38;2;0;96;255mazure\x1b[0m plain
        \x1b[1mbold\x1b[22m \x1b[3mslanted\x1b[23m \x1b[4mlined\x1b[24m \x1b[7mturned\x1b[27m none
        \x1b[8mhidden\x1b[0m \x1b[31;41mdrowned\x1b[0m \x1b[5mblinking\x1b[0m
        \x1b[44mbegun
        going on\x1b[K
        still on\x1b[m and off"""
        MESSAGE = "is \x1b[36mteal\x1b[0m now \x1b[35mand\nmauve"
        ''')
    project.write("test_colours.py", """
        from words import MESSAGE, OUT


        def test_colours():
            print(OUT)
            raise ValueError(MESSAGE)
        """)
    return project


def ink(loop, text):
    """How the text is drawn, where it shows first: all of its characters alike."""
    row = min(row for row, line in enumerate(loop.lines) if text in line)
    column = loop.screen.display[row].index(text)
    inks = {char._replace(data="") for char in (loop.screen.buffer[row][column + i] for i in range(len(text)))
            if char.data != " "}
    assert len(inks) == 1, (text, inks)
    return inks.pop()


def fronts(loop, *words):
    return [ink(loop, word).fg for word in words]


def read_in_full(loop):
    loop.wait_for(RED)
    loop.type("v")
    loop.wait_for(lambda loop: "still on" in loop.text and " j/k line" in loop.lines[-1])
    return loop


def test_colours_that_tests_print_are_kept(colourful):
    loop = colourful.aloof(rows=60)
    loop.wait_for(RED)
    loop.wait_for(lambda loop: "mauve" in loop.text and " j/k move" in loop.lines[-1])
    assert fronts(loop, "teal", "mauve") == ["cyan", "magenta"]
    assert fronts(loop, "ValueError: is", "now") == ["d70000", "d70000"]
    assert fronts(loop, "aloof", "start") == ["default", "default"]
    read_in_full(loop)
    assert fronts(loop, "ruby", "amber", "azure", "plain") == ["red", "ff8700", "005fff", "default"]
    assert [ink(loop, "bold").bold, ink(loop, "none").bold] == [True, False]
    assert [ink(loop, "slanted").italics, ink(loop, "lined").italics] == [True, False]
    assert [ink(loop, "lined").underscore, ink(loop, "turned").underscore] == [True, False]
    assert [ink(loop, "turned").reverse, ink(loop, "none").reverse] == [True, False]


def test_colours_hide_nothing(colourful):
    loop = read_in_full(colourful.aloof(rows=60))
    for word in "hidden", "drowned", "blinking":
        assert ink(loop, word).fg == ink(loop, word).bg == "default"
    loop.type("qq")
    loop.wait_exit()
    assert not re.search(rb"\x1b\[(?:[0-9;]*;)?[568]m", re.sub(rb"[34]8;5;\d+", b"", bytes(loop.raw)))


def test_colours_go_on_over_lines_and_end_with_their_section(colourful):
    loop = read_in_full(colourful.aloof(rows=60))
    assert [ink(loop, word).bg for word in ("begun", "going on", "still on")] == ["blue"] * 3
    assert [ink(loop, word).bg for word in ("and off", "The runner", "j/k line", "def test_colours")] == ["default"] * 4
    assert loop.screen.buffer[loop.lines.index(" going on")][40].bg == "default"


@pytest.mark.parametrize("term", ["xterm", "linux", "screen"])
def test_eight_colours_are_the_nearest(colourful, term):
    loop = read_in_full(colourful.aloof(rows=60, TERM=term))
    assert fronts(loop, "ruby", "amber", "azure", "plain") == ["red", "brown", "blue", "default"]
    assert ink(loop, "begun").bg == "blue"
    assert b"38;" not in loop.raw and b"48;" not in loop.raw


def test_direct_colours_are_exact(colourful, tmp_path):
    source = tmp_path / "direct.ti"
    rgb = "%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d"
    source.write_text(f"xterm-direct|direct colours, RGB, colors#0x1000000, pairs#0x7FFF,\n"
                      f"\tsetaf=\\E[%?%p1%{{8}}%<%t3%p1%d%e38;2;{rgb}%;m,\n"
                      f"\tsetab=\\E[%?%p1%{{8}}%<%t4%p1%d%e48;2;{rgb}%;m,\n\tuse=xterm-256color,\n")
    subprocess.run(["tic", "-x", "-o", tmp_path / "terminfo", source], check=True)
    loop = read_in_full(colourful.aloof(rows=60, TERM="xterm-direct", TERMINFO=str(tmp_path / "terminfo")))
    assert fronts(loop, "ruby", "amber", "azure", "plain") == ["red", "ff8700", "0060ff", "default"]
    assert fronts(loop, "FAIL") == ["d70000"]


@pytest.mark.parametrize("term", ["xterm", "xterm-256color"])
def test_more_colours_than_the_terminal_has_pairs(project, term):
    project.write("test_rainbow.py", r"""
        def test_rainbow():
            for line in range(40):
                print("line", "".join(f"\x1b[38;2;{i * 2};{line * 6};99;48;2;99;{line * 5};{255 - i * 2}m@"
                                      for i in range(80)))
            assert 0
        """)
    loop = project.aloof(rows=60, TERM=term)
    loop.wait_for(RED)
    loop.type("v")
    loop.wait_for(lambda loop: loop.text.count("line " + "@" * 80) == 40 and " j/k line" in loop.lines[-1])
    cells = [char for row in loop.screen.buffer.values() for char in row.values() if char.data == "@"]
    assert len(cells) == 40 * 80
    assert len({(cell.fg, cell.bg) for cell in cells}) > 10
    assert not [cell for cell in cells if cell.fg == cell.bg != "default"]


@pytest.mark.parametrize("args, env", [
    ([], {"NO_COLOR": "1"}),
    (["--color=never"], {}),
    ([], {"TERM": "vt100"}),
    (["--color=always"], {"TERM": "vt100"}),
    ([], {"TERM": "xterm-mono"}),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "-".join(value.values()))
def test_without_colours_there_are_none(colourful, args, env):
    loop = read_in_full(colourful.aloof(*args, rows=60, **env))
    assert fronts(loop, "FAIL", "ruby", "amber", "azure") == ["default"] * 4
    assert ink(loop, "begun").bg == "default"
    assert ink(loop, "bold").bold and ink(loop, "lined").underscore and ink(loop, "turned").reverse
    loop.type("qq")
    loop.wait_exit()
    assert not A_COLOUR.search(bytes(loop.raw))


@pytest.mark.parametrize("args, env", [
    ([], {}),
    ([], {"NO_COLOR": ""}),
    (["--color=always"], {"NO_COLOR": "1"}),
], ids=["as it is", "NO_COLOR empty", "always"])
def test_with_colours_there_are_some(colourful, args, env):
    loop = read_in_full(colourful.aloof(*args, rows=60, **env))
    assert fronts(loop, "FAIL", "ruby") == ["d70000", "red"]


def test_source_and_diffs_are_coloured(project):
    project.write("test_diff.py", """
        def test_diff():
            text = "same line\\none way"
            assert text == "same line\\nthe other", None  # never
        """)
    loop = project.aloof(rows=60)
    loop.wait_for(RED)
    loop.wait_for(lambda loop: "+ one way" in loop.text and " j/k move" in loop.lines[-1])
    assert fronts(loop, "None", '"same line', "== ") == ["af5faf", "5f875f", "default"]
    assert fronts(loop, "- the other", "+ one way", "  same line") == ["d75f5f", "008700", "default"]
    loop.type("v")
    loop.wait_for(lambda loop: "The runner's report" in loop.text and " j/k line" in loop.lines[-1])
    assert fronts(loop, "- the other", "+ one way") == ["d75f5f", "008700"]


@pytest.mark.parametrize("args, env, colours", [
    ([], {}, True),
    ([], {"TERM": "xterm"}, True),
    (["--color=always"], {"NO_COLOR": "1"}, True),
    ([], {"NO_COLOR": "1"}, False),
    (["--color=never"], {}, False),
    ([], {"TERM": "vt100"}, False),
    ([], {"TERM": "dumb"}, False),
], ids=str)
def test_once_on_a_terminal(colourful, args, env, colours):
    once = colourful.spawn([ALOOF, "--once", *args], 24, 100, None, **env)
    assert once.wait_exit() == 1
    assert bool(A_COLOUR.search(bytes(once.raw))) == colours
    line = next(line for line in bytes(once.raw).split(b"\r\n") if b"ValueError: is" in line)
    assert line.endswith(b"\x1b[31mValueError: is \x1b[0;36mteal\x1b[0;31m now \x1b[0;35mand\x1b[0m" if colours
                         else b"ValueError: is teal now and")
    assert fronts(once, "mauve") == ["magenta" if colours else "default"]


def test_once_into_a_pipe(colourful):
    done = colourful.once()
    assert "ValueError: is teal now and\n   mauve\n" in done.stdout and "\x1b" not in done.stdout
    done = colourful.once("--color=always")
    assert "is \x1b[0;36mteal\x1b[0;31m now" in done.stdout
