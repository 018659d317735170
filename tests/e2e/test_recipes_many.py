"""Recipes whose tests are files, many of them in one process: what each reports is its own."""

import re
import shutil

import pytest

from test_recipes_web import javascript

TOOLS = ["vitest", "jest", "mocha"]
PATHS = {"vitest": "src/{}.test.ts", "jest": "src/{}.test.js", "mocha": "test/{}.test.js"}


def file_of(project, tool, name, body):
    """A file of one test, which leaves its name and the process that it ran in."""
    if tool == "vitest":
        head = 'import { it } from "vitest";\nimport { appendFileSync } from "node:fs";\nconst runner = process.ppid;\n'
    else:
        head = 'const { appendFileSync } = require("node:fs");\nconst runner = process.pid;\n'
    path = PATHS[tool].format(name)
    note = f'appendFileSync("{project.base}/ran", "{name}\\n"); appendFileSync("{project.base}/pids", runner + "\\n");'
    project.write(path, f'{head}it("works", () => {{ {note} {body} }});\n')
    return path


def three(project, tool, body):
    javascript(project, tool)
    project.write("package.json", '{"devDependencies": {"%s": "*"}}\n' % tool)
    file_of(project, tool, "one", "")
    file_of(project, tool, "three", "")
    return file_of(project, tool, "two", body)


def processes(project):
    return len(set((project.base / "pids").read_text().split()))


@pytest.mark.parametrize("tool", TOOLS)
def test_one_process_runs_many_files_and_only_the_red_one_reruns(project, tool):
    path = three(project, tool, 'console.log("chatter"); throw new Error("wrong");')
    loop = project.aloof("-n", "1").wait_for(re.compile("RED 2 of 6 · ran 6"), 60)
    loop.wait_for(f"FAIL  {path} > works").wait_for("Error: wrong").wait_for("1 of 1 in it failed").wait_for("chatter")
    assert (project.ran(), processes(project)) == (["one", "three", "two"], 1)
    file_of(project, tool, "two", 'throw new Error("still");')
    loop.wait_for("Error: still", 60).wait_for(re.compile("RED 2 of 6 · reran"))
    assert project.ran() == ["two"]
    file_of(project, tool, "two", "")
    loop.wait_for(re.compile("GREEN 6 tests"), 60)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_cannot_be_loaded_is_red_among_others(project, tool):
    path = three(project, tool, "")
    project.write(path, 'throw new Error("not loaded");\n')
    done = project.once("-n", "1", timeout=120)
    assert done.returncode == 1
    assert re.search(rf"(COLLECT|FAIL ) {path}(.*\n)*.*not loaded", done.stdout), done.stdout
    assert len(re.findall("^(FAIL|COLLECT|CRASH|NOT RUN)", done.stdout, re.M)) == 1, done.stdout
    assert project.ran() == ["one", "three"]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_ends_its_process_costs_no_other_its_outcome(project, tool):
    path = three(project, tool, "process.exit(0);")
    done = project.once("-n", "1", timeout=120)
    assert done.returncode == 1
    said = f"FAIL  {path} > works" if tool == "vitest" else f"CRASH {path} +exited with status 0 in the middle of it"
    assert re.search(said, done.stdout), done.stdout
    assert len(set(re.findall(r"^[A-Z]+ +\S+test\.[jt]s", done.stdout, re.M))) == 1, done.stdout
    assert set(project.ran()) == {"one", "three", "two"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_ends_its_process_when_it_is_loaded(project, tool):
    path = three(project, tool, "")
    project.write(path, "process.exit(0);\n")
    done = project.once("-n", "1", timeout=120)
    assert done.returncode == 1
    assert set(re.findall(r"^[A-Z]+ +(\S+test\.[jt]s)", done.stdout, re.M)) == {path}, done.stdout
    assert project.ran() == ["one", "three"]


def rspec_files(project, body):
    for name, inner in (("one", ""), ("three", ""), ("two", body)):
        project.write(f"spec/{name}_spec.rb", f"""
            describe "{name}" do
              it "works" do
                File.write("{project.base}/ran", "{name}\\n", mode: "a")
                File.write("{project.base}/pids", "#{{$$}}\\n", mode: "a")
                {inner}
              end
            end
            """)
    return "spec/two_spec.rb"


rspec = pytest.mark.skipif(not shutil.which("rspec"), reason="rspec is not installed")


@rspec
def test_one_process_of_rspec_runs_many_files_and_only_the_red_one_reruns(project):
    path = rspec_files(project, 'puts "chatter"; raise "wrong"')
    loop = project.aloof("-n", "1").wait_for(re.compile("RED 2 of 6 · ran 6"), 60)
    loop.wait_for(f"FAIL  {path} > two works").wait_for("wrong").wait_for("1 of 1 in it failed").wait_for("chatter")
    assert (project.ran(), processes(project)) == (["one", "three", "two"], 1)
    rspec_files(project, 'raise "still"')
    loop.wait_for("still", 60)
    rspec_files(project, "")
    loop.wait_for(re.compile("GREEN 6 tests"), 60)


@rspec
@pytest.mark.parametrize("text, said", [
    ('describe "two" do wrong end', "COLLECT {path} .*"),
    ("exit!(0)", r"FAIL  {path} .*\n +exited with status 0 without a word about it"),
    ('describe "two" do it "ends" do exit!(0) end end', "CRASH {path} +exited with status 0 in the middle of it"),
    ('describe "two" do it "dies" do Process.kill(:SEGV, $$); sleep end end', "CRASH {path} +killed by SIG"),
    ('describe "two" do before(:all) { raise "early" }; it "adds" do end end', "FAIL  {path} > two adds .*"),
    ('describe "two" do after(:all) { raise "late" }; it "adds" do end end', "(ERROR|FAIL ) {path} > An error occurred .*"),
])
def test_ends_of_a_file_of_rspec_among_others(project, text, said):
    path = rspec_files(project, "")
    project.write(path, text + "\n")
    done = project.once("-n", "1", timeout=120)
    assert done.returncode == 1
    assert re.search("^" + said.replace("{path}", path), done.stdout, re.M), done.stdout
    assert set(re.findall(r"^[A-Z]+ +(\S+_spec\.rb)", done.stdout, re.M)) == {path}, done.stdout
    assert set(project.ran()) == {"one", "three"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_with_nothing_in_it_is_skipped_among_others(project, tool):
    path = three(project, tool, "")
    project.write(path, "globalThis.nothing = 1;\n")
    done = project.once("-n", "1", timeout=120)
    assert project.ran() == ["one", "three"]
    if tool == "mocha":
        assert (done.returncode, "1 skipped" in done.stdout) == (0, True), done.stdout
    else:  # which have it that such a file is wrong
        assert done.returncode == 1
        assert len(re.findall(rf"^[A-Z]+ +{path}", done.stdout, re.M)) == 1, done.stdout
