"""A red test inside of a file runs alone: by the frameworks' own tools, of which only the red bodies leave their mark."""

import re
import shutil

import pytest

from test_recipes_web import javascript


def javascript_of(project, tool, expected, each="it"):
    """One file of tests under that tool: two in it are red unless 2 is expected. Whoever runs leaves its mark."""
    module = tool == "vitest"
    needs = {"vitest": 'import { describe, it } from "vitest";', "node": 'import { describe, it } from "node:test";'}.get(tool, "")
    take = 'import {{ {1} }} from "{0}";' if tool in ("vitest", "node") else 'const {{ {1} }} = require("{0}");'
    each = {
        "mocha": '[1, 2].forEach(n => it(`is ${n} of [1, 2]`, () => { note(`each${n}`); equal(add(n, 0), n === 2 ? %s : 1); }));',
        "node": '[1, 2].forEach(n => it(`is ${n} of [1, 2]`, () => { note(`each${n}`); equal(add(n, 0), n === 2 ? %s : 1); }));',
    }.get(tool, 'it.each([1, 2])("is %%d of [1, 2]", n => { note(`each${n}`); equal(add(n, 0), n === 2 ? %s : 1); });') % expected
    suffix = "ts" if module else "mjs" if tool == "node" else "js"
    folder = "test" if tool in ("mocha", "node") else "src"
    path = f"{folder}/sum.test.{suffix}"
    script = ', "scripts": {"test": "node --test"}' if tool == "node" else ""
    project.write("package.json", '{"devDependencies": {"%s": "*"}%s}\n' % (tool, script))
    library = "../lib/sum" + (".mjs" if tool == "node" else "")
    project.write(path, f"""
        {needs}
        {take.format("node:fs", "appendFileSync")}
        {take.format("node:assert", "strictEqual")}
        {take.format(library, "add")}
        const equal = strictEqual;
        const note = name => appendFileSync("{project.base}/ran", name + "\\n");
        describe("sum", () => {{
          it("adds", () => {{ note("adds"); equal(add(1, 1), 2); }});
          it("adds up", () => {{ note("up"); equal(add(1, 2), 3); }});
          describe("it's (a|b)* \\"deep\\" $5 ^ \\\\d {{2}}", () => {{
            it("adds up + 1 /x/?", () => {{ note("red"); equal(add(1, 1), {expected}); }});
            it("is green", () => {{ note("green"); }});
            {each}
          }});
        }});
        """)
    return path


def library(project, tool, body):
    kind = {"vitest": ("ts", "export function add(a: number, b: number): number"), "node": ("mjs", "export function add(a, b)")}
    suffix, head = kind.get(tool, ("js", "exports.add = function add(a, b)"))
    project.write(f"lib/sum.{suffix}", f"{head} {{\n  {body}\n}}\n")


def framework(project, tool):
    if tool != "node":
        return javascript(project, tool)
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    return project


TOOLS = ["jest", "vitest", "mocha", "node"]


@pytest.mark.parametrize("tool", TOOLS)
def test_only_the_red_ones_run(project, tool):
    path = javascript_of(framework(project, tool), tool, 3)
    library(project, tool, "return a + b;")
    loop = project.aloof(rows=40, columns=140).wait_for(re.compile("RED 3 of 7 · ran 7"), 60)
    loop.wait_for(re.compile(rf"FAIL  {re.escape(path)} > sum .*adds up \+ 1 /x/\?"))
    assert project.ran() == ["adds", "each1", "each2", "green", "red", "up"]
    library(project, tool, "return (a + b);")
    loop.wait_for(re.compile("RED 3 of 7 · reran 3 in"), 60)
    assert project.ran() == ["each2", "red"]
    loop.type("t")
    loop.wait_for("all tests").wait_for(re.compile(rf"passed .*{re.escape(path)} > sum.* is green"))
    loop.wait_for(re.compile(r"passed .* is 1 of \[1, 2\]"))
    loop.type("t")
    loop.wait_gone("all tests")
    library(project, tool, "return a === 2 ? 3 : a + b;")
    loop.wait_for(re.compile("RED 2 of 7 · reran 3 in"), 60)
    assert project.ran() == ["each2", "red"]
    library(project, tool, "return a === 2 ? 3 : (a + b);")
    loop.wait_for(re.compile("RED 2 of 7 · reran 2 in"), 60)
    assert project.ran() == ["red"]
    javascript_of(project, tool, 2)  # the file itself: all of it
    loop.wait_for(re.compile("RED 2 of 7 · reran 7 in"), 60)
    assert project.ran() == ["adds", "each1", "each2", "green", "red", "up"]
    library(project, tool, "return a + b;")
    loop.wait_for(re.compile("GREEN 7 tests.*the red set passed"), 60)
    assert project.ran() == ["adds", "each1", "each2", "each2", "green", "red", "up"]


