"""What tests print, raise or are called may be anything: of its controls none reaches the terminal but its colours."""

import re

import pytest

from project import ALOOF

# Lone surrogates stand for the octets that they came from: 8-bit controls, invalid UTF-8.
PAYLOADS = {
    "cursor": "\x1b[2J\x1b[H\x1b[10;10Hzap\x1b[5A\x1b[3B\x1b[s\x1b[u\x1b7\x1b8\x1bM\x1bD\x1bE\x1bc",
    "clipboard": "\x1b]52;c;emFw\x07\x1b]52;c;?\x1b\\",
    "title": "\x1b]0;zap\x07\x1b]2;zap\x1b\\\x1bkzap\x1b\\\x1b[22t\x1b]9;zap\x07\x1b]777;notify;zap;zap\x07",
    "links": "\x1b]8;;http://zap\x1b\\zap\x1b]8;;\x1b\\",
    "alternate": "\x1b[?1049h\x1b[?47hzap\x1b[?1049l",
    "queries": "\x1b[c\x1b[>c\x1b[=c\x1b[6n\x1b[?6n\x1b[5n\x1bZ\x05\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b[14t\x1b[21t",
    "strings": "\x1bPzap\x1b\\\x1b_zap\x1b\\\x1b^zap\x1b\\\x1bXzap\x1b\\",
    "unterminated-title": "\x1b]0;zap",
    "unterminated-clipboard": "zap\x1b]52;c;" + "A" * 10000,
    "unterminated-colour": "zap\x1b[38;2;1",
    "lone-escape": "zap\x1b",
    "c1": "\x9b2J\x9d0;zap\x9c\x90zap\x9c\x85\x84\x8d\x9azap",
    "c1-octets": "\udc9b2J\udc9d0;zap\udc9c\udc90zap\udc9c\udc85\udc84\udc8dzap",
    "nul": "z\x00a\x00p\x00",
    "invalid": "zap \udcff\udcc3( \udced\udca0\udc80 \udcf0\udc9f",
    "bell": "\x07zap\x07",
    "overprinting": "abc\b\b\bdef\rghi\x7f\x0b\x0c\x0e\x0f zap",
    "modes": "\x1b[?2004h\x1b[?1000;1003;1006h\x1b[?25l\x1b[?7l\x1b[4h\x1b=\x1b(0lqk\x1b)0\x1b[3;5r\x1b[?5h\x1b[!pzap",
    "colours": "\x1b[99999999999999999999m\x1b[" + "1;" * 500 + "mzap\x1b[5;6;8mzap\x1b[31;41mzap\x1b[38;2;999;1;1;5mzap",
    "bidi": "\u202ezap\u2066x\u2069\u202d\u202c\u200f\u061c \u05e9\u05dc\u05d5\u05dd \u0645\u0631",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308 \U0001f44d\U0001f3fd zap",
    "wide": "\u65e5\u672c\u8a9e" * 100 + "zap",
    "marks": "e" + "\u0301" * 1000 + "zap",
    "tabs": "a\tb\t\tzap" * 30,
    "long": "x" * 2**20,
    "unseen": "\u200b\u2060\ufeff\u2028\u2029\u180e\U000e0041zap",
}

# In ids, put there behind pytest's back, which would write them as \x1b.
IDS = ["cursor", "clipboard", "title", "alternate", "queries", "strings", "unterminated-title", "c1", "bell",
       "overprinting", "modes", "colours", "bidi", "emoji", "wide", "marks", "tabs", "unseen"]

# What aloof itself may send in the loop: what terminfo gives curses for xterm, its title, its modes.
OWN = re.compile(
    r"\x1b7\x1b\[[0-9;]*r\x1b8|\x1bM|\x1b\[[0-9;]*[ABCDGHJKLMPSTXbdfr@]"
    r"|\x1b\[(?P<sgr>[0-9;]*)m"
    r"|\x1b\[\?(?:1|7|12|25|1000|1006|1006;1000|1049|2004)(?:;25)?[hl]"
    r"|\x1b\[4l|\x1b\[2[23];[02];?[0-2]?t"
    r"|\x1b[=>]|\x1b\([B0]"
    r"|\x1b\]2;(?:✓|✗ [0-9]+|…)? ?project\x07"
    r"|[\b\r\n]")

# And with --once on a terminal.
OWN_ONCE = re.compile(r"\x1b\[(?P<sgr>[0-9;]*)m|\x1b\[K|\r|\n|\x1b\]8;;(?:file://[-._~/%A-Za-z0-9]*)?\x1b\\")

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def sgr_is_harmless(parameters):
    """Known numbers only: nothing blinks (5, 6) or is concealed (8), no number is larger than a colour."""
    rest = re.sub(r"[34]8;(?:5;\d{1,3}|2;\d{1,3};\d{1,3};\d{1,3})", "", parameters)
    return all(value in ("", "0", "1", "2", "3", "4", "7", "22", "23", "24", "27", "39", "49")
               or re.fullmatch(r"(?:[34]|9|10)[0-7]", value) for value in rest.split(";"))


