"""Rust by cargo, and C by Check and cmocka."""

import os
import pathlib
import re
import shutil

import pytest

from test_native import editor, jumps_to

cargo = pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")

MANIFEST = """
    [package]
    name = "{}"
    version = "0.1.0"
    edition = "2021"
    """

NOTE = """
    fn note(name: &str) {
        use std::io::Write;
        let mut ran = std::fs::OpenOptions::new().append(true).create(true).open("%s/ran").unwrap();
        writeln!(ran, "{name}").unwrap();
    }
    """

LIB = """
    /// ```
    /// assert_eq!(sums::add(1, 1), 2);
    /// ```
    pub fn add(a: i32, b: i32) -> i32 { a + b }

    #[cfg(test)]
    mod tests {
        include!("note.rs");
        #[test]
        fn good() { note("lib good"); }
        #[test]
        fn adds() {
            note("lib adds");
            println!("says this");
            assert_eq!(super::add(1, 1), %s);
        }
        #[test]
        #[ignore]
        fn later() {}
        #[test]
        #[should_panic]
        fn panics() { panic!("as it should"); }
    }
    """


@pytest.fixture
def crate(project):
    """A package with a library, a program and tests of its own."""
    known = os.environ.get("RUSTUP_HOME") or str(pathlib.Path.home() / ".rustup")
    project.env.update({"RUSTUP_HOME": known, "CARGO_NET_OFFLINE": "true"})
    project.write(".gitignore", "target/\nCargo.lock\n")
    project.write("Cargo.toml", MANIFEST.format("sums"))
    project.write("src/note.rs", NOTE % project.base)
    project.write("src/lib.rs", LIB % 3)
    project.write("src/main.rs", 'fn main() {}\n#[cfg(test)] include!("note.rs");\n#[test] fn good() { note("bin good"); }\n')
    project.write("tests/whole.rs", 'include!("../src/note.rs");\n#[test] fn good() { note("whole good"); }\n')
    return project


ALL = ["bin good", "lib adds", "lib good", "whole good"]


@cargo
@pytest.mark.presses("Enter")
def test_red_edit_green_full_with_cargo(crate):
    script, told = editor(crate)
    loop = crate.aloof(EDITOR=script).wait_for(re.compile("RED 1 of 8 · ran 8"), 120)
    assert crate.ran() == ALL
    loop.wait_for("FAIL  sums$tests::adds").wait_for("right: 3")
    jumps_to(loop, told, "+16 src/lib.rs")
    crate.write("src/lib.rs", LIB % 4)
    loop.wait_for("right: 4", 120).wait_for(re.compile("RED 1 of 8 · reran 2"), 120)
    assert crate.ran() == ["lib adds"]
    crate.write("src/lib.rs", LIB % "wrong")
    loop.wait_for(re.compile(r"FAIL  build(.*\n)*.*\+16 src/lib.rs"), 120).wait_for("cannot find value `wrong`")
    crate.write("src/lib.rs", LIB % 2)
    loop.wait_for(re.compile("GREEN 8 tests"), 120)
    assert sorted(set(crate.ran())) == ALL


@cargo
def test_a_backtrace_of_rust_is_folded(crate):
    done = crate.once(RUST_BACKTRACE="1", timeout=120)
    assert done.returncode == 1
    assert re.search(r"FAIL  sums\$tests::adds .*\n(.*\n)* ● .*\+16 src/lib.rs  # sums::tests::adds", done.stdout), done.stdout
    assert "panicking.rs" not in done.stdout
    assert "8 tests, 1 failure, 1 skipped" in done.stdout


@cargo
def test_a_test_that_takes_its_program_along(crate):
    crate.write("src/lib.rs", LIB % 2)
    crate.write("tests/whole.rs", """
        include!("../src/note.rs");
        #[test] fn aborts() { std::process::abort(); }
        #[test] fn before() { note("before"); }
        #[test] fn leaves() { std::process::exit(0); }
        #[test] fn past() { note("past"); }
        """)
    done = crate.once("-n", "1", timeout=120)
    assert done.returncode == 1
    assert re.search(r"CRASH sums::whole\$aborts .*\n.*SIGABRT", done.stdout), done.stdout
    assert re.search(r"CRASH sums::whole\$leaves ", done.stdout), done.stdout
    assert "11 tests, 2 crashes, 1 skipped" in done.stdout
    assert set(crate.ran()) == {"bin good", "lib adds", "lib good", "before", "past"}


@cargo
def test_options_of_cargo_say_which_tests_there_are(crate):
    crate.write("src/lib.rs", LIB % 2)
    crate.write("Cargo.toml", crate.read("Cargo.toml") + "[features]\nextra = []\n")
    crate.write("tests/whole.rs", crate.read("tests/whole.rs") + '#[cfg(feature = "extra")] #[test] fn more() { note("more"); }\n')
    done = crate.once("--", "--features", "extra", timeout=120)
    assert (done.returncode, crate.ran()) == (0, sorted([*ALL, "more"])), done.stdout
    assert "9 tests" in done.stdout
    assert "8 tests" in crate.once(timeout=120).stdout


@cargo
@pytest.mark.skipif(shutil.which("rust-gdb") is None or shutil.which("gdb") is None, reason="gdb is not installed")
@pytest.mark.presses("d")
def test_the_debugger_of_cargo_has_this_test_alone(crate):
    loop = crate.aloof(rows=40).wait_for(re.compile("RED 1 of 8 · ran 8"), 120).wait_for("▌FAIL  sums$tests::adds")
    assert crate.ran() == ALL
    loop.type("d")
    loop.wait_for("(gdb)", 120).type("set confirm off\rbreak src/lib.rs:16\rrun\r")
    loop.wait_for(re.compile(r"hit Breakpoint 1, sums::tests::adds"), 120).type("continue\r")
    loop.wait_for(re.compile(r"assertion `left == right` failed(.*\n)*.*exited with code 0145"), 60).type("quit\r")
    loop.wait_for("RED 1 of 8")
    assert crate.ran() == ["lib adds"]
    loop.type("q")
    assert loop.wait_exit() == 0


@cargo
def test_packages_with_programs_of_one_name(crate):
    crate.write("Cargo.toml", '[workspace]\nmembers = ["one", "two-b"]\nresolver = "2"\n')
    shutil.rmtree(crate.root / "src")
    shutil.rmtree(crate.root / "tests")
    for name in "one", "two-b":
        crate.write(f"{name}/Cargo.toml", MANIFEST.format(name))
        crate.write(f"{name}/src/lib.rs", "/// ```\n/// ```\npub fn nothing() {}\n#[test] fn same() {}\n")
        crate.write(f"{name}/tests/whole.rs", f'{NOTE % crate.base}#[test] fn same() {{ note("{name}"); assert!("{name}" == "one"); }}\n')
    done = crate.once("-n", "1", timeout=120)
    assert crate.ran() == ["one", "two-b"]
    assert re.search(r"FAIL  two-b::whole\$same .*\n.*\+\d+ two-b/tests/whole.rs", done.stdout), done.stdout
    assert "7 tests, 1 failure" in done.stdout
    again = crate.once("two-b::whole$same", timeout=120)
    assert crate.ran() == ["two-b"]
    assert again.returncode == 1
