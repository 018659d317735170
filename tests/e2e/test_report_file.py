"""Results that come in a file of their own: {report} in a recipe's command."""

import os
import re
import signal

import pytest

from processes import wait_all_gone


@pytest.fixture
def reporting(project):
    """A project whose tests write TAP into the file that they are given; a place for it of which all is seen."""
    project.write(".aloof.conf", """
        [recipe "points"]
        	list = sh -c 'ls t/*'
        	run = sh {file} {report}
        	format = tap
        """)
    (project.base / "spare").mkdir()
    project.env["TMPDIR"] = str(project.base / "spare")
    project.write("t/good", "echo 1..1 > $1; echo ok 1 - fine >> $1\n")
    return project


def left(project):
    return os.listdir(project.base / "spare")


def test_red_edit_green_full_with_a_report(reporting):
    body = "echo %s | tee -a {0}/ran; echo 1..1 > $1; echo not ok 1 - adds >> $1; echo '# is 3' >> $1\n".format(reporting.base)
    reporting.write("t/sum", body % "t/sum")
    loop = reporting.aloof().wait_for(re.compile("RED 2 of 4.*ran 4"))
    loop.wait_for("FAIL  t/sum > adds").wait_for("is 3")
    reporting.write("t/good", reporting.read("t/good") + f"echo t/good >> {reporting.base}/ran\n")
    loop.wait_for(re.compile("reran"))
    reporting.ran()
    reporting.write("t/sum", body.replace("is 3", "is 4") % "t/sum")
    loop.wait_for("is 4")
    assert reporting.ran() == ["t/sum"]
    reporting.write("t/sum", body.replace("not ok", "ok") % "t/sum")
    loop.wait_for(re.compile("GREEN 4 tests.*the red set passed"))
    assert set(reporting.ran()) == {"t/good", "t/sum"}
    loop.type("q")
    assert loop.wait_exit() == 0
    assert left(reporting) == []


@pytest.mark.parametrize("script, said", [
    ("echo 1..2 > $1; echo ok 1 - a >> $1; echo not ok 2 - b >> $1", r"FAIL  t/it > b\n(.*\n)*.*FAIL  t/it .*\n   1 of 2 in it failed"),
    ("echo 1..2; echo ok 1; echo ok 2", r"FAIL  t/it .*\n(   .*\n)*   it wrote no report"),
    ("mkdir $1", r"FAIL  t/it .*\n(   .*\n)*   its report is no file"),
    ("mkfifo $1", r"FAIL  t/it .*\n(   .*\n)*   its report is no file"),
    ("touch $1", r"FAIL  t/it .*\n(   .*\n)*   no plan and no points"),
    ("echo 1..3 > $1; echo ok 1 - a >> $1", r"FAIL  t/it .*\n   the stream: 3 points planned, 1 came"),
    ("echo 1..1 > $1; echo ok 1 - a >> $1; exit 3", r"FAIL  t/it .*\n   exited with status 3, and nothing that it reported failed"),
    ("echo 1..3 > $1; echo not ok 1 - a >> $1; printf 'ok 2 -' >> $1; kill -9 $$", r"FAIL  t/it > a\n(.*\n)*CRASH t/it   killed by SIGKILL"),
    ("echo 1..1 > $1; echo ok 1 - a >> $1; kill -9 $PPID; sleep 1000", r"CRASH t/it "),
    ("echo 1..1 > $1; echo ok 1 - a >> $1; head -c 70000000 /dev/zero | tr '\\0' '\\n' >> $1", r"FAIL  t/it .*\n   its report is larger than 64 MiB"),
    ("cp -r /etc/alternatives $(dirname $1)/more; ln -s / $1.link; chmod -R 0 $(dirname $1)/more; echo 1..1 > $1; echo not ok 1 >> $1", r"1 of 1 in it failed"),
])
def test_a_report_is_never_falsely_green_and_never_left(reporting, script, said):
    reporting.write("t/it", script + "\n")
    done = reporting.once("-n", "1", "--box=test", timeout=150)
    assert done.returncode == 1
    assert re.search(said, done.stdout), done.stdout
    assert left(reporting) == []


def test_the_report_is_removed_when_aloof_is_killed(reporting):
    reporting.write("t/hangs", "echo 1..1 > $1; sleep 1000\n")
    loop = reporting.aloof().wait_for(lambda terminal: any(files for place, _, files in os.walk(reporting.base / "spare")))
    os.kill(loop.pid, signal.SIGKILL)
    loop.wait_exit()
    assert wait_all_gone(reporting.mark, 10) == []
    assert left(reporting) == []


def test_no_place_for_a_report(reporting):
    done = reporting.once(TMPDIR="/nowhere")
    assert done.returncode == 1
    assert "there is no place for its report (TMPDIR)" in done.stdout, done.stdout


def test_a_report_in_no_format(reporting):
    reporting.write(".aloof.conf", reporting.read(".aloof.conf").replace("\tformat = tap\n", ""))
    done = reporting.once()
    assert done.returncode == 4
    assert re.search(r"\.aloof\.conf:3: run of recipe points has \{report\}, and no key format", done.stderr), done.stderr


def test_the_directory_of_reports_is_no_business_of_tests(reporting):
    reporting.write("t/it", "echo 1..1 > $1; if env | grep ALOOF_SCRATCH; then echo not ok; else echo ok; fi >> $1\n")
    assert reporting.once().returncode == 0
