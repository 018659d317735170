"""The loop narrowed down: a filter, steps through the failures, jumps; and the clipboard."""

import base64
import re

import pytest


CHANGED = r"· \S+ (and \d+ more )?changed"  # a file that was renamed may be seen by its first name, too


def verdict(text, ran=r"\d+", why=""):
    """The header once a run is over."""
    return re.compile(rf"^ {text} · (?:re)?ran {ran} in [^·\n]*{why}", re.M)


def row(number, pattern):
    """What is on that row of the screen."""
    def shows(loop):
        return re.search(pattern, loop.lines[number]) is not None
    shows.__name__ = f"row {number}: {pattern}"
    return shows


def bottom(pattern):
    return row(-1, pattern)


@pytest.fixture
def shop(project):
    """Nine tests in three files; two of the prices and one of the stock are red."""
    project.write("shop.py", "PRICE, SUM, STOCK = 1, 2, 3\n")
    project.write("test_price.py", """
        import shop

        def test_price():
            assert shop.PRICE == 10

        def test_sum():
            assert shop.SUM == 20

        def test_free():
            pass
        """)
    project.write("test_stock.py", """
        import shop

        def test_stock():
            assert shop.STOCK == 30

        def test_none():
            pass
        """)
    project.write("test_words.py", """
        import pytest

        @pytest.mark.parametrize("word", ["日本", "日光", "день", "plain"])
        def test_word(word):
            pass
        """)
    project.write("pytest.ini", """
        [pytest]
        disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true
        """)
    project.record_runs()
    project.commit()
    return project


PRICES = ["test_price.py::test_free", "test_price.py::test_price", "test_price.py::test_sum"]
RED = ["test_price.py::test_price", "test_price.py::test_sum", "test_stock.py::test_stock"]


def sell(shop, price, total, stock):
    shop.save("shop.py", f"PRICE, SUM, STOCK = {price}, {total}, {stock}\n")


@pytest.fixture
def loop(shop):
    loop = shop.aloof("-n1", rows=40)  # one box: the failures are in the order of the files
    loop.wait_for(verdict("RED 3 of 9", 9))
    loop.wait_for("FAIL  test_stock.py::test_stock")
    assert len(shop.ran()) == 9
    return loop


@pytest.mark.presses("f")
def test_a_filter_holds_until_it_is_cleared(shop, loop):
    loop.type("f")
    loop.wait_for(bottom("^ filter: +words of the ids of 9 tests$"))
    loop.type("PRI")
    loop.wait_for(bottom("^ filter: PRI +3 of 9 match$"))
    loop.type("X")
    loop.wait_for(bottom("^ filter: PRIX +0 of 9 match$"))
    loop.type("\x7fce")
    loop.wait_for(bottom("^ filter: PRIce +3 of 9 match$"))
    assert shop.ran() == []
    loop.type("\r")
    loop.wait_for(verdict("FILTER PRIce · RED 2 of 3, 1 other red", 2))
    assert shop.ran() == RED[:2]

    sell(shop, 10, 3, 4)
    loop.wait_for(verdict("FILTER PRIce · RED 1 of 3, 1 other red", 2, CHANGED))
    assert shop.ran() == RED[:2]
    sell(shop, 10, 20, 5)
    loop.wait_for(verdict("FILTER PRIce · 3 of 3 passed, 1 other red", 3))
    assert sorted(set(shop.ran())) == PRICES
    loop.wait_for("only what matches runs · f and Enter clears the filter")
    loop.wait_for("assert 3 == 30")  # as it failed last

    sell(shop, 10, 20, 30)
    loop.wait_for(verdict("FILTER PRIce · 3 of 3 passed, 1 other red", 3, CHANGED))
    assert shop.ran() == PRICES
    loop.type("f")
    loop.wait_for(bottom('^ filter: +Enter clears "PRIce"$'))
    loop.type("\r")
    loop.wait_for(verdict("GREEN 9 tests", 9))
    assert len(set(shop.ran())) == 9
    assert "FILTER" not in loop.text


def test_under_a_filter_the_screen_is_never_green(shop, loop):
    sell(shop, 10, 20, 30)
    loop.wait_for(verdict("GREEN 9 tests", 9))
    shop.ran()
    loop.type("fstock\r")
    loop.wait_for(verdict("FILTER stock · 2 of 2 passed", 2, "· the filter was set"))
    assert shop.ran() == ["test_stock.py::test_none", "test_stock.py::test_stock"]
    assert "GREEN" not in loop.text
    loop.type("a")
    loop.wait_for(verdict("FILTER stock · 2 of 2 passed", 2))
    loop.type("l")
    loop.wait_for("all tests, only what matches stock: the filter was set")
    loop.type("q")
    loop.type("f\r")
    loop.wait_for(verdict("GREEN 9 tests", 9))


