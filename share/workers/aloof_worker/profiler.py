"""Profiler: what a test spends its time on, by cProfile."""

import json
import os
import sys
import sysconfig

ROWS = 300  # of those that take most
RUNNERS = ("_pytest", "pytest", "pluggy", "unittest", "django.test")


class Profiler:
    """From its making to tell()."""

    def __init__(self):
        import cProfile  # only who asks for it

        self.profile = cProfile.Profile()
        self.error = None
        try:
            self.profile.enable()
        except ValueError as error:  # from Python 3.12 on, one at a time
            self.error = str(error)

    def tell(self):
        """As JSON."""
        if self.error is not None:
            return json.dumps({"error": self.error})
        self.profile.disable()
        functions = [describe(entry) for entry in of_the_test(self.profile.getstats())]
        chosen = {id(row): row for key in ("own_us", "total_us") for row in ranked(functions, key)[:ROWS]}
        return json.dumps({"functions": list(chosen.values())})


def of_the_test(entries):
    """Without what runs it: functions that are no library's, and what they call."""
    runners = tuple(places(RUNNERS)) + ("<aloof>",)
    libraries = runners + tuple(os.path.join(path, "") for path in library_paths()) + ("<",)
    by_code = {entry.code: entry for entry in entries if not lies_in(entry.code, runners)}
    waiting = [code for code in by_code if not isinstance(code, str) and not lies_in(code, libraries)]
    reached = set(waiting)
    while waiting:
        for called in by_code[waiting.pop()].calls or ():
            if called.code in by_code and called.code not in reached:
                reached.add(called.code)
                waiting.append(called.code)
    return [by_code[code] for code in reached] or list(by_code.values())


def library_paths():
    """Of Python itself, and of what is installed (also what Debian installs)."""
    yield sysconfig.get_path("stdlib")
    yield sysconfig.get_path("platstdlib")
    for path in sys.path:
        if path.endswith("-packages"):
            yield path


def lies_in(code, places):
    return not isinstance(code, str) and code.co_filename.startswith(places)


def places(modules):
    for name in modules:
        path = getattr(sys.modules.get(name), "__file__", None)
        if path is not None:
            yield os.path.join(os.path.dirname(path), "")


def ranked(functions, key):
    return sorted(functions, key=lambda row: row[key], reverse=True)


def describe(entry):
    code = entry.code
    built_in = isinstance(code, str)
    placed = not built_in and not code.co_filename.startswith("<")  # <frozen os>, <string>
    return {
        "function": code.strip("<>") if built_in else getattr(code, "co_qualname", code.co_name),
        "file": os.path.abspath(code.co_filename) if placed else None,
        "line": code.co_firstlineno if placed else None,
        "calls": entry.callcount,
        "own_us": round(entry.inlinetime * 1000000),
        "total_us": round(entry.totaltime * 1000000),
    }
