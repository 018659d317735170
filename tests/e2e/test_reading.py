"""Reading what is long: wrapping, scrolling sideways, searching, unfolding, by keys and by mouse."""

import re

import pytest

PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
RED = re.compile(r"RED \d of \d+ · (?:re)?ran \d+ in")


def place(loop, text):
    """The row and column of a text on the screen, from 1 as the mouse counts."""
    loop.wait_for(text)
    row = next(at for at, line in enumerate(loop.lines) if text in line)
    return row + 1, loop.lines[row].index(text) + 1


def mouse(loop, button, row, column, times=1):
    loop.type(f"\x1b[<{button};{column};{row}M\x1b[<{button};{column};{row}m" * times)


def click(loop, text, times=1):
    mouse(loop, 0, *place(loop, text), times)


def click_hint(loop, hint, among):
    """Clicks on a hint of the row that also has the other one: what shows may still be an earlier row."""
    loop.wait_for(lambda terminal: hint in terminal.lines[-1] and among in terminal.lines[-1])
    mouse(loop, 0, len(loop.lines), loop.lines[-1].index(hint) + 1)


def under_cursor(text):
    def shows(terminal):
        return any(line.startswith("▌") and text in line for line in terminal.lines)
    return shows


def row_with(*texts):
    def shows(terminal):
        return any(all(text in line for text in texts) for line in terminal.lines)
    return shows


@pytest.fixture
def long(project):
    """Two red tests whose messages, sources and output do not fit the screen, and a green one."""
    project.write("test_long.py", '''
        import json


        def test_wide():
            for n in range(60):
                print("said", n, "日本語" * 30, "the end of", n)
            message = "BEGIN " + "0123456789" * 15 + " FINISH"
            assert not message, message


        def test_deep():
            json.loads("{ " + "[" * 50)


        def test_green():
            pass
        ''')
    loop = project.aloof("-c", "runner.args=--tb=long")
    loop.wait_for(re.compile(r"RED 2 of 3 · (?:re)?ran 3 in"))
    loop.wait_for("AssertionError: BEGIN")
    loop.wait_for("q quit")
    return loop


def end_search(loop):
    """Esc, which is no Alt of what follows only once it has been taken."""
    loop.wait_for("n/N")
    loop.type("\x1b")
    loop.wait_gone("n/N")


@pytest.mark.presses("w")
def test_long_lines_wrap(long):
    long.wait_gone("FINISH")
    long.type("w")
    long.wait_for(re.compile(r"^    ↳ .*FINISH", re.M))
    long.type("w")
    long.wait_gone("FINISH")
    long.wait_gone("↳")


@pytest.mark.presses("Right", "<", ">", "Left")
def test_cut_lines_scroll_sideways_and_back(long):
    long.type("\x1b[C>")
    long.wait_for(re.compile(r"^▌?.…\S*789 FINISH$", re.M))
    long.type("<")
    long.wait_gone("FINISH")
    long.type("\x1b[D")
    long.wait_for(re.compile(r"^▌?.   AssertionError: BEGIN 0123", re.M))


def test_the_configuration_wraps_from_the_start(lighthouse):
    loop = lighthouse.aloof("-c", "ui.wrap=on", columns=60)
    loop.wait_for(RED)
    loop.wait_for(re.compile(r"^ +↳ ", re.M))
    loop.type("l")
    loop.wait_for("aloof: the log")
    loop.type("q")
    loop.wait_for(RED)
    loop.type("w")
    loop.wait_gone("↳")


def test_a_search_goes_over_all_failures_and_unfolds(long):
    long.wait_gone("raw_decode")
    long.type("/RAW_decode\r")
    long.wait_for("not found: RAW_decode")
    long.type("/raw_decode\r")
    long.wait_for(under_cursor("decoder.py"))
    long.wait_for("n/N match")
    long.type("n")
    long.wait_for(under_cursor("# raw_decode"))
    long.type("/finish\r")
    long.wait_for(row_with("▶…", "FINISH"))
    row = next(at for at, line in enumerate(long.lines) if "▶…" in line and "FINISH" in line)
    column = long.lines[row].index("FINISH")
    assert all(long.screen.buffer[row][at].reverse for at in range(column, column + len("FINISH")))
    end_search(long)
    long.wait_gone("▶")
    long.type("<<<<<KKK")
    long.wait_for(lambda terminal: terminal.lines[3].startswith("▌FAIL"))
    long.type("n")
    long.wait_for(lambda terminal: sum(line.startswith("▌FAIL") for line in terminal.lines[4:]) == 1)


@pytest.mark.presses("O")
def test_foreign_frames_of_all_failures(long):
    long.type("O")
    long.wait_for("raw_decode")
    long.wait_gone("⋯")
    long.type("O")
    long.wait_gone("raw_decode")
    long.wait_for("⋯")


