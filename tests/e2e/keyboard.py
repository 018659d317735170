"""The keys that aloof has, as its manual names them, and the octets that a terminal sends for each."""

import pathlib
import re

MANUAL = pathlib.Path(__file__).parents[2] / "share/man/aloof.1"
NAMED = {"Space": [" "], "Enter": ["\r", "\n"], "Esc": ["\x1b"], "Tab": ["\t"], "Backspace": ["\x7f", "\b"]}
SEQUENCES = {"Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F"}
NUMBERED = {"Home": 1, "Del": 3, "End": 4, "PgUp": 5, "PgDn": 6}


def keys():
    """{"j", "Down", …}: every key in the manual's table, which test_house.py compares with the program's own."""
    table = MANUAL.read_text().split(".Sh KEYS")[1].split(".El")[0]
    rows = re.findall(r"^\.It Cm (.*)$", table, re.M)
    return {name.replace("\\&", "") for row in rows for name in row.split(" , ")}


def octets(key):
    """All that terminals send for the key; of a range ("1-9") what they send for any of it."""
    sent = NAMED.get(key, [])
    if key in SEQUENCES:
        sent = [f"\x1b[{SEQUENCES[key]}", f"\x1bO{SEQUENCES[key]}"]
    if key in NUMBERED:
        sent = [*sent, f"\x1b[{NUMBERED[key]}~"]
    if re.fullmatch("Ctrl-.", key):
        sent = [chr(ord(key[-1]) & 0x1F)]
    if re.fullmatch(".-.", key):
        sent = [chr(code) for code in range(ord(key[0]), ord(key[2]) + 1)]
    return [text.encode() for text in sent or [key]]
