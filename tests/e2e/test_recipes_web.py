"""Recipes of Ruby, JavaScript and builds in the loop, by their own tools: red, edited, green, all."""

import re
import shutil
import subprocess

import pytest


def has_minitest():
    return shutil.which("ruby") and subprocess.run(["ruby", "-e", "require 'minitest'"], capture_output=True).returncode == 0


minitest = pytest.mark.skipif(not has_minitest(), reason="ruby's minitest is not installed")


def ruby_sums(project, expected):
    project.write("lib/sum.rb", """
        module Sum
          def self.add(a, b)
            raise ArgumentError, "too big" if a > 100
            a + b
          end
        end
        """)
    project.write("test/sum_test.rb", f"""
        require "minitest/autorun"
        require "sum"

        class SumTest < Minitest::Test
          def setup
            File.write("{project.base}/ran", name + "\\n", mode: "a")
          end

          def test_adds
            assert_equal {expected}, Sum.add(1, 1)
          end

          def test_two
            assert_equal 4, Sum.add(2, 2)
          end
        end
        """)
    project.write("test/late_test.rb", f"""
        require "minitest/autorun"

        describe "late / sum" do
          it "says (what)" do
            File.write("{project.base}/ran", "late\\n", mode: "a")
            skip "tomorrow"
          end
        end
        """)


@minitest
def test_red_edit_green_full_with_minitest(project):
    ruby_sums(project, 3)
    loop = project.aloof().wait_for(re.compile("RED 1 of 3 · ran 3"))
    loop.wait_for("FAIL  SumTest#test_adds").wait_for("Expected: 3").wait_for(re.compile(r"\+\d+ +test/sum_test.rb"))
    assert project.ran() == ["late", "test_adds", "test_two"]
    project.write("lib/sum.rb", project.read("lib/sum.rb").replace("a + b", "a + b + 0"))
    loop.wait_for(re.compile("RED 1 of 3 · reran 1 in"))
    assert project.ran() == ["test_adds"]
    project.write("lib/sum.rb", project.read("lib/sum.rb").replace("a + b", "[a + b, 3].max"))
    loop.wait_for(re.compile("GREEN 3 tests.*the red set passed"))
    assert project.ran() == ["late", "test_adds", "test_adds", "test_two"]
    project.write("test/sum_test.rb", "class Broken <\n")
    loop.wait_for("COLLECT test/sum_test.rb").wait_for("syntax error").wait_for(re.compile(r"\+\d +test/sum_test.rb"))
    ruby_sums(project, 2)
    loop.wait_for(re.compile("GREEN 3 tests"))


@minitest
@pytest.mark.parametrize("body, said", [
    ("Process.kill(:SEGV, $$); sleep", "CRASH SumTest#test_it +killed by SIGABRT"),
    ("exit!(0)", "FAIL  SumTest#test_it .*\n +the command exited with status 0 without a word about it|NOT RUN +SumTest#test_it"),
    ("puts 'said before'; $stdout.reopen('/dev/null'); raise 'wrong'", "FAIL  SumTest#test_it .*\n(.*\n)*.*RuntimeError: wrong"),
    ("begin; raise 'inner'; rescue; raise 'outer'; end", "FAIL  SumTest#test_it .*\n(.*\n)*.*RuntimeError: outer"),
    ("fork { exit }; Process.wait; flunk 'alone'", "FAIL  SumTest#test_it .*\n(.*\n)*.*alone"),
])
def test_ends_of_a_test_of_minitest(project, body, said):
    project.write("test/sum_test.rb", f"""
        require "minitest/autorun"
        class SumTest < Minitest::Test
          def test_it
            {body}
          end
        end
        """)
    project.write("test/other_test.rb", "require 'minitest/autorun'\nclass Other < Minitest::Test\ndef test_well; end\nend\n")
    done = project.once()
    assert done.returncode == 1
    assert re.search(said, done.stdout), done.stdout
    assert "2 tests" in done.stdout


@minitest
def test_arguments_reach_minitest(project):
    project.write("test/sum_test.rb", """
        require "minitest/autorun"
        class SumTest < Minitest::Test
          def test_seed = assert_equal(4711, Minitest.seed)
        end
        """)
    assert project.once().returncode == 1
    assert project.once("--", "--seed", "4711").returncode == 0