def test_escape_keeps_the_filter_and_no_match_sets_none(shop, loop):
    loop.type("fnowhere\r")
    loop.wait_for('no test matches "nowhere": no filter is set')
    loop.type("fstock\r")
    loop.wait_for(verdict("FILTER stock · RED 1 of 2, 2 others red", 1))
    loop.type("fprice")
    loop.wait_for(bottom("^ filter: price +3 of 9 match$"))
    loop.type("\x1b")
    loop.wait_for(bottom(r"\? help · q quit"))
    loop.type("fnowhere\r")
    loop.wait_for('no test matches "nowhere": the filter stays as it was')
    loop.wait_for(row(1, "FILTER stock · RED 1 of 2"))
    loop.type("q")
    assert loop.wait_exit() == 0
    assert loop.given_back()


def test_wide_characters_are_typed_and_taken_back(shop, loop):
    shop.ran()
    loop.type("f日")
    loop.wait_for(bottom("^ filter: 日 *2 of 9 match$"))
    loop.type("本")
    loop.wait_for(bottom("^ filter: 日 *本 *1 of 9 match$"))
    loop.type("\x7f")
    loop.wait_for(bottom("^ filter: 日 *2 of 9 match$"))
    loop.type("\x7f")
    loop.wait_for(bottom("^ filter: +words of the ids"))
    loop.type("\x7fде")
    loop.wait_for(bottom("^ filter: де +1 of 9 match$"))
    loop.type("\x7f\x7f日光\r")
    loop.wait_for(verdict("FILTER 日 *光 *· 1 of 1 passed, 3 others red", 1))
    assert shop.ran() == ["test_words.py::test_word[日光]"]


def test_a_pattern_can_be_pasted(shop, loop):
    loop.type("f\x1b[200~stock\n\x1b[201~")
    loop.wait_for(bottom("^ filter: stock +2 of 9 match$"))
    assert shop.ran() == []
    loop.type("\r")
    loop.wait_for(verdict("FILTER stock · RED 1 of 2, 2 others red", 1))


def test_steps_go_from_one_red_test_to_the_next_until_all_is_green(shop, loop):
    loop.type("2i")
    loop.wait_for(verdict("STEP 2 of 3 · RED 3 of 9", 1))
    loop.wait_for("only this one runs · i or Esc leaves · n skips")
    loop.wait_for(lambda loop: "test_sum" in loop.text and "test_price.py::test_price" not in loop.text)
    assert shop.ran() == RED[1:2]
    sell(shop, 1, 21, 30)
    loop.wait_for("assert 21 == 20")
    loop.wait_for(verdict("STEP 2 of 3 · RED 3 of 9", 1, CHANGED))
    assert shop.ran() == RED[1:2]
    sell(shop, 1, 20, 30)  # the test of the stock, which is next, passes as well
    loop.wait_for(verdict("STEP 1 of 1 · RED 1 of 9", 1, "· the one before passed"))
    loop.wait_for("FAIL  test_price.py::test_price")
    loop.wait_for(re.compile("only this one runs · i or Esc leaves$", re.M))
    assert shop.ran() == sorted([RED[1], RED[2], RED[0]])
    sell(shop, 10, 20, 30)
    loop.wait_for(verdict("GREEN 9 tests", 9, "· all steps passed"))
    assert len(set(shop.ran())) == 9


@pytest.mark.presses("i")
def test_steps_are_skipped_and_left(shop, loop):
    loop.type("i")
    loop.wait_for(verdict("STEP 1 of 3 · RED 3 of 9", 1))
    loop.wait_for("FAIL  test_price.py::test_price")
    loop.type("n")
    loop.wait_for(verdict("STEP 2 of 3 · RED 3 of 9", 1))
    loop.wait_for("FAIL  test_price.py::test_sum")
    loop.type("NN")
    loop.wait_for(verdict("STEP 3 of 3 · RED 3 of 9", 1))
    loop.wait_for("FAIL  test_stock.py::test_stock")
    loop.type("\x1b")
    loop.wait_for(lambda loop: "STEP" not in loop.text and all(f"FAIL  {test}" in loop.text for test in RED))
    shop.ran()
    loop.type("i")
    loop.wait_for(verdict("STEP 3 of 3 · RED 3 of 9", 1))
    sell(shop, 10, 20, 31)
    loop.wait_for("assert 31 == 30")
    loop.wait_for(verdict("STEP 3 of 3 · RED 3 of 9", 1, CHANGED))
    assert set(shop.ran()) == {RED[2]}
    loop.type("i")
    loop.wait_for(verdict("RED 1 of 9", 3, "· the steps were left"))
    assert shop.ran() == RED