def test_a_page_wraps_scrolls_and_searches(long):
    long.wait_for("test_wide")
    long.type("/BEGIN\r")
    long.wait_for(under_cursor("test_wide"))
    long.type("v")
    long.wait_for("said 0")
    long.wait_gone("the end of 0")
    long.type("w")
    long.wait_for(row_with("↳", "d of 0"))
    long.type("w>>>")
    long.wait_for(re.compile(r"^ ….*the end of 0$", re.M))
    long.type("<<<")
    long.wait_for(re.compile(r"^ said 0 日", re.M))
    long.type("/end of 57\r")
    long.wait_for(row_with("▶…", "the end of 57"))
    long.type("n")
    long.wait_for(row_with("▶…", "the end of 57"))
    long.type("/END of 57\r")
    long.wait_for("not found: END of 57")
    long.type("j")
    end_search(long)
    long.wait_for("</> sideways")
    long.type("\x1b")
    long.wait_for(RED)


def test_the_help_is_searched(lighthouse):
    loop = lighthouse.aloof(rows=12)
    loop.wait_for(RED)
    loop.type("?")
    loop.wait_for("aloof: the keys")
    loop.wait_gone("under its debugger")
    loop.type("/debugger\r")
    loop.wait_for(row_with("▶d", "under its debugger"))
    loop.type("/nowhere\r")
    loop.wait_for("not found: nowhere")
    loop.type("j")
    end_search(loop)
    loop.type("\x1b")
    loop.wait_for(RED)


def test_a_search_takes_wide_characters_marks_and_pastes(long):
    long.type("/日本語e\u0301")
    long.wait_for(re.compile("^ /日本語e\u0301|^ /日本語é", re.M))
    long.type("\x7f")
    long.wait_for(re.compile(r"^ /日本語$", re.M))
    long.type("\x7f\x7f\x7f")
    long.wait_for(re.compile(r"^ /$", re.M))
    long.type(PASTE + "raw_\ndecode\r\n" + PASTE_END)
    long.wait_for(re.compile(r"^ /raw_decode$", re.M))
    long.type("\r")
    long.wait_for(under_cursor("decoder.py"))
    end_search(long)
    long.type("t/" + PASTE + "test_green\n" + PASTE_END)
    long.wait_for("1 of 1")
    long.wait_for("test_long.py::test_green")


def test_clicks_in_the_list(long):
    long.type("t")
    long.wait_for("all tests · by outcome")
    click(long, "test_long.py::test_green")
    long.wait_for(under_cursor("test_green"))
    click_hint(long, "S order", among="s run this")
    long.wait_for("by usual time")
    click(long, "test_long.py::test_deep", times=2)
    long.wait_for(lambda terminal: terminal.lines[0].startswith(" test_long.py::test_deep"))
    long.wait_for("The runner's report")
    click_hint(long, "q back", among="</> sideways")
    long.wait_for("all tests · by usual time")
    click_hint(long, "q back", among="S order")
    long.wait_for(RED)


def test_the_wheel_and_clicks_in_pages(long):
    long.type("/BEGIN\rv")
    long.wait_for("said 0")
    top = long.lines[1]
    mouse(long, 65, 10, 10)
    long.wait_for(lambda terminal: terminal.lines[1] != top and re.search(r" 4-\d+ of", terminal.lines[0]))
    mouse(long, 64, 10, 10)
    long.wait_for(lambda terminal: terminal.lines[1] == top)
    click_hint(long, "w wrap", among="</> sideways")
    long.wait_for("↳")
    click_hint(long, "/ search", among="</> sideways")
    long.type("said 5\r")
    long.wait_for(row_with("▶", "said 5"))
    click_hint(long, "q back", among="n/N next")
    long.wait_for(RED)


def test_a_click_leaves_the_help_or_presses_a_hint(lighthouse):
    loop = lighthouse.aloof(rows=20)
    loop.wait_for(RED)
    loop.type("?")
    loop.wait_for("next failure or frame")
    click_hint(loop, "j/k line", among="q back")
    loop.wait_gone("next failure or frame")
    click(loop, "aloof: the keys")
    loop.wait_for(RED)


def test_what_is_kept_of_a_long_output_is_browsed(project):
    project.write("test_talk.py", """
        def test_talk():
            for n in range(100000):
                print(f"line {n:6} of a test that has very much to say")
            assert False
        """)
    loop = project.aloof("-c", "output.limit=20000000")
    loop.wait_for(re.compile(r"RED 1 of 1 · ran 1 in"))
    loop.type("v")
    loop.wait_for(re.compile(r" 1-\d+ of 100\d\d\d$", re.M))
    loop.type("/line  99999\r")
    loop.wait_for(row_with("▶line  99999 of a test"))
    loop.type("g")
    loop.wait_for("line      3 of a test")
    loop.type("/bytes dropped\r")
    loop.wait_for("not found: bytes dropped")
    loop.type("q")
    loop.wait_for("RED 1 of 1")
    small = project.aloof("-c", "output.limit=2000")
    small.wait_for(re.compile(r"RED 1 of 1 · (?:re)?ran 1 in"))
    small.type("v")
    small.wait_for("Standard output")
    small.type("/bytes dropped\r")
    small.wait_for(re.compile(r"^▶… \d+ bytes dropped", re.M))


def test_the_list_is_sorted_by_s(long):
    long.type("tS")
    long.wait_for("all tests · by usual time")
    long.type("SSSq")
    long.wait_for(RED)
