# What the interpreter of a worker is given with -c: it takes the modules of the package from standard
# input and starts them. Arguments: the descriptor that events are written to, the framework, and, if there is
# one, a directory in which compiled code may be kept: compiling takes longer than all else here.
import os
import sys

if sys.path and sys.path[0] == "":
    del sys.path[0]  # -c put it there: nothing of the project may shadow what is imported from here on

import importlib.util
import json
import marshal
import zlib

PACKAGE = "aloof_worker"


def take(count):
    """So many octets of standard input, and not one more: commands follow."""
    data = b""
    while len(data) < count:
        piece = os.read(0, count - len(data))
        if not piece:
            raise SystemExit(1)
        data += piece
    return data


def take_text():
    """A decimal length, a newline, and so many octets of JSON: {"name": "source of that module"}."""
    length = b""
    while not length.endswith(b"\n"):
        length += take(1)
    return take(int(length))


def checksum(data):
    return zlib.crc32(data).to_bytes(4, "big")


def compile_all(text):
    modules = json.loads(text.decode())
    return {name: compile(modules[name], "<aloof>/%s.py" % name, "exec") for name in modules}


def load(path):
    """The compiled modules in a cache file; None when it is damaged or another Python's."""
    with open(path, "rb") as file:
        head, check, body = file.read(len(importlib.util.MAGIC_NUMBER)), file.read(4), file.read()
    whole = head == importlib.util.MAGIC_NUMBER and check == checksum(body)
    return marshal.loads(body) if whole else None


def keep(codes, directory, prefix, name):
    """Writes a cache file and removes those that it replaces."""
    body = marshal.dumps(codes)
    scratch = os.path.join(directory, "%s.%d" % (name, os.getpid()))
    with open(scratch, "wb") as file:
        file.write(importlib.util.MAGIC_NUMBER + checksum(body) + body)
    os.replace(scratch, os.path.join(directory, name))
    for other in os.listdir(directory):
        if other.startswith(prefix) and other != name:
            os.remove(os.path.join(directory, other))


def compiled(text, directory):
    """The modules, out of the cache if it has them. It works without as well: no failure of it counts."""
    prefix = "worker-%s-" % sys.implementation.cache_tag
    name = "%s%08x-%d" % (prefix, zlib.crc32(text), len(text))
    try:
        codes = load(os.path.join(directory, name))
    except (OSError, EOFError, ValueError, TypeError):
        codes = None
    if codes is None:
        codes = compile_all(text)
        try:
            keep(codes, directory, prefix, name)
        except OSError:
            pass
    return codes


class Modules:
    """Finds and loads the modules of the package."""

    def __init__(self, codes):
        self.codes = codes

    @staticmethod
    def stem(name):
        return "__init__" if name == PACKAGE else name[len(PACKAGE) + 1 :]

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] != PACKAGE or self.stem(name) not in self.codes:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=name == PACKAGE)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self.codes[self.stem(module.__name__)], module.__dict__)


text = take_text()
modules = Modules(compiled(text, sys.argv[3]) if len(sys.argv) > 3 else compile_all(text))
sys.meta_path.insert(0, modules)
from aloof_worker.main import main

framework = importlib.import_module("%s.%s_framework" % (PACKAGE, sys.argv[2])).Framework()
sys.meta_path.remove(modules)  # all are imported: no test is to find it
sys.exit(main(int(sys.argv[1]), framework))
