"""Lessons: what a run imported and compiled that the template may have ready for the runs after it."""

import importlib
import importlib.util
import inspect
import os
import re
import sys
import warnings

PATTERNS_MAX = 200  # re itself keeps 512


def library_places():
    """Directories of the standard library, directories of installed packages; each with a final separator."""
    import site
    import sysconfig

    paths = sysconfig.get_paths()
    installed = [paths["purelib"], paths["platlib"]]
    installed += getattr(site, "getsitepackages", list)()
    installed += [place for place in sys.path if place.endswith(("site-packages", "dist-packages"))]
    standard = [paths["stdlib"], paths["platstdlib"]]
    return [tuple({os.path.join(each, "") for each in group}) for group in (standard, installed)]


def installation():
    """Changes when something is installed or removed."""
    return [(place, os.stat(place).st_mtime_ns) for place in sys.path if os.path.isdir(place)]


class Baseline:
    """What a process had imported and which environment it had when this was made; what has changed since."""

    def __init__(self, places):
        self.places = places
        self.environment = dict(os.environ)
        self.known = set(sys.modules)
        self.known_patterns = set(patterns())

    def has_project_code(self):
        """Whether a plugin option or the like has imported what may change before the order comes."""
        places = self.places[0] + self.places[1]
        for name in set(sys.modules) - self.known:
            origin = getattr(getattr(sys.modules[name], "__spec__", None), "origin", None) or "built-in"
            if origin not in ("built-in", "frozen") and not origin.startswith(places):
                return True
        return False

    def lessons(self):
        """What Lessons takes."""
        new = [each for each in patterns() if each not in self.known_patterns]
        return {"modules": self.modules(), "patterns": new[:PATTERNS_MAX]}

    def modules(self):
        """[name, origin] of library modules, in order of import. Where threads run or the project set
        variables before it imported, installed packages are left out: their import may depend on it."""
        standard, installed = self.places
        plain = self.is_plain()
        rewritten = set()
        found = []
        for name, module in list(sys.modules.items()):
            spec = getattr(module, "__spec__", None)
            origin = getattr(spec, "origin", None)
            if name in self.known or getattr(spec, "name", None) != name or not isinstance(origin, str):
                continue
            if type(spec.loader).__name__ == "AssertionRewritingHook":
                rewritten.add(name.partition(".")[0])
            elif origin.startswith(installed):
                found += [(name, origin)] if plain else []
            elif origin in ("built-in", "frozen") or origin.startswith(standard):
                found.append((name, origin))
        return [each for each in found if each[0].partition(".")[0] not in rewritten]

    def is_plain(self):
        """Whether the project left threads and environment alone so far."""
        ours = ("PYTEST_", "COV_CORE_")
        changed = {key for key, _ in set(os.environ.items()) ^ set(self.environment.items())}
        tasks = "/proc/self/task"
        alone = os.path.isdir(tasks) and len(os.listdir(tasks)) == 1
        return alone and all(key.startswith(ours) for key in changed)


def patterns():
    """(pattern, flags) of the regular expressions that `re` has compiled and kept."""
    kept = list(getattr(re, "_cache", ()))
    return [key[1:] for key in kept if len(key) == 3 and key[0] is str and type(key[1]) is str]


class Lessons:
    """The template's side: learns one at a time, while idle."""

    def __init__(self, lessons):
        """lessons: what Baseline.lessons() gave; empty when the run died before it told."""
        modules = [tuple(each) for each in lessons.get("modules", ()) if each[0] not in sys.modules]
        self.pending = [(self.import_module, each) for each in modules]
        self.pending += [(self.compile_pattern, tuple(each)) for each in lessons.get("patterns", ())]

    def learn(self):
        learn, lesson = self.pending.pop(0)
        learn(*lesson)

    def import_module(self, name, origin):
        """Imports a module that the last run used, if the name means the same file here."""
        try:
            spec = importlib.util.find_spec(name)
            if spec is not None and spec.origin == origin:
                importlib.import_module(name)
        except BaseException:
            self.pending = []  # what fails alone fails for a reason: take no chances with the rest

    @staticmethod
    def compile_pattern(pattern, flags):
        """Has `re` keep it, unless a warning comes with it that a test may be about."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                re.compile(pattern, flags)
            except Exception:
                pass


def know_sources():
    """Has `inspect` resolve the files of all modules now. It does so once for each, when it is first asked for the
    source of a frame: in pytest's report of a failure, which somebody waits for."""
    try:
        inspect.getmodule(compile("", "<nowhere>", "exec"))
    except Exception:
        pass  # a module that cannot be asked for its file: the report will meet it again
