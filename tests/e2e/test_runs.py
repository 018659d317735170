"""Which tests a run is about, and in which order: lists, patterns, the red set, one box."""

import pathlib
import re
import shutil
import sqlite3

import pytest

TESTS = {
    "test_a.py": """
        def test_one(): pass
        def test_two(): assert False
        class TestC:
            def test_x(self): pass
            def test_y(self): pass
        """,
    "test_b.py": """
        def test_three(): pass
        def test_four(): assert 1 == 2
        """,
    "test_c.py": """
        def test_five(): pass
        """,
}
IDS = ["test_a.py::test_one", "test_a.py::test_two", "test_a.py::TestC::test_x", "test_a.py::TestC::test_y",
       "test_b.py::test_three", "test_b.py::test_four", "test_c.py::test_five"]
RED = ["test_a.py::test_two", "test_b.py::test_four"]
SHUFFLED = [IDS[at] for at in (1, 0, 2, 3, 6, 4, 5)]  # by the seed 1, on every machine


@pytest.fixture
def tests(project):
    """Seven tests, of which two fail; each leaves its id behind."""
    for path, text in TESTS.items():
        project.write(path, text)
    project.record_runs()
    project.commit()
    return project


def red(project):
    """What the history has as red."""
    rows = sqlite3.connect(project.root / ".git/aloof/history.db").execute("SELECT name FROM tests WHERE red AND NOT gone")
    return sorted(name for name, in rows)


def last_line(done):
    return done.stdout.rstrip("\n").splitlines()[-1]


def write_list(project, *ids, name="list"):
    path = project.base / name
    path.write_text("".join(f"{id}\n" for id in ids))
    return path


# Which.


def test_the_red_set_and_nothing_after_it(tests):
    tests.once()
    assert sorted(tests.ran()) == sorted(IDS)
    done = tests.once("--failing")
    assert done.returncode == 1
    assert tests.ran() == RED
    tests.write("test_a.py", TESTS["test_a.py"].replace("assert False", "pass"))
    tests.once("--failing")
    tests.ran()
    tests.write("test_b.py", TESTS["test_b.py"].replace("1 == 2", "1"))
    done = tests.once("--failing")
    assert tests.ran() == RED[1:]
    assert done.returncode == 0 and last_line(done).startswith("OK!  1 test in"), done.stdout
    done = tests.once("--failing")
    assert done.returncode == 5
    assert done.stdout == "nothing is red: no test was run\n"
    assert tests.ran() == []


def test_the_red_set_of_a_part(tests):
    tests.once()
    tests.ran()
    tests.once("--failing", "test_b.py")
    assert tests.ran() == RED[1:]
    done = tests.once("--failing", "--include", "five")
    assert (done.returncode, done.stdout) == (5, "nothing of what is asked for is red: no test was run\n")


def test_a_file_that_could_not_be_collected_is_red_with_all_its_tests(tests):
    tests.write("test_b.py", "import nowhere\n")
    tests.once()
    tests.ran()
    tests.write("test_b.py", TESTS["test_b.py"])
    assert tests.once("--failing").returncode == 1
    assert tests.ran() == sorted([*RED, "test_b.py::test_three"])


def test_a_list_keeps_its_order(tests):
    wanted = [IDS[6], IDS[0], IDS[4], IDS[2]]
    path = write_list(tests, "# by hand", wanted[0], "", *wanted[1:], wanted[0])
    for _ in range(2):  # without a history, and with one
        done = tests.once("--serial", "--load-list", path)
        assert done.returncode == 0, done.stdout
        assert tests.ran_in_order() == wanted
        assert red(tests) == []
        tests.once()
        tests.ran()
        with sqlite3.connect(tests.root / ".git/aloof/history.db") as history:
            history.execute("UPDATE tests SET red = 0")


def test_a_list_on_standard_input(tests):
    terminal = tests.spawn(["sh", "-c", f"echo {IDS[6]} | {aloof()} --once --load-list -"])
    assert terminal.wait_exit() == 0
    assert tests.ran() == [IDS[6]]


def aloof():
    from project import ALOOF

    return ALOOF


def test_a_list_with_tests_that_are_not_there(tests):
    done = tests.once("--load-list", write_list(tests, IDS[0], "test_a.py::gone", "nowhere.py::gone"))
    assert done.returncode == 4
    assert "2 of the 3 tests on the list are unknown here: test_a.py::gone and 1 more\n" in done.stdout
    assert "OK!" not in done.stdout
    assert tests.ran() == IDS[:1]
    done = tests.once("--load-list", write_list(tests))
    assert (done.returncode, done.stdout) == (5, "the list of tests is empty: no test was run\n")


