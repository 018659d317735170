"""C and C++ by their own test libraries, and what builds them."""

import re
import shutil
import stat
import subprocess

import pytest


def has_header(name):
    compiler = shutil.which("g++")
    return compiler and subprocess.run([compiler, "-xc++", "-fsyntax-only", "-include", name, "/dev/null"],
                                       capture_output=True).returncode == 0


gtest = pytest.mark.skipif(not has_header("gtest/gtest.h"), reason="GoogleTest is not installed")
catch2 = pytest.mark.skipif(not has_header("catch2/catch.hpp"), reason="Catch2 is not installed")

NOTE = """
    #include <cstdio>
    #include <cstdlib>
    #include <unistd.h>
    static void note(const char *name)
    {{
        if (FILE *ran = fopen("{}/ran", "a")) {{
            fprintf(ran, "%s\\n", name);
            fclose(ran);
        }}
    }}
    """


@pytest.fixture
def made(project):
    """A project that make builds into build/."""
    def make(recipe, makefile, **keys):
        lines = "".join(f"\t{key} = {value}\n" for key, value in keys.items())
        project.write(".aloof.conf", f'[recipe "{recipe}"]\n{lines}[run]\n\trecipe = {recipe}\n')
        project.write(".gitignore", "build/\n")
        project.write("Makefile", makefile)
        (project.root / "build").mkdir()
        project.write("note.h", NOTE.format(project.base))
        return project
    return make


