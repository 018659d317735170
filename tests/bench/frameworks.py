"""A full run of tests that are a command line, beside the framework's own, in a project of Go, and in projects made here:
each prints or does as little as it can, so that what is measured is the running of it."""

import os
import pathlib
import shutil
import subprocess

NPM = pathlib.Path(os.environ.get("ALOOF_NPM") or pathlib.Path.home() / ".cache/aloof-npm") / "node_modules/.bin"
CACHE = pathlib.Path(__file__).parents[2] / "build/bench"
MANY = 1000
FILES = 8
IN_FILE = 25


class Scratch:
    """A project in a git work tree, with a home of its own."""

    def __init__(self, base, recipe=None):
        self.root = base / "project"
        self.root.mkdir(parents=True)
        (base / "tmp").mkdir()
        (base / "home").mkdir()
        self.env = {
            "PATH": f"{NPM}:{os.environ['PATH']}", "HOME": str(base / "home"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1", "TMPDIR": str(base / "tmp"), "GOFLAGS": "-mod=mod",
        }
        subprocess.run(["git", "init", "-q"], cwd=self.root, env=self.env, check=True)
        if recipe:
            self.write(".aloof.conf", f"recipe = {recipe}\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run(self, *command):
        subprocess.run(command, cwd=self.root, env=self.env, check=True, stdout=subprocess.DEVNULL)


def commands(base):
    """So many copies of /bin/true, as tests of the recipe `command`, of prove and of ctest."""
    project = Scratch(base, "command")
    (project.root / "tests").mkdir()
    (project.root / "t").mkdir()
    first = project.root / "tests/t0000"
    shutil.copy(shutil.which("true"), first)
    for number in range(1, MANY):
        os.link(first, first.with_name(f"t{number:04}"))
    for number in range(MANY):
        (project.root / f"t/{number:04}.t").touch()
    tests = "".join(f"add_test({number} {first})\n" for number in range(MANY))
    project.write("build/CTestTestfile.cmake", tests)
    return project


XARGS = ["sh", "-c", "find tests -type f | xargs -P2 -n1 /bin/true"]
PROVE = ["prove", "-Q", "-j2", "--exec", "/usr/bin/printf 1..1\\nok\\n", "t"]
CTEST = ["ctest", "--test-dir", "build", "-j2", "-Q"]


def go(base):
    """go-cmp, as Debian's package has it; None, with a line, where that cannot be had."""
    cache, package = CACHE / "go-cmp", "golang-github-google-go-cmp-dev"
    if not cache.exists():
        begun = CACHE / "go-cmp.begun"
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(parents=True)
        fetch = f"apt-get -qq -o APT::Sandbox::User=root download {package} && dpkg-deb -x *.deb ."
        if subprocess.run(["sh", "-c", fetch], cwd=begun, stdin=subprocess.DEVNULL).returncode:
            print(f"bench: go is skipped, {package} cannot be fetched")
            return None
        begun.rename(cache)
    project = Scratch(base)
    project.env.update({"GOFLAGS": "-mod=mod", "GOPROXY": "off"})
    shutil.copytree(cache / "usr/share/gocode/src/github.com/google/go-cmp", project.root, dirs_exist_ok=True)
    return project


def go_empty(base):
    project = Scratch(base)
    project.write("go.mod", "module example.org/bench\n\ngo 1.19\n")
    for number in range(FILES):
        tests = "".join(f"func Test{test}(t *testing.T) {{}}\n" for test in range(IN_FILE))
        project.write(f"p{number}/p_test.go", f'package p\n\nimport "testing"\n\n{tests}')
    return project


def ctest(base):
    project = Scratch(base)
    tests = "".join(f"add_test(NAME test{number} COMMAND sleep 0.02)\n" for number in range(FILES * IN_FILE))
    project.write("CMakeLists.txt", f"cmake_minimum_required(VERSION 3.20)\nproject(bench NONE)\nenable_testing()\n{tests}")
    project.run("cmake", "-B", "build")
    return project


def bats(base):
    project = Scratch(base)
    for number in range(FILES):
        project.write(f"test/f{number}.bats", "".join(f'@test "number {test}" {{ true; }}\n' for test in range(IN_FILE)))
    return project


def jest(base):
    project = Scratch(base)
    project.write("package.json", '{"name": "bench", "jest": {}}\n')
    for number in range(FILES):
        tests = "".join(f"  test('number {test}', () => expect({test} + 1).toBe({test + 1}));\n" for test in range(IN_FILE))
        project.write(f"f{number}.test.js", f"describe('file {number}', () => {{\n{tests}}});\n")
    return project


# By name: what makes the project, what it needs, the framework's own full run, what aloof is told behind --.
OWN = {
    "go": (go, "go", ["go", "test", "-json", "-count=1", "./..."], ["--", "-count=1"]),
    "go-empty-tests": (go_empty, "go", ["go", "test", "-json", "-count=1", "./..."], ["--", "-count=1"]),
    "ctest": (ctest, "cmake", ["ctest", "--test-dir", "build", "-j2", "-Q"], []),
    "bats": (bats, "bats", ["bats", "test"], []),
    "jest": (jest, "jest", ["jest"], []),
}


def have(tool):
    return shutil.which(tool, path=f"{NPM}:{os.environ['PATH']}") is not None