def harms(raw, own):
    """What of these octets a program other than aloof must have thought of."""
    text = bytes(raw).decode("utf-8")  # strictly: what is not UTF-8 is none of ours
    found = [match["sgr"] for match in own.finditer(text)
             if match["sgr"] is not None and not sgr_is_harmless(match["sgr"])]
    rest = own.sub(" ", text)
    return found + [rest[max(match.start() - 20, 0):match.end() + 20] for match in UNSEEN.finditer(rest)]


def rules(loop):
    return [line for line in loop.lines if line == "─" * loop.screen.columns]


def aligned(loop):
    """The session's screen has its rows where they belong, each as wide as the screen."""
    lines = loop.lines
    return (lines[0].startswith(" aloof · project") and lines[0].endswith("watched") and len(rules(loop)) == 2
            and lines[2] == rules(loop)[0] and lines[-4] == rules(loop)[1] and lines[-1].startswith(" j/k move · "))


@pytest.fixture
def hostile(project):
    project.write("payloads.py", f"PAYLOADS = {ascii(PAYLOADS)}\nIDS = {IDS!r}\n")
    project.write("conftest.py", """
        from payloads import IDS, PAYLOADS


        def pytest_itemcollected(item):
            for name in IDS:
                item._nodeid = item._nodeid.replace(f"id-{name}-", PAYLOADS[name])
        """)
    project.write("test_hostile.py", """
        import logging
        import sys

        import pytest
        from payloads import IDS, PAYLOADS


        @pytest.mark.parametrize("name", PAYLOADS)
        def test_payload(name):
            text = PAYLOADS[name]
            octets = text.encode("utf-8", "surrogateescape")
            for stream in sys.stdout, sys.stderr:
                stream.buffer.write(b"begin " + octets + b" end\\nnext line\\n")
                stream.flush()
            logging.warning("log %s", text)
            raise ValueError(text)


        @pytest.mark.parametrize("name", [f"id-{name}-" for name in IDS])
        def test_id(name):
            assert not name
        """)
    return project


COUNT = len(PAYLOADS) + len(IDS)


def test_nothing_that_tests_print_reaches_the_terminal(hostile):
    loop = hostile.aloof(rows=400, columns=120)
    loop.wait_for(re.compile(rf"RED {COUNT} of {COUNT} · ran {COUNT} in"), 60)
    loop.wait_for(aligned)
    loop.type("t")
    loop.wait_for(lambda loop: loop.lines[0].startswith(" all tests ·") and loop.lines[-1].startswith(" / filter"))
    loop.wait_for(lambda loop: len([line for line in loop.lines if "test_hostile.py::" in line]) == COUNT)
    assert "test_hostile.py::test_id[zap" in loop.text  # as the title is to be read
    loop.type("q")
    loop.wait_for(aligned)
    loop.type("q")
    loop.wait_exit()
    assert loop.given_back()
    assert harms(loop.raw, OWN) == []


def test_nor_does_it_when_a_test_is_read_in_full(hostile):
    loop = hostile.aloof(rows=60, columns=90)
    loop.wait_for(re.compile(rf"RED {COUNT} of {COUNT} · ran {COUNT} in"), 60)
    loop.type("g")
    for _ in range(COUNT):
        loop.type("v")
        loop.wait_for(lambda loop: "FAIL " in loop.lines[1] and loop.lines[-1].startswith(" j/k line"))
        loop.type("q")
        loop.wait_for(aligned)
        loop.type("n")
    loop.type("q")
    loop.wait_exit()
    assert harms(loop.raw, OWN) == []


def test_nor_does_it_with_once(hostile):
    once = hostile.spawn([ALOOF, "--once"], 24, 100, None)
    assert once.wait_exit(60) == 1
    assert once.raw.count(b"zap") >= COUNT // 2
    assert harms(once.raw, OWN_ONCE) == []


def test_nor_does_it_reach_a_pipe(hostile):
    done = hostile.once()
    assert done.returncode == 1
    assert done.stdout.count("zap") >= COUNT // 2
    assert [line for line in done.stdout.split("\n") if UNSEEN.search(line)] == []
    assert [line for line in done.stderr.split("\n") if UNSEEN.search(line)] == []


def test_the_check_finds_harm():
    for name, text in PAYLOADS.items():
        raw = text.encode("utf-8", "surrogateescape")
        if name in ("emoji", "wide", "marks", "long"):
            continue
        try:
            assert harms(raw, OWN) and harms(raw, OWN_ONCE), name
        except UnicodeDecodeError:
            assert name in ("c1-octets", "invalid")