def editor(project):
    """An editor that writes down what it was called with, and where."""
    told = project.base / "told"
    script = project.base / "editor"
    script.write_text(f'#!/bin/sh\necho "$@" >{told}\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script), told


def jumps_to(loop, told, place):
    """Enter leads there."""
    loop.type("\r")
    loop.wait_for(lambda _: told.exists() and told.read_text().strip().endswith(place))
    told.unlink()


GTEST = """
    #include "note.h"
    #include <gtest/gtest.h>
    TEST(Sum, Good) { note("good"); EXPECT_EQ(1 + 1, 2); }
    TEST(Sum, Bad)
    {
        note("bad");
        puts("says this");
        EXPECT_EQ(1 + 1, %s) << "as a message";
    }
    """


@gtest
@pytest.mark.presses("Enter")
def test_red_edit_green_full_with_gtest(made):
    project = made("gtest", """
        build/sums_test: sums_test.cpp
        	g++ -o $@ $< -lgtest -lgtest_main -pthread
        """)
    project.write("sums_test.cpp", GTEST % 3)
    script, told = editor(project)
    loop = project.aloof(EDITOR=script, columns=160).wait_for(re.compile("RED 1 of 3 · ran"), 60)
    assert project.ran() == ["bad", "good"]
    loop.wait_for("FAIL  build/sums_test:Sum.Bad").wait_for("as a message")
    jumps_to(loop, told, "+9 sums_test.cpp")
    project.write("sums_test.cpp", GTEST % 4)
    loop.wait_for(re.compile(r"RED 1 of 3 · reran 2"), 60).wait_for("  4")
    assert project.ran() == ["bad"]
    project.write("sums_test.cpp", GTEST % "wrong")
    loop.wait_for(re.compile("¹FAIL  build.*\n.*\\+9 sums_test.cpp"), 60)
    loop.type("1" if "¹FAIL  build" in loop.text else "2")
    jumps_to(loop, told, "+9 sums_test.cpp")
    project.write("sums_test.cpp", GTEST % 2)
    loop.wait_for(re.compile("GREEN 3 tests"), 60)
    assert set(project.ran()) == {"bad", "good"}


@gtest
def test_what_gtest_may_do(made):
    project = made("gtest", """
        all: build/one build/two
        build/%: %.cpp
        	g++ -o $@ $< -lgtest -lgtest_main -pthread
        """)
    project.write("one.cpp", """
        #include "note.h"
        #include <gtest/gtest.h>
        TEST(Same, Name) { note("one"); }
        TEST(Dies, Now) { printf("last words\\n"); fflush(stdout); raise(SIGSEGV); }
        TEST(Dies, Leaving) { _exit(0); }
        TEST(Dies, Not) { note("not"); }
        TEST(Is, DISABLED_Off) { FAIL(); }
        TEST(Is, Skipped) { GTEST_SKIP() << "tomorrow"; }
        class Of : public testing::TestWithParam<int> {};
        TEST_P(Of, Each) { EXPECT_LT(GetParam(), 2); }
        INSTANTIATE_TEST_SUITE_P(Two, Of, testing::Values(1, 2));
        """.replace("#include <gtest", "#include <csignal>\n#include <gtest"))
    project.write("two.cpp", """
        #include "note.h"
        #include <gtest/gtest.h>
        TEST(Same, Name) { note("two"); FAIL(); }
        class Broken : public testing::Test { public: static void SetUpTestSuite() { FAIL() << "no set-up"; } };
        TEST_F(Broken, Anyway) {}
        """)
    done = project.once("-n", "1", timeout=120)
    assert done.returncode == 1
    assert project.ran() == ["not", "one", "two"]
    assert re.search(r"CRASH build/one:Dies.Now +killed by SIGSEGV.*\n(   .*\n)*   last words", done.stdout), done.stdout
    assert re.search(r"CRASH build/one:Dies.Leaving +exited with status 0 in the middle of the test", done.stdout), done.stdout
    assert re.search(r"FAIL  build/two:Same.Name .*\n.*\+4 two.cpp", done.stdout), done.stdout
    assert re.search(r"build/two > Broken .*\n( .*\n)*   no set-up", done.stdout), done.stdout
    assert "FAIL  build/one:Two/Of.Each/1 " in done.stdout
    assert "11 tests, 2 failures, 1 error, 2 crashes, 2 skipped" in done.stdout


CATCH = """
    #include "note.h"
    #include <catch2/catch.hpp>
    TEST_CASE("good") { note("good"); }
    TEST_CASE("adds, \\"badly\\" [x] \\\\ *", "[sum]")
    {
        note("bad");
        SECTION("one")
        {
            REQUIRE(1 + 1 == %s);
        }
    }
    """


@catch2
@pytest.mark.presses("Enter")
def test_red_edit_green_full_with_catch2(made):
    project = made("catch2", """
        build/sums_test: sums_test.cpp build/main.o
        	g++ -o $@ $^
        build/main.o: main.cpp
        	g++ -c -o $@ $<
        """)
    project.write("main.cpp", "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
    project.write("sums_test.cpp", CATCH % 3)
    script, told = editor(project)
    loop = project.aloof(EDITOR=script, columns=160).wait_for(re.compile("RED 1 of 3 · ran"), 120)
    assert set(project.ran()) == {"bad", "good"}
    loop.wait_for('FAIL  build/sums_test:adds, "badly" [x] \\ *').wait_for("FAILED in one")
    jumps_to(loop, told, "+10 sums_test.cpp")
    project.write("sums_test.cpp", CATCH % 4)
    loop.wait_for("2 == 4", 60).wait_for(re.compile(r"RED 1 of 3 · reran 2"))
    assert set(project.ran()) == {"bad"}
    project.write("sums_test.cpp", CATCH % "wrong")
    loop.wait_for(re.compile("¹FAIL  build.*\n.*\\+10 sums_test.cpp"), 60)
    project.write("sums_test.cpp", CATCH % 2)
    loop.wait_for(re.compile("GREEN 3 tests"), 60)
    assert set(project.ran()) == {"bad", "good"}
    project.write("sums_test.cpp", CATCH % 2 + """
        #include <csignal>
        TEST_CASE("segfaults") { raise(SIGSEGV); }
        TEST_CASE("is killed") { raise(SIGKILL); }
        TEST_CASE("leaves") { _exit(0); }
        TEST_CASE("last") { note("last"); }
        """)
    loop.wait_for(re.compile("RED 3 of 7 · ran 7 in"), 60)
    loop.wait_for(re.compile(r"CRASH build/sums_test:is killed +killed by SIGKILL"))
    assert "last" in project.ran()


def test_no_build_directory_is_said(project):
    project.write("CMakeLists.txt", "find_package(GTest)\n")
    done = project.once()
    assert done.returncode == 1
    assert re.search("FAIL  build .*\n( .*\n)*   there is no build directory yet: cmake -B build", done.stdout), done.stdout