def test_what_cannot_be_collected_shows_while_stepping(shop, loop):
    loop.type("i")
    loop.wait_for(verdict("STEP 1 of 3 · RED 3 of 9", 1))
    tests = shop.read("test_price.py")
    shop.save("test_price.py", tests + "\nimport nowhere\n")
    loop.wait_for("No module named 'nowhere'")
    loop.wait_gone("assert 1 == 10")
    loop.wait_for(row(1, "STEP 1 of 3"))
    shop.save("test_price.py", tests)
    loop.wait_for("assert 1 == 10")
    loop.wait_gone("No module named 'nowhere'")
    loop.wait_for(verdict("STEP 1 of 3 · RED 3 of 9", 1, CHANGED))


def test_nothing_red_is_nothing_to_step_through(shop, loop):
    sell(shop, 10, 20, 30)
    loop.wait_for(verdict("GREEN 9 tests", 9))
    loop.type("i")
    loop.wait_for("nothing is red, there is nothing to step through")


@pytest.mark.presses("1-9")
def test_digits_jump_to_the_failures(shop, loop):
    for number, name in ((3, "test_stock"), (1, "test_price"), (2, "test_sum")):
        loop.type(str(number))
        loop.wait_for(re.compile(rf"^▌FAIL  test_\w+\.py::{name}", re.M))
        for other in {1, 2, 3} - {number}:
            loop.wait_for(re.compile(rf"^{'¹²³'[other - 1]}FAIL  test_", re.M))
    loop.type("4")
    loop.wait_for("there is no failure 4")


def copied(wrap=r"\x1b\]52;c;([\w+/=]+)\x07"):
    def found(loop):
        return [base64.b64decode(text).decode() for text in re.findall(wrap.encode(), bytes(loop.raw))]
    return found


def copies(count, texts=copied()):
    def shows(loop):
        return len(texts(loop)) == count
    return shows


@pytest.mark.presses("y")
def test_the_id_is_copied_wherever_a_test_is_looked_at(shop, loop):
    loop.type("2y")
    loop.wait_for(bottom("copied test_price.py::test_sum"))
    loop.type("v")
    loop.wait_for("The runner's report")
    loop.type("y")
    loop.wait_for(copies(2))
    loop.type("q")
    loop.wait_for("▌FAIL  test_price.py::test_sum")
    loop.type("t")
    loop.wait_for("all tests · by outcome")
    loop.type("/光\r")
    loop.wait_for("1 of 1")
    loop.type("y")
    loop.wait_for(copies(3))
    assert copied()(loop) == [RED[1], RED[1], "test_words.py::test_word[日光]"]
    loop.type("\x1bql")
    loop.wait_for("aloof: the log")
    loop.type("y")
    loop.wait_for("there is no test here to copy the id of")


@pytest.mark.parametrize("env, wrap", [
    ({"TMUX": "/tmp/tmux,1,0"}, r"\x1bPtmux;\x1b\x1b\]52;c;([\w+/=]+)\x07\x1b\\"),
    ({"STY": "1.pts-1.host"}, r"\x1bP\x1b\]52;c;([\w+/=]+)\x07\x1b\\"),
])
def test_multiplexers_pass_the_clipboard_on(shop, env, wrap):
    loop = shop.aloof(**env)
    loop.wait_for(verdict("RED 3 of 9", 9))
    loop.type("1y")
    loop.wait_for("copied test_")
    loop.wait_for(copies(1, copied(wrap)))
    assert copied(wrap)(loop)[0] in RED


def test_a_terminal_without_clipboard_is_told(shop):
    loop = shop.aloof(TERM="vt220")
    loop.wait_for(verdict("RED 3 of 9", 9))
    loop.type("y")
    loop.wait_for("this terminal has no clipboard for programs")
    assert b"]52;" not in loop.raw
