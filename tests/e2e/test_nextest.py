"""Rust by cargo-nextest, which tests/e2e/nextest.py stands in for: it answers as nextest's documentation has it."""

import os
import pathlib
import re
import shutil
import sys

import pytest

from test_native import editor, jumps_to
from test_rust import LIB, MANIFEST, NOTE

pytestmark = pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")

ALL = ["bin good", "lib adds", "lib good", "whole good"]


@pytest.fixture
def crate(project):
    """A package with a library and a program of the same name, and tests of its own; and cargo-nextest."""
    known = os.environ.get("RUSTUP_HOME") or str(pathlib.Path.home() / ".rustup")
    command = project.base / "bin/cargo-nextest"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {pathlib.Path(__file__).parent / "nextest.py"} "$@"\n')
    command.chmod(0o755)
    project.env.update({"RUSTUP_HOME": known, "CARGO_NET_OFFLINE": "true",
                        "PATH": f"{command.parent}:{project.env['PATH']}"})
    project.write(".gitignore", "target/\nCargo.lock\n")
    project.write(".config/nextest.toml", "[profile.default]\n")
    project.write("Cargo.toml", MANIFEST.format("sums"))
    project.write("src/note.rs", NOTE % project.base)
    project.write("src/lib.rs", LIB % 3)
    project.write("src/main.rs", 'fn main() {}\n#[cfg(test)] include!("note.rs");\n#[test] fn good() { note("bin good"); }\n')
    project.write("tests/whole.rs", 'include!("../src/note.rs");\n#[test] fn good() { note("whole good"); }\n')
    return project


@pytest.mark.presses("Enter")
def test_red_edit_green_full(crate):
    script, told = editor(crate)
    loop = crate.aloof(EDITOR=script).wait_for(re.compile("RED 1 of 7 · ran 7"), 120).wait_for("nextest ·")
    assert crate.ran() == ALL
    loop.wait_for("FAIL  sums$tests::adds").wait_for("right: 3")
    loop.wait_gone("Nextest run ID")
    jumps_to(loop, told, "+16 src/lib.rs")
    crate.write("src/lib.rs", LIB % 4)
    loop.wait_for("right: 4", 120).wait_for(re.compile("RED 1 of 7 · reran 2"), 120)
    assert crate.ran() == ["lib adds"]
    crate.write("src/lib.rs", LIB % "wrong")
    loop.wait_for(re.compile(r"FAIL  build(.*\n)*.*\+16 src/lib.rs"), 120).wait_for("cannot find value `wrong`")
    crate.write("src/lib.rs", LIB % 2)
    loop.wait_for(re.compile("GREEN 7 tests"), 120)
    assert sorted(set(crate.ran())) == ALL


def test_a_try_that_passes_is_a_pass_and_one_that_dies_a_failure(crate):
    crate.write(".config/nextest.toml", "[profile.default]\nretries = 2\n")
    crate.write("src/lib.rs", LIB % 2)
    crate.write("tests/whole.rs", f"""
        include!("../src/note.rs");
        #[test] fn aborts() {{ note("aborts"); println!("last words"); std::process::abort(); }}
        #[test] fn flaky() {{
            note("flaky");
            let path = "{crate.base}/tried";
            let tried = std::path::Path::new(path).exists();
            std::fs::write(path, "").unwrap();
            assert!(tried);
        }}
        """)
    done = crate.once("-n", "1", timeout=120)
    assert done.returncode == 1
    assert re.search(r"FAIL  sums::whole\$aborts (.*\n)+ +last words", done.stdout), done.stdout
    assert "8 tests, 1 failure, 1 skipped" in done.stdout
    assert crate.ran() == ["aborts", "aborts", "aborts", "bin good", "flaky", "flaky", "lib adds", "lib good"]


def test_a_red_test_that_is_ignored_is_no_longer_red(crate):
    loop = crate.aloof().wait_for(re.compile("RED 1 of 7 · ran 7"), 120)
    crate.write("src/lib.rs", (LIB % 3).replace("fn adds", "#[ignore] fn adds"))
    loop.wait_for(re.compile("GREEN 7 tests(.*\n)*.*2 skipped"), 120)
    loop.type("q")
    assert loop.wait_exit() == 0


@pytest.mark.presses("d")
def test_the_debugger(crate):
    fake = crate.base / "bin/rust-gdb"
    fake.write_text('#!/bin/sh\necho "debugs: $@"\nread line\necho "told: $line"\n')
    fake.chmod(0o755)
    loop = crate.aloof(columns=160).wait_for(re.compile("RED 1 of 7 · ran 7"), 120).wait_for("FAIL  sums$tests::adds")
    loop.type("d")
    loop.wait_for(re.compile(r"debugs: -q --args \S+/target/debug/deps/sums-\w+ --exact tests::adds --nocapture"), 60)
    loop.type("go\n")
    loop.wait_for("RED 1 of 7")


def test_options_of_nextest_say_which_tests_there_are(crate):
    """Those of `run` alone are for that: --retries is none of `list`."""
    crate.write("src/lib.rs", LIB % 2)
    crate.write("Cargo.toml", crate.read("Cargo.toml") + "[features]\nextra = []\n")
    crate.write("tests/whole.rs", crate.read("tests/whole.rs") + '#[cfg(feature = "extra")] #[test] fn more() { note("more"); }\n')
    done = crate.once("--", "--features", "extra", "--retries", "1", timeout=120)
    assert (done.returncode, crate.ran()) == (0, sorted([*ALL, "more"])), done.stdout
    assert "8 tests" in done.stdout


def test_it_is_not_installed(crate):
    (crate.base / "bin/cargo-nextest").unlink()
    done = crate.once(timeout=120)
    assert done.returncode == 1
    assert "cargo-nextest is not installed (https://nexte.st): install it, or use cargo test (recipe = cargo)" in done.stdout