@pytest.mark.parametrize("tool", TOOLS)
def test_one_of_them_for_the_person(project, tool):
    path = javascript_of(framework(project, tool), tool, 3)
    library(project, tool, "return a + b;")
    loop = project.aloof(rows=40, columns=140).wait_for(re.compile("RED 3 of 7 · ran 7"), 60)
    project.ran()
    loop.type("s")
    loop.wait_for(re.compile("RED 3 of 7 · ran 2 in"), 60)
    assert project.ran() == ["red"]
    library(project, tool, "return a === 1 && b === 1 ? 3 : a + b;")
    loop.wait_for(re.compile("RED 2 of 7 · reran 3 in"), 60)
    assert project.ran() == ["each2", "red"]
    loop.type("t")
    loop.wait_for("all tests")
    loop.type("/up +\r")
    loop.wait_for(re.compile("1 of 1"))
    loop.type("st")
    loop.wait_for(re.compile("RED 2 of 7 · ran 2 in"), 60)  # as the other one is, and with it the file
    assert project.ran() == ["red"]


@pytest.mark.parametrize("tool", TOOLS)
def test_two_files_and_one_that_is_red_by_itself(project, tool):
    path = javascript_of(framework(project, tool), tool, 3)
    text = project.read(path)
    library(project, tool, "return a + b;")
    project.write(path.replace("sum", "two"), text.replace('note("', 'note("two ').replace("note(`", "note(`two "))
    project.write(path.replace("sum", "bad"), text.replace('note("', 'note("bad ') + "throw new Error('not yet');\n")
    loop = project.aloof("-n1", rows=50, columns=140).wait_for(re.compile(r"RED \d+ of \d+ · ran"), 90)
    loop.wait_for(re.compile(rf"(COLLECT|ERROR|FAIL ) {path.replace('sum', 'bad')}"))
    project.ran()
    library(project, tool, "return (a + b);")
    loop.wait_for(re.compile(r"RED \d+ of \d+ · reran"), 90)
    assert [name for name in project.ran() if not name.startswith("bad")] == ["each2", "red", "two each2", "two red"]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_name_that_no_test_has_any_more(project, tool):
    """Then all of the file runs, and that name leaves."""
    path = javascript_of(framework(project, tool), tool, 3)
    text = project.read(path).replace('it("is green", () => { note("green");', 'it(`is ${add(20, 20)}`, () => { note("green"); equal(1, 2);')
    project.write(path, text)
    library(project, tool, "return a + b;")
    loop = project.aloof(rows=90, columns=140).wait_for(re.compile("RED 4 of 7 · ran 7"), 60).wait_for("is 40")
    project.ran()
    library(project, tool, "return a > 9 ? 41 : a + b;")
    loop.wait_for(re.compile(r"RED 4 of 7 · reran \d in"), 60)
    loop.wait_for(re.compile("FAIL .* is 41")).wait_for("is 40 is gone: left the red set")
    assert set(project.ran()) == {"adds", "each1", "each2", "green", "red", "up"}


@pytest.mark.parametrize("tool", TOOLS)
def test_one_that_is_skipped_meanwhile(project, tool):
    path = javascript_of(framework(project, tool), tool, 3)
    project.write(path, project.read(path).replace('it("adds up + 1', '(add(9, 0) === 9 ? it : it.skip)("adds up + 1'))
    library(project, tool, "return a + b;")
    loop = project.aloof(rows=40, columns=140).wait_for(re.compile("RED 3 of 7 · ran 7"), 60)
    library(project, tool, "return a === 2 ? 3 : a === 9 ? 0 : a + b;")
    loop.wait_for(re.compile("GREEN 7 tests.*the red set passed"), 60).wait_for("1 skipped")


