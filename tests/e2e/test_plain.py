"""--plain: the loop as lines and single keys, on a terminal that can do nothing else."""

import os
import re
import select
import signal
import stat

import pytest

RED = re.compile(r"15 tests, 1 failure in [\d.]+s\nRED 1 of 15")


def plain(project, *args, rows=60, **env):
    return project.aloof("--plain", *args, rows=rows, **{"TERM": "dumb", **env})


def editor(project, body):
    path = project.base / "editor"
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def mend(lighthouse):
    text = lighthouse.read("lighthouse/tide.py")
    lighthouse.save("lighthouse/tide.py", text.replace("BEGINS and", "BEGINS or"))


@pytest.fixture
def three(project):
    """Three red tests and a green one."""
    project.write("test_three.py", """
        def test_one():
            assert 1 == 2


        def test_two():
            print("two said this")
            assert 2 == 3


        def test_three():
            raise KeyError("three")


        def test_green():
            pass
        """)
    project.commit()
    return project


def three_red(three, *args, **env):
    loop = plain(three, "-n", "1", *args, **env)
    loop.wait_for("RED 3 of 4")
    return loop


def test_red_then_a_save_then_green(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(re.compile(r"^aloof: project, \d+ box(es)?; \? lists the keys, q quits\nstart: running all tests", re.M))
    loop.wait_for(re.compile(r"^FAIL  tests/test_tide\.py::test_mean_at_night", re.M))
    loop.wait_for(RED)
    mend(lighthouse)
    loop.wait_for(re.compile(r"^lighthouse/tide\.py changed: running the red set\n"
                             r"fixed: tests/test_tide\.py::test_mean_at_night\n"
                             r"OK!  1 test in [\d.]+s\n"
                             r"the red set passed: running all tests\n"
                             r"OK!  15 tests in [\d.]+s\n"
                             r"GREEN 15 tests$", re.M))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()
    assert b"\x1b" not in loop.raw
    assert loop.raw.count(b"\n") == loop.raw.count(b"\r")  # nothing is ever written over


def test_nothing_is_written_while_nothing_happens(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    assert loop.quiet(2)


def test_a_long_test_is_silent_until_it_is_asked_for(project):
    gate = project.base / "gate"
    os.mkfifo(gate)
    project.write("test_gate.py", f"def test_gate():\n    open({str(gate)!r}).read()\n")
    loop = plain(project)
    loop.wait_for("start: running all tests")
    loop.settle(1)
    assert loop.quiet(1.5)
    loop.type("\x0c")
    loop.wait_for(re.compile(r"^running: 0 of 1 ended, \d s\n   test_gate\.py::test_gate: \d s", re.M))
    loop.type("x")
    loop.wait_for("Interrupted: 0 of 1 tests")
    loop.type("x")
    loop.wait_for("nothing runs")


def test_keys_go_through_the_failures(three):
    loop = three_red(three)
    for key, answer in [("n", r"1 of 3: FAIL test_three\.py::test_one: AssertionError: assert 1 == 2\n +vi \+3 test_three\.py"),
                        ("j", r"2 of 3: FAIL test_three\.py::test_two"),
                        ("J", r"3 of 3: FAIL test_three\.py::test_three: KeyError: 'three'"),
                        ("n", r"test_three: KeyError: 'three'\n.*\nthat was the last"),
                        ("k", r"that was the last\n2 of 3: FAIL .*test_two"),
                        ("g", r"1 of 3: FAIL .*test_one.*\n.*\Z"),
                        ("N", r"that was the first"),
                        ("G", r"that was the first\n3 of 3: FAIL"),
                        ("\x1b[H", r"that was the first\n3 of 3: .*\n.*\n1 of 3: FAIL"),
                        ("2", r"1 of 3: FAIL .*\n.*\n2 of 3: FAIL .*test_two.*\n.*\Z"),
                        ("y", r"^test_three\.py::test_two\Z"),
                        ("4", r"there are 3\Z")]:
        loop.type(key)
        loop.wait_for(lambda screen, wanted=re.compile(answer, re.M): wanted.search(screen.text.rstrip()))


def test_keys_tell_more_about_a_failure(three):
    loop = three_red(three)
    loop.type("nnv")
    loop.wait_for(re.compile(r"^Standard output\ntwo said this", re.M))
    loop.type("o")
    loop.wait_for(lambda screen: len(re.findall(r"^FAIL  test_three\.py::test_two", screen.text, re.M)) == 3)
    loop.type("t")
    loop.wait_for(re.compile(r"^failed test_three\.py::test_one\n(failed .*\n){2}3 are red; once more for all tests", re.M))
    loop.type("t")
    loop.wait_for(re.compile(r"passed test_three\.py::test_green\n4 in all"))
    loop.type("l")
    loop.wait_for(re.compile(r"\d\d:\d\d:\d\d  all tests: start\n(.*\n)*\d\d:\d\d:\d\d  4 ran in .*, 3 red"))
    loop.type("Z")
    loop.wait_for("that key does nothing here; ? lists those that do")


def test_keys_run_tests(three):
    loop = three_red(three, "-c", "key.w=watch-again", rows=100)
    loop.type("r")
    loop.wait_for(re.compile(r"^running the red set\n(.*\n)+3 tests, 3 failures in .*\nRED 3 of 4", re.M))
    loop.type("a")
    loop.wait_for(re.compile(r"^running all tests\n(.*\n)+4 tests, 3 failures in .*\nRED 3 of 4", re.M))
    loop.type("ns")
    loop.wait_for(re.compile(r"^running one test\n(.*\n)+1 test, 1 failure in .*\nRED 3 of 4", re.M))
    loop.type("p")
    loop.wait_for("paused: changes wait")
    three.write("test_three.py", "def test_one():\n    pass\n")
    loop.type("p")
    loop.wait_for("not paused any more")
    loop.wait_for("test_three.py changed: running the red set")
    loop.wait_for("fixed: test_three.py::test_one")
    loop.wait_for(re.compile(r"GREEN 1 test$", re.M))
    assert loop.text.count("fixed: test_three.py::test_one") == 1
    loop.type("w")
    loop.wait_for("0 ignored files are watched again")
    loop.type("rn")
    loop.wait_for(re.compile(r"nothing is red\nnothing is red"))


def test_the_editor_gets_the_terminal_and_gives_it_back(lighthouse):
    told = lighthouse.base / "told"
    script = editor(lighthouse, f'echo "$@" >{told}\necho THE EDITOR BEGINS\nread answer\necho "$answer" >>{told}\n'
                                "sed -i 's/NIGHT_BEGINS and/NIGHT_BEGINS or/' lighthouse/tide.py\n"
                                "echo THE EDITOR WAITS\nread answer\n")
    loop = plain(lighthouse, EDITOR=script)
    loop.wait_for(RED)
    loop.type("\r")
    loop.wait_for("THE EDITOR BEGINS")
    assert loop.modes() == loop.modes_before
    loop.type("done\n")
    loop.wait_for("THE EDITOR WAITS")
    assert loop.quiet(1)  # the run that its save began is told when it has gone
    loop.type("\n")
    loop.wait_for(re.compile(r"THE EDITOR WAITS\n\n(.*\n)*GREEN 15 tests"))
    line, answer = told.read_text().splitlines()
    assert re.fullmatch(r"\+\d+ .*lighthouse/tide\.py", line), line
    assert answer == "done"
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_an_editor_that_is_not_there_is_said(lighthouse):
    loop = plain(lighthouse, EDITOR="/no/such/editor")
    loop.wait_for(RED)
    loop.type("\r")
    loop.wait_for("/no/such/editor: no such file or directory; set editor.command, VISUAL or EDITOR")


def test_the_debugger_gets_the_terminal(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    loop.type("d")
    loop.wait_for("(Pdb)")
    loop.type("p 6 * 7\n")
    loop.wait_for("42")
    loop.type("q\n")
    loop.wait_for(re.compile(r"\(Pdb\) q\n(.*\n)*RED 1 of 15"))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_suspend_and_fg(lighthouse):
    from project import ALOOF

    shell = lighthouse.spawn(["bash", "--norc", "--noprofile", "-i"], rows=60, PS1="PROMPT> ", TERM="dumb")
    shell.wait_for("PROMPT>")
    shell.type(f"{ALOOF} --plain\n")
    shell.wait_for(RED)
    shell.type("\x1a")
    shell.wait_for("Stopped")
    shell.type("echo still $((40 + 2))\n")
    shell.wait_for("still 42")
    mend(lighthouse)
    shell.type("fg\n")
    shell.wait_for(re.compile(r"--plain\nRED 1 of 15\n"))
    shell.wait_for("GREEN 15 tests")
    shell.type("q")
    shell.type("echo code $?\n")
    shell.wait_for("code 0")
    shell.type("exit\n")
    assert shell.wait_exit() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(lighthouse, number):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    assert loop.modes() != loop.modes_before
    os.kill(loop.pid, number)
    assert loop.wait_exit() == 2
    assert loop.given_back()


def test_a_crash_gives_the_terminal_back(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    os.kill(loop.pid, signal.SIGSEGV)
    assert loop.wait_exit() != 0
    assert loop.modes() == loop.modes_before


def test_ctrl_c_quits(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    loop.type("\x03")
    assert loop.wait_exit() == 2
    assert loop.given_back()


def test_a_closed_terminal_ends_it(lighthouse):
    from processes import wait_all_gone

    loop = plain(lighthouse)
    loop.wait_for(RED)
    lighthouse.terminals.remove(loop)
    loop.child.ptyproc.fileobj.close()
    assert wait_all_gone(lighthouse.mark, 5) == []


def test_help_lists_the_keys_as_they_are_bound(lighthouse):
    loop = plain(lighthouse, "-c", "bind.run-all=f5", "-c", "key.z=help")
    loop.wait_for("; z lists the keys, q quits")
    loop.wait_for(RED)
    loop.type("z")
    loop.wait_for(re.compile(r"^z, \?: these keys\nq, Ctrl-C: quit", re.M))
    loop.wait_for(re.compile(r"^F5, a: run all tests", re.M))
    assert "search" not in loop.text
    loop.type("\x1b[15~")
    loop.wait_for(re.compile(r"^running all tests$", re.M))


def test_wide_and_hostile_ids_are_lines_like_others(project):
    project.write("test_wide.py", """
        import pytest


        @pytest.mark.parametrize("word", ["日本語" * 30, "\\x1b[2Jzap\\x07"], ids=str)
        def test_wide(word):
            print("\\x1b]0;evil\\x07\\x1b[31mred\\x1b[0m")
            assert not word
        """)
    loop = plain(project, columns=40)
    loop.wait_for("RED 2 of 2")
    loop.type("nv")
    loop.wait_for("Standard output")
    assert "日本語" in loop.raw.decode()
    assert b"\x1b" not in loop.raw
    assert b"\x07" not in loop.raw


def test_colours_where_they_are_asked_for(lighthouse):
    loop = plain(lighthouse, "--color=always")
    loop.wait_for(RED)
    assert re.search(rb"\x1b\[31mRED 1 of 15\x1b\[0m", bytes(loop.raw))
    assert not re.search(rb"\x1b(?!\[[0-9;]*m)", bytes(loop.raw))


def test_ascii_where_the_locale_has_no_utf8(lighthouse):
    loop = plain(lighthouse, LC_ALL="C", LANG="C")
    loop.wait_for(RED)
    loop.type("v?")
    loop.wait_for("these keys")
    assert not re.search(rb"[\x80-\xff]", bytes(loop.raw))


def test_the_configuration_chooses_it_and_it_rings(lighthouse):
    lighthouse.write(".aloof.conf", "[ui]\n\tplain = true\n[notify]\n\thow = bell\n")
    loop = lighthouse.aloof(rows=60)
    loop.wait_for(RED)
    assert b"\a" not in loop.raw
    mend(lighthouse)
    loop.wait_for("GREEN 15 tests")
    loop.wait_for(lambda screen: b"\a" in screen.raw)
    assert b"\x1b" not in loop.raw


def test_once_has_no_bar_then(lighthouse):
    once = lighthouse.aloof("--once", "-c", "ui.plain=true")
    once.wait_for("15 tests, 1 failure")
    assert once.wait_exit() == 1
    assert b"\x1b" not in once.raw and b"/15" not in once.raw


def test_what_cannot_run_is_told_and_the_loop_goes_on(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    lighthouse.write("conftest.py", "import no_such_module_here\n")
    loop.wait_for(re.compile(r"^COLLECT conftest\.py.*\n(.*\n)+0 tests, 1 collection error in .*\nRED 2 of 16", re.M))
    assert loop.text.count("import no_such_module_here") == 1
    lighthouse.write("conftest.py", "def pytest_configure():\n    raise SystemExit('not today')\n")
    loop.wait_for(re.compile(r"not today\n(.*\n)*(BROKEN|RED)"))
    lighthouse.write("conftest.py", "")
    loop.wait_for(re.compile(r"not today\n(.*\n)+RED 1 of 15"))


def test_without_a_terminal_it_says_so(lighthouse):
    done = lighthouse.run("--plain")
    assert done.returncode == 4
    assert done.stderr == "aloof: the loop needs a terminal (use aloof --once without one)\n"


@pytest.mark.presses("f")
def test_f_takes_a_line_and_narrows_the_loop_down(three):
    three.record_runs()
    loop = three_red(three, "-c", "key.w=stop", rows=100)
    loop.type("f")
    loop.wait_for(re.compile(r"^words of the ids of .*, and Enter; Esc gives up\nfilter: *$", re.M))
    three.ran()
    loop.type("TWx")
    loop.wait_for(re.compile(r"^filter: TWx$", re.M))
    loop.type("\x7f")
    loop.wait_for(re.compile(r"^filter: TW$", re.M))
    loop.type("O\r")
    loop.wait_for(re.compile(r'^filter: TWO\nfilter "TWO": 1 of 4 tests match\n.*running the red set\n'
                             r"(.*\n)*RED 1 of 1, 2 others red$", re.M))
    assert three.ran() == ["test_three.py::test_two"]
    loop.type("fnowhere\r")
    loop.wait_for('Enter alone clears "TWO"')
    loop.wait_for('no test matches "nowhere": the filter stays as it was')
    loop.type("fa\x1b")
    loop.wait_for(re.compile(r"^filter: a\nthe filter stays as it was$", re.M))
    loop.type("f\r")
    loop.wait_for(re.compile(r"^filter:\nthe filter was cleared: running the red set\n(.*\n)*RED 3 of 4$", re.M))
    loop.type("f\r")
    loop.wait_for(re.compile(r"^filter:\nno filter is set$", re.M))


def test_what_happens_while_a_filter_is_typed_waits_for_its_end(three):
    loop = three_red(three, rows=100)
    loop.type("fthr")
    loop.wait_for(re.compile(r"^filter: thr$", re.M))
    met = three.base / "met"
    os.mkfifo(met)
    reader = os.open(met, os.O_RDONLY | os.O_NONBLOCK)
    three.write("test_more.py", f"def test_more():\n    open({str(met)!r}, 'w').write('.')\n")
    assert select.select([reader], [], [], 20)[0], "the change starts no run"
    os.close(reader)
    assert re.search(r"filter: thr$", loop.text.rstrip())
    loop.type("\x1b[200~ee \x1b[201~日本\x7f")
    loop.wait_for(re.compile(r"^filter: three 日 *$", re.M))
    loop.type("\x1b")
    loop.wait_for(re.compile(r"^filter: three 日 *\n(.*\n)*.*changed: running", re.M))


@pytest.mark.presses("i", "n")
def test_i_steps_through_the_failures(three):
    loop = three_red(three, rows=100)
    loop.type("2i")
    loop.wait_for(re.compile(r"^step 2 of 3: FAIL test_three\.py::test_two: .*\n +vi \+8 .*\nrunning one test\n", re.M))
    loop.wait_for(re.compile(r"running one test\n(.*\n)*1 test, 1 failure"))
    loop.type("n")
    loop.wait_for(re.compile(r"^step 3 of 3: FAIL test_three\.py::test_three(.*\n)+1 test, 1 failure", re.M))
    three.write("test_three.py", three.read("test_three.py").replace('raise KeyError("three")', "pass"))
    loop.wait_for(re.compile(r"test_three\.py changed: running one test\n(.*\n)*fixed: test_three\.py::test_three"))
    loop.wait_for("test_three.py::test_three is no longer red; 2 to go")
    loop.wait_for(re.compile(r"^step \d of 2: FAIL", re.M))
    loop.type("\x1b")
    loop.wait_for("no more steps: all that a change asks for runs again")
    loop.wait_for("RED 2 of 4")
    loop.type("\x1b")
    loop.wait_for("that key does nothing here")


def test_a_signal_ends_it_while_a_filter_is_typed(lighthouse):
    loop = plain(lighthouse)
    loop.wait_for(RED)
    loop.type("ftide")
    loop.wait_for("filter: tide")
    os.kill(loop.pid, signal.SIGTERM)
    assert loop.wait_exit() == 2
    assert loop.given_back()
    assert loop.text.rstrip().endswith("filter: tide")
