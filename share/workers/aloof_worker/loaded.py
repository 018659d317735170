"""Loaded: which files of the project a test file loads, so that a change can be told from those it cannot reach.

A run says which modules it had when its collection was over; the template, in its leisure, reads in their sources what
imports what, each source once as long as it does not change. What is told is that graph. What a box imports while its
tests run it tells by itself."""

import json
import os
import re
import sys

from aloof_worker.wire import PACKET_MAX, utf8

STATEMENT = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.MULTILINE
)
CALL = re.compile(r"""\b(?:import_module|__import__|importorskip)\(\s*["']([.\w]+)["']""")
EVERYTHING = "*"  # what loads the files of which nobody knows who loads them
ROOM = PACKET_MAX - 600


def project_file(module, root, libraries):
    """The path below the root of a module's source, None when it has none there or is a library."""
    try:
        path = vars(module).get("__file__")
    except TypeError:
        return None
    if not isinstance(path, str) or not path.endswith(".py") or path.startswith(os.sep) and not path.startswith(root):
        return None
    path = os.path.abspath(path)
    if not path.startswith(root) or path.startswith(libraries) or "-packages" + os.sep in path[len(root) :]:
        return None
    return path[len(root) :]


def modules_of(names, root, libraries):
    """{path: [module, its package]}"""
    found = {}
    for name in names:
        module = sys.modules.get(name)
        path = project_file(module, root, libraries)
        if path is not None:
            found[path] = [name, getattr(module, "__package__", None) or ""]
    return found


def library_prefixes(run):
    return tuple(run.baseline.places[0] + run.baseline.places[1])


def survey(run, conftests=()):
    """What a run tells the template, when all is collected. conftests: modules that need not be in sys.modules."""
    root, libraries = run.project, library_prefixes(run)
    files = modules_of(list(sys.modules), root, libraries)
    for module in conftests:
        path = project_file(module, root, libraries)
        if path is not None:
            files.setdefault(path, [module.__name__, getattr(module, "__package__", None) or ""])
    groups = {}
    for group in {group.decode() for group in run.groups}:
        path = os.path.abspath(os.path.join(run.rootdir, group))
        if path.startswith(root) and path.endswith(".py"):
            groups[group] = path[len(root) :]
            files.setdefault(path[len(root) :], ["", ""])
    places = [os.path.join(os.path.abspath(place), "") for place in sys.path]
    return {
        "files": files,
        "groups": groups,
        "places": [place[len(root) :] for place in places if place.startswith(root) and place not in libraries],
        "whole": run.order.get("files") is None,
    }


def imports(text):
    """[name, …] that the source may import; what a `from` names is said behind it too."""
    text = text.replace("\\\n", " ")
    names = []
    for source, what, plain in STATEMENT.findall(text):
        if source:
            names.append(source)
            dot = "" if source.endswith(".") else "."
            names += [source + dot + word for word in re.findall(r"(?:^|,)\s*(\w+)", strip(what))]
        else:
            names += re.findall(r"(?:^|,)\s*([.\w]+)", strip(plain))
    return names + CALL.findall(text)


def strip(what):
    """The names of a statement, without brackets and comments."""
    return re.sub(r"#[^\n]*", "", what).strip("() \t\n;")


