"""A scratch project: files in a git work tree, and a home of its own to run aloof in."""

import os
import pathlib
import subprocess
import sys
import textwrap
import uuid

from processes import MARK
from terminal import Terminal

ALOOF = os.environ.get("ALOOF") or str(pathlib.Path(__file__).parents[2] / "build/release/aloof")


class Project:
    def __init__(self, base, git=True):
        self.base = base
        self.root = base / "project"
        self.home = base / "home"
        self.root.mkdir()
        (base / "tmp").mkdir()
        (self.home / ".config/aloof").mkdir(parents=True)
        (self.home / ".config/aloof/config").write_text(f"[run]\n\tpython = {sys.executable}\n")
        self.mark = uuid.uuid4().hex
        self.terminals = []
        self.env = {
            # The python3 that a project finds is the one that these tests run with, which has pytest.
            "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "GIT_CONFIG_NOSYSTEM": "1",
            "TMPDIR": str(base / "tmp"),
            # What else is installed beside pytest is of no interest here, and takes its time to be imported.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            MARK: self.mark,
        }
        self.env.update({key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")})
        if git:
            self.git("init", "-q", "-b", "main")
            self.write(".gitignore", "__pycache__/\n.pytest_cache/\n")

    def git(self, *args):
        identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *args], cwd=self.root, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def commit(self, message="as it is"):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def write(self, path, text):
        """Writes a file in place, as a simple editor does."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
        return file

    def save(self, path, text):
        """Writes a new file and renames it over the old one, as vim and most others do."""
        new = self.write(path + "~new", text)
        os.replace(new, self.root / path)

    def read(self, path):
        return (self.root / path).read_text()

    def write_gate(self):
        """A test that waits until the gate, which is returned, was opened for writing and closed, and then fails."""
        gate = self.base / "gate"
        os.mkfifo(gate)
        self.write("test_gate.py", f"def test_gate():\n    open({str(gate)!r}).read()\n    assert False\n")
        return gate

    def record_runs(self):
        """From now on every test that runs leaves its id behind, for ran()."""
        self.write("conftest.py", f"""
            import os

            def pytest_runtest_setup(item):
                fd = os.open({str(self.base / "ran")!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
                os.write(fd, (item.nodeid + chr(10)).encode())
                os.close(fd)
            """)

    def ran(self):
        """The ids of the tests that ran since the last call, sorted."""
        return sorted(self.ran_in_order())

    def ran_in_order(self):
        """The same, in the order in which they began."""
        try:
            ids = (self.base / "ran").read_text().splitlines()
        except FileNotFoundError:
            return []
        (self.base / "ran").unlink()
        return ids

    def aloof(self, *args, rows=24, columns=100, cwd=None, **env):
        """The loop on a terminal."""
        return self.spawn([ALOOF, *args], rows, columns, cwd, **env)

    def spawn(self, argv, rows=24, columns=100, cwd=None, **env):
        terminal = Terminal(argv, cwd or self.root, {**self.env, **env}, rows, columns)
        self.terminals.append(terminal)
        return terminal

    def once(self, *args, cwd=None, timeout=60, **env):
        """`aloof --once` without a terminal: a CompletedProcess with text."""
        return self.run("--once", *args, cwd=cwd, timeout=timeout, **env)

    def run(self, *args, cwd=None, timeout=60, **env):
        return subprocess.run([ALOOF, *map(str, args)], cwd=cwd or self.root, env={**self.env, **env},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=timeout)

    def close(self):
        for terminal in self.terminals:
            terminal.close()
