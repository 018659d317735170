"""aloof init: a configuration file from what is found."""

import os
import re

import pytest


def lines(text):
    """The lines that set something, as they would be without their comment sign."""
    return re.findall(r"^\t(# )?([\w-]+) = (.*)$", text, re.M)


def test_the_file_says_what_each_setting_does_and_is_accepted(lighthouse):
    done = lighthouse.run("init")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout == f"wrote {lighthouse.root}/.aloof.conf: the tests are run by recipe pytest\n"
    text = lighthouse.read(".aloof.conf")
    assert re.search(r"^\t# deadline of each test.*\n\t# timeout = 0$", text, re.M)
    assert [line for line in lines(text) if not line[0]] == []  # pytest alone fits: nothing to be decided
    done = lighthouse.once()
    assert (done.returncode, "15 tests, 1 failure" in done.stdout) == (1, True), done.stdout + done.stderr


def test_every_default_is_what_it_is_without_the_file(lighthouse):
    """And every setting that there is stands in it."""
    text = lighthouse.run("init", "-").stdout
    keys = [row.split("\t")[3] for row in lighthouse.run("--options").stdout.splitlines()]
    assert len(lines(text)) == len([key for key in keys if key])
    plain = re.sub(r"^\t# ([\w-]+ = (?!ARGUMENT|FILE))", r"\t\1", text, flags=re.M)
    assert len([line for line in lines(plain) if not line[0]]) == len(lines(text)) - 2
    lighthouse.write(".aloof.conf", plain)
    done = lighthouse.once()
    assert (done.returncode, "15 tests, 1 failure" in done.stdout) == (1, True), done.stdout + done.stderr
    loop = lighthouse.aloof("-c", "key.f5=none").wait_for(re.compile("RED 1 of 15"))
    loop.type("q")
    assert loop.wait_exit() == 0


@pytest.mark.parametrize("argument", ["-", "--stdout"])
def test_it_is_printed_on_demand(project, argument):
    done = project.run("init", argument)
    assert done.returncode == 0 and "[run]\n" in done.stdout
    assert not (project.root / ".aloof.conf").exists()


def test_a_file_that_is_there_stays(project):
    project.write(".aloof.conf", "this is [no configuration\n")
    done = project.run("init")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (f"aloof: {project.root}/.aloof.conf: is there already, and stays as it is; "
                           "aloof init --stdout prints what would be in it\n")
    assert project.read(".aloof.conf") == "this is [no configuration\n"
    assert project.run("init", "-").returncode == 0


def test_one_of_several_recipes_is_written_down(project):
    project.write("t/a.t", "")
    project.write("test/a.bats", "")
    project.write("test_a.py", "")
    text = project.run("init", "-").stdout
    assert "\t# here: by test_*.py\n\t# these fit: pytest, bats, prove\n\t# to use more than one: recipe = pytest, bats, prove\n\trecipe = pytest\n" in text


def test_nothing_is_found(project):
    assert "\t# nothing here tells which it is, so pytest is tried\n\t# recipe = pytest\n" in project.run("init", "-").stdout


def test_it_is_written_at_the_top(project):
    project.write("deep/down/test_a.py", "")
    done = project.run("init", cwd=project.root / "deep/down")
    assert done.returncode == 0 and (project.root / ".aloof.conf").exists()


def test_values_are_quoted(project):
    text = project.run("init", "-", VISUAL='sh "it\\" # x').stdout
    assert '\t# command = "sh \\"it\\\\\\" # x"\n' in text
    text = project.run("init", "-", VISUAL='sh "a b" \\; # x').stdout
    project.write(".aloof.conf", text.replace("# command = \"sh", "command = \"sh"))
    assert "ok      editor: sh a b ; # x +{line} {file} (editor.command), " in project.run("doctor").stdout


def test_what_cannot_be_written_is_told(project):
    (project.root / "sub").mkdir()
    done = project.run("init", "--nowhere")
    assert (done.returncode, "--nowhere: it takes no such argument" in done.stderr) == (4, True)
    if os.geteuid() != 0:
        project.root.chmod(0o555)
        done = project.run("init")
        project.root.chmod(0o755)
        assert (done.returncode, "cannot be written: Permission denied" in done.stderr) == (4, True)