class Graph:
    """What imports what, as far as one run could tell; done in small steps."""

    def __init__(self, events, sources, told, survey):
        self.events = events
        self.sources = sources  # {path: (stamp, names)}; kept from run to run
        self.told = told  # {path: loads}; likewise
        self.files = survey["files"]
        self.groups = survey["groups"]
        self.places = survey["places"]
        self.whole = survey["whole"]
        self.paths = {name: path for path, (name, _) in self.files.items() if name}
        self.loads = {}
        self.pending = list(self.files)

    def step(self):
        """-> whether there is more to do."""
        if self.pending:
            self.read(self.pending.pop())
        else:
            self.tell_all()
            return False
        return True

    def read(self, path):
        if path in self.loads:
            return
        name, package = self.files.get(path, ("", ""))
        found = {self.find(each) for each in above(package)}
        for name in self.names(path):
            found.update(map(self.find, above(absolute(name, package))))
        found -= {None, path}
        self.loads[path] = found
        for each in found:
            if each not in self.loads:
                self.pending.append(each)

    def names(self, path):
        """What the source imports, read again when it has changed."""
        try:
            status = os.stat(path)
            stamp = status.st_mtime_ns, status.st_size
            if path not in self.sources or self.sources[path][0] != stamp:
                with open(path, encoding="utf-8", errors="replace") as file:
                    self.sources[path] = stamp, imports(file.read())
            return self.sources[path][1]
        except OSError:
            return ()

    def find(self, name):
        """The path of a module, whether it was loaded or not; None when it is none of the project."""
        if name not in self.paths:
            self.paths[name] = None
            for place in self.places:
                stem = place + name.replace(".", "/")
                for path in (stem + ".py", stem + "/__init__.py"):
                    if os.path.isfile(path):
                        self.paths[name] = path
                        self.files.setdefault(path, [name, name if path.endswith("__init__.py") else name.rpartition(".")[0]])
                        return path
        return self.paths[name]

    def tell_all(self):
        conftests = [path for path in self.loads if os.path.basename(path) == "conftest.py"]
        for path in self.groups.values():
            mine = {each for each in conftests if path.startswith(os.path.join(os.path.dirname(each), ""))}
            self.loads[path] = (self.loads.get(path, set()) | mine) - {path}
        for path, loads in self.loads.items():
            self.tell(path, loads)
        for group, path in self.groups.items():
            if group != path:
                self.tell(group, {path})
        if self.whole:
            self.tell(EVERYTHING, set(self.loads) - self.reached())

    def reached(self):
        """What the test files load, and they themselves."""
        found, pending = set(), list(self.groups.values())
        while pending:
            path = pending.pop()
            if path not in found:
                found.add(path)
                pending += self.loads.get(path, ())
        return found

    def tell(self, path, loads):
        loads = sorted(loads)
        if self.told.get(path) != loads:
            self.told[path] = loads
            tell(self.events, path, loads, False)


def above(name):
    """a, a.b and a.b.c for a.b.c: who imports the last has them all run."""
    parts = name.split(".")
    return [".".join(parts[: count + 1]) for count in range(len(parts)) if parts[count]] if name else []


def absolute(name, package):
    """The name as it is from anywhere."""
    if not name.startswith("."):
        return name
    rest = name.lstrip(".")
    level = len(name) - len(rest)
    parts = package.split(".") if package else []
    base = parts[: len(parts) - level + 1]
    return ".".join(base + [rest]) if rest else ".".join(base)


def tell(events, path, loads, later):
    """Says that the file loads these, and no others as far as its source tells; or beside those, later, as its tests ran.
    In pieces that stay whole, of which all but the first add something."""
    pieces, room = [[]], ROOM
    for each in loads:
        room -= len(json.dumps(each)) + 2
        if room < 0:
            pieces.append([])
            room = ROOM
        pieces[-1].append(each)
    for piece in pieces:
        how = "later" if later else "all" if piece is pieces[0] else "more"
        body = {"path": path, "loads": piece, "how": how}
        if len(utf8(json.dumps(body))) < PACKET_MAX - 100:
            events.message("loaded", body)


class Later:
    """In a box: what its tests import while they run. What is there already when another file's tests ask for it is
    found in the source of that, unless its name is only made there."""

    def __init__(self, run):
        self.run = run
        self.root = os.path.join(os.getcwd(), "")  # before a test changes it
        self.count = len(sys.modules)
        self.group = None
        self.names = {}  # by group

    def look(self, group):
        """A test of that group begins; None: all are over."""
        if len(sys.modules) != self.count:
            self.names.setdefault(self.group, []).extend(list(sys.modules)[self.count :])
            self.count = len(sys.modules)
        self.group = group

    def tell(self):
        self.look(None)
        for group, names in self.names.items():
            loads = sorted(modules_of(names, self.root, library_prefixes(self.run)))
            if loads and group is not None:
                tell(self.run.events, group.decode(), loads, True)