def test_patterns_and_a_list_of_what_to_leave_out(tests):
    tests.once("--include", r"^test_b", "--include", "TestC::")
    assert tests.ran() == sorted(IDS[2:6])
    tests.once("--include", r"^test_[ab]", "--exclude", "_y$", "--exclude", "two|four")
    assert tests.ran() == sorted([IDS[0], IDS[2], IDS[4]])
    done = tests.once("--exclude-list", write_list(tests, *RED))
    assert done.returncode == 0
    assert tests.ran() == sorted(set(IDS) - set(RED))


def test_what_a_run_did_not_cover_keeps_its_outcome(tests):
    tests.once()
    assert red(tests) == RED
    for args in (["--include", "five"], ["--exclude", "two|four"], ["test_c.py"], ["-k", "five"],
                 ["--load-list", write_list(tests, IDS[6])], ["--exclude-list", write_list(tests, *RED, name="others")]):
        assert tests.once(*args).returncode == 0, args
        assert red(tests) == RED, args


def test_what_is_not_found_stays_red_in_a_partial_run(tests):
    tests.once()
    (tests.root / "test_b.py").unlink()
    tests.once("--partial")
    assert red(tests) == RED
    tests.once()
    assert red(tests) == RED[:1]


def test_the_loop_is_narrowed_down_by_patterns(tests):
    loop = tests.aloof("--include", "test_[bc]", "--exclude", "four")
    loop.wait_for(r"GREEN")
    assert tests.ran() == sorted([IDS[4], IDS[6]])
    tests.save("test_c.py", "def test_five(): assert 0\ndef test_four(): assert 0\n")
    loop.wait_for(re.compile(r"RED 1 of .*ran \d+ in"))
    assert tests.ran() == sorted([IDS[4], IDS[6]])
    loop.type("q")
    assert loop.wait_exit() == 0


# Of which environment.


def known(project):
    """What the history has as red, with whose it is."""
    rows = sqlite3.connect(project.root / ".git/aloof/history.db").execute("SELECT recipe, name FROM tests WHERE red AND NOT gone")
    return sorted(rows)


def test_environments_have_red_sets_of_their_own(tests):
    tests.once("--environment", "one")
    assert known(tests) == [("pytest@one", id) for id in RED]
    tests.write("test_a.py", TESTS["test_a.py"].replace("assert False", "pass"))
    tests.ran()
    tests.once("--failing", TOX_ENV_NAME="one")
    assert tests.ran() == RED
    assert tests.once("--failing").returncode == 5
    tests.once(TOX_ENV_NAME="two")
    assert known(tests) == [("pytest@one", RED[1]), ("pytest@two", RED[1])]
    tests.write("test_b.py", TESTS["test_b.py"].replace("1 == 2", "1"))
    tests.once("--environment", "two", TOX_ENV_NAME="one")
    assert known(tests) == [("pytest@one", RED[1])]
    tests.once()
    assert known(tests) == [("pytest@one", RED[1])]


def test_the_header_says_which_environment_it_is(tests):
    tests.write(".aloof.conf", "[run]\n\tenvironment = three\n")
    tests.write("test_b.py", "def test_a(): assert 0\n")
    loop = tests.aloof("test_b.py").wait_for(re.compile(r"pytest [\d.]+ in three"))
    loop.wait_for("RED 1")
    loop.type("q")
    assert loop.wait_exit() == 0
    assert known(tests) == [("pytest@three", "test_b.py::test_a")]


# For which machine.


def test_every_test_is_in_one_shard(tests):
    def shards(of):
        found = []
        for number in range(1, of + 1):
            done = tests.once("--shard", f"{number}/{of}", "--exclude", "two|four", home_of_its_own(number))
            found.append(tests.ran())
            assert done.returncode == 0, done.stdout
            assert f"shard {number} of {of}: {len(found[-1])} of 5 tests\n" in done.stdout
        return found

    def home_of_its_own(number):
        """Each shard is run with the history that the first began with."""
        store = tests.root / ".git/aloof"
        if number == 1:
            shutil.rmtree(tests.base / "before", ignore_errors=True)
            if store.exists():
                shutil.copytree(store, tests.base / "before")
        else:
            shutil.rmtree(store)
            if (tests.base / "before").exists():
                shutil.copytree(tests.base / "before", store)
        return "--partial"

    for _ in range(2):  # without a history, and with one
        two = shards(2)
        assert sorted(two[0] + two[1]) == sorted(set(IDS) - set(RED))
        assert all(two)
        seven = shards(7)
        assert sorted(sum(seven, [])) == sorted(set(IDS) - set(RED))
        assert [] in seven  # there are three files, and no reason to divide them
        tests.once()
        tests.ran()


def test_a_shard_leaves_the_rest_of_the_red_set_as_it_is(tests):
    tests.once()
    tests.ran()
    for number in range(1, 4):
        tests.once("--shard", f"{number}/3")
        assert red(tests) == RED
    tests.ran()
    tests.once("--failing", "--shard", "1/2")
    assert len(tests.ran()) == 1


# In which order.


