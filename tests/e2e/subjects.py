"""Real projects to try the loop on: Debian's sources and packages, npm's packages. Each is fetched once, into
build/subjects; what cannot be had skips its test with the reason."""

import contextlib
import fcntl
import pathlib
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).parents[2]
CACHE = TOP / "build/subjects"


@contextlib.contextmanager
def alone():
    """One at a time, as tests may run side by side: apt wants to be alone, and what is being fetched is not there yet."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(argv, cwd, what):
    """Runs what fetches; its own last words are why there is nothing to test."""
    if not shutil.which(argv[0]):
        pytest.skip(f"{argv[0]} is not installed, which fetches {what}")
    done = subprocess.run([str(arg) for arg in argv], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=300)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit status {done.returncode}"]
        pytest.skip(f"{what} cannot be fetched: {said[-1]}")


def debian_source(package):
    """The unpacked Debian source package."""
    with alone():
        fetch(["sh", TOP / "tests/bench/subject.sh", CACHE, package], CACHE, package)
    return CACHE / package


def fetched(name, fill):
    """The directory `name` of the cache, which fill(directory) makes once and wholly."""
    there = CACHE / name
    with alone():
        if not there.exists():
            begun = CACHE / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir(parents=True)
            fill(begun)
            begun.rename(there)
    return there


def debian_package(package, folder):
    """A folder of the files that the Debian package installs, without installing them."""
    def fill(begun):
        fetch(["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], begun, package)
        fetch(["dpkg-deb", "-x", *begun.glob("*.deb"), "."], begun, package)
    return fetched(f"{package}.deb", fill) / folder


def npm_package(package, *others):
    """The published package, `name@version`, in a node_modules with what it depends on and `others`."""
    name = package[:package.rindex("@")]

    def fill(begun):
        quiet = ["--silent", "--no-fund", "--no-audit", "--no-package-lock", "--ignore-scripts"]
        fetch(["npm", "install", *quiet, "--prefix", begun, package, *others], begun, package)
    return fetched("+".join([package, *others]).replace("/", "-") + ".npm", fill) / "node_modules" / name