def ruby_sums(project, expected):
    project.write("lib/sum.rb", "class Sum\n  def self.add(a, b) = a + b\nend\n")
    project.write("spec/sum_spec.rb", f"""
        require_relative "../lib/sum"
        NOTE = ->(name) {{ File.write("{project.base}/ran", name + "\\n", mode: "a") }}
        RSpec.describe Sum do
          describe "#add (a|b)* $5" do
            it("adds") {{ NOTE["adds"]; expect(Sum.add(1, 1)).to eq 2 }}
            it("adds up: it's \\"1/2\\"") {{ NOTE["red"]; expect(Sum.add(1, 1)).to eq {expected} }}
            it {{ NOTE["nameless"]; expect(Sum.add(1, 1)).to eq 2 }}
          end
          [1, 2].each {{ |n| it("is #{{n}} of [1, 2]") {{ NOTE["each#{{n}}"]; expect(Sum.add(n, 0)).to eq(n == 2 ? {expected} : 1) }} }}
        end
        """)


rspec = pytest.mark.skipif(not shutil.which("rspec"), reason="rspec is not installed")


@rspec
def test_only_the_red_ones_run_under_rspec(project):
    ruby_sums(project, 3)
    loop = project.aloof(rows=40, columns=140).wait_for(re.compile("RED 3 of 6 · ran 6"), 60)
    loop.wait_for(re.compile(r"FAIL  spec/sum_spec.rb > Sum#add \(a\|b\)\* \$5 adds up: it's \"1/2\""))
    assert project.ran() == ["adds", "each1", "each2", "nameless", "red"]
    project.write("lib/sum.rb", "class Sum\n  def self.add(a, b) = (a + b)\nend\n")
    loop.wait_for(re.compile("RED 3 of 6 · reran 3 in"), 60)
    assert project.ran() == ["each2", "red"]
    loop.type("s")
    loop.wait_for(re.compile("RED 3 of 6 · ran 2 in"), 60)
    assert len(project.ran()) == 1
    ruby_sums(project, 2)
    loop.wait_for(re.compile("GREEN 6 tests"), 60)


bats = pytest.mark.skipif(not shutil.which("bats"), reason="bats is not installed")


def bash_sums(project, expected):
    project.write("sum.bash", "add() { echo $(($1 + $2)); }\n")
    project.write("test/sum.bats", f"""
        load ../sum
        note() {{ echo "$1" >> {project.base}/ran; }}
        @test "adds" {{ note adds; [ "$(add 1 1)" = 2 ]; }}
        @test "adds up: it's (a|b)* [x] ^ {{2}} + 1?" {{ note red; [ "$(add 1 1)" = {expected} ]; }}
        @test "a \\"price\\" of \\$5" {{ note double; [ "$(add 1 1)" = {expected} ]; }}
        @test "adds up" {{ note up; [ "$(add 1 2)" = 3 ]; }}
        """)


@bats
def test_only_the_red_ones_run_under_bats(project):
    bash_sums(project, 3)
    loop = project.aloof(rows=40, columns=140).wait_for(re.compile("RED 3 of 5 · ran 5"), 60)
    loop.wait_for(re.compile(r"FAIL  test/sum.bats > adds up: it's \(a\|b\)\* \[x\] \^ \{2\} \+ 1\?"))
    assert project.ran() == ["adds", "double", "red", "up"]
    project.write("sum.bash", "add() { echo $((($1 + $2))); }\n")
    loop.wait_for(re.compile("RED 3 of 5 · reran 3 in"), 60)
    assert project.ran() == ["double", "red"]
    loop.type("s")
    loop.wait_for(re.compile("RED 3 of 5 · ran 2 in"), 60)
    assert len(project.ran()) == 1
    bash_sums(project, 2)
    loop.wait_for(re.compile("GREEN 5 tests"), 60)