def pids(project):
    """Has each test leave the number of its process behind, too."""
    project.write("conftest.py", f"""
        import os

        def pytest_runtest_setup(item):
            with open({str(project.base / "pids")!r}, "a") as file:
                print(os.getpid(), file=file)
        """)


def test_all_in_one_process(tests):
    pids(tests)
    tests.once("--serial")
    numbers = (tests.base / "pids").read_text().split()
    assert len(numbers) == len(IDS) and len(set(numbers)) == 1


def test_one_box_goes_on_in_another_after_a_crash(tests):
    tests.write("test_a.py", TESTS["test_a.py"].replace("assert False", "import os; os.abort()"))
    done = tests.once("--serial")
    assert done.returncode == 1
    assert tests.ran_in_order() == IDS
    assert last_line(done).startswith("7 tests, 1 failure, 1 crash"), done.stdout


def test_the_runners_order_is_that_of_one_box(tests):
    tests.once("--serial")
    assert tests.ran_in_order() == IDS


def test_failed_first(tests):
    tests.once()
    tests.ran()
    tests.once("--serial", "--order", "failed-first")
    assert tests.ran_in_order() == [*RED, *(id for id in IDS if id not in RED)]


def test_slow_and_fast_ones_first(tests):
    tests.once()
    tests.ran()
    with sqlite3.connect(tests.root / ".git/aloof/history.db") as history:
        for at, name in enumerate(IDS):
            history.execute("UPDATE tests SET usual_ns = ?, duration_ns = ? WHERE name = ?", ((at + 1) * 10**6, 0, name))
    history.close()
    tests.once("--serial", "--order", "slowest-first", "--include", "test_[ab]")
    assert tests.ran_in_order() == IDS[5::-1]
    with sqlite3.connect(tests.root / ".git/aloof/history.db") as history:
        for at, name in enumerate(IDS):
            history.execute("UPDATE tests SET usual_ns = ?, duration_ns = ? WHERE name = ?", ((9 - at) * 10**6, 0, name))
    history.close()
    tests.once("--serial", "--order", "fastest-first")
    assert tests.ran_in_order() == IDS[::-1]


def test_the_same_seed_gives_the_same_order(tests):
    orders = []
    for seed in (1, 1, 2, 3, 4, 5):
        done = tests.once("--serial", "--order", f"random:{seed}")
        assert f"in the order random:{seed}\n" in done.stdout
        orders.append(tests.ran_in_order())
        assert sorted(orders[-1]) == sorted(IDS)
    assert orders[0] == orders[1] == SHUFFLED
    assert len(set(map(tuple, orders))) > 2
    done = tests.once("--serial", "--order", "random")
    drawn = tests.ran_in_order()
    seed = re.search(r"^in the order (random:\d+)$", done.stdout, re.M)[1]
    tests.once("--serial", "--order", seed)
    assert tests.ran_in_order() == drawn
    tests.once("--serial", "--order", seed, "--exclude", "one|four")  # what is left keeps its order
    assert tests.ran_in_order() == [id for id in drawn if not re.search("one|four", id)]


@pytest.mark.parametrize("args, says", [
    (["--failing"], "--failing: only with --once (in the loop r runs the red tests)"),
    (["--load-list", "x"], "--load-list: only with --once (the loop has --include, --exclude and --exclude-list)"),
    (["--once", "--serial", "-n", "3"], "--serial is one box, and -n 3 wants 3: give one of them"),
    (["--once", "--serial", "--boxed"], "--serial is one box for all tests, and --boxed wants several: give one of them"),
    (["--shard", "1/2"], "--shard: only with --once (the loop has all tests)"),
    (["--once", "--shard", "3/2"], "--shard = 3/2: expected I/N, with I from 1 to N"),
    (["--once", "--order", "alphabetical"], "--order = alphabetical: expected failed-first, slowest-first, fastest-first, random, random:SEED or given"),
    (["--once", "--order", "random:-1"], "--order = random:-1: expected failed-first, slowest-first, fastest-first, random, random:SEED or given"),
    (["--once", "--include", "(" ], "--include: '(' is no regular expression: missing closing parenthesis, at 2"),
    (["--once", "--load-list", "nowhere"], "--load-list: nowhere: cannot be read: No such file or directory"),
    (["--once", "--exclude-list", "."], "--exclude-list: .: cannot be read: Is a directory"),
    (["--once", "--exclude-list", "octets"], "--exclude-list: octets:2: is no text, but should be ids of tests, one a line"),
    (["--once", "--load-list", "-", "--exclude-list", "-"], "--load-list - --exclude-list -: standard input can be one list only"),
    (["load", "--once", "--failing", "x.xml"], "--failing: nothing is run when results are loaded"),
])
def test_contradictions_are_one_line(tests, args, says):
    pathlib.Path(tests.root / "octets").write_bytes(b"a\nb\0c\n")
    done = tests.run(*args)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"aloof: {says}\n")
    assert tests.ran() == []
