"""aloof report --html: one page, well formed, that needs nothing else and says what the other commands say."""

import html.parser
import json
import re

import pytest

VOID = {"meta", "br", "wbr"}
HOSTILE = ["<script>alert(1)</script>", "a&b;&lt;", "it's \"quoted\"", "caf\u00e9 \U0001f642"]

SUITE = """
    import os, pytest, time
    def count(name):
        path = os.environ["COUNTS"] + "/" + name
        with open(path, "a") as file: file.write(".")
        return os.path.getsize(path)
    @pytest.mark.parametrize("text", {hostile!r}, ids=lambda text: text)
    def test_hostile(text): assert {good}
    def test_flaky(): assert count("flaky") % 2
    def test_waits(): time.sleep(0.1)
    def test_turns(): assert {turns}
    def test_not(): pytest.skip("not today")
"""


class Element:
    def __init__(self, tag="", attributes=()):
        self.tag, self.attributes, self.children = tag, dict(attributes), []

    def all(self, tag, **attributes):
        """Those below with the tag and the attributes, in their order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and all(child.attributes.get(key) == value for key, value in attributes.items()):
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class Page(html.parser.HTMLParser):
    """A tree of the page; whatever is not closed in its order is an error."""

    def __init__(self, text):
        super().__init__()
        self.root = Element()
        self.open = [self.root]
        self.feed(text)
        self.close()
        assert self.open == [self.root], [element.tag for element in self.open]

    def handle_starttag(self, tag, attributes):
        assert len(attributes) == len(dict(attributes)), f"{tag}: an attribute twice"
        element = Element(tag, attributes)
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        assert tag == "path", tag
        self.open[-1].children.append(Element(tag, attributes))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> ends {self.open[-1].tag}"
        self.open.pop()

    def handle_data(self, text):
        self.open[-1].children.append(text)

    def section(self, name):
        [section] = self.root.all("section", id=name)
        return section


def rows_of(element):
    """The cells of each row below, without headings of columns."""
    return [[cell.text for cell in row.children if isinstance(cell, Element)]
            for body in element.all("tbody") for row in body.all("tr")]


def ask(project, *args):
    return json.loads(project.run(*args, "--json").stdout)


def page_of(project, *args, **env):
    done = project.run("report", "--html", "-", *args, **env)
    assert (done.returncode, done.stderr) == (0, "")
    return Page(done.stdout)


@pytest.fixture
def remembered(project):
    """Five runs: what was good, then a commit that breaks, then work that is not committed."""
    counts = project.base / "counts"
    counts.mkdir()

    def run(message=None, good=1, turns=1):
        project.write("test_a.py", SUITE.format(hostile=HOSTILE, good=good, turns=turns))
        if message is not None:
            project.commit(message)
        project.once(COUNTS=str(counts))
    run("as it is")
    run(good=1)
    run("text: <b>simpler</b> & wrong", good=0)
    run(good=0)
    run(good=0, turns=0)
    return project


def test_the_page_needs_nothing_else_and_is_well_formed(remembered):
    page = page_of(remembered)
    assert page.root.all("h1")[0].text.split() == ["project", "main"]
    assert not page.root.all("script") and not page.root.all("link") and not page.root.all("img")
    elements = [element for tag in ("a", "svg", "path", "section", "li", "td", "body") for element in page.root.all(tag)]
    assert elements and not any(name.startswith("on") or name == "src" for element in elements for name in element.attributes)
    ids = [section.attributes["id"] for section in page.root.all("section")]
    assert len(set(ids)) == len(ids)
    assert {link.attributes["href"] for link in page.root.all("a")} <= {"#" + name for name in ids}
    [style] = page.root.all("style")
    assert "prefers-color-scheme:dark" in style.text and not re.search(r"url\(|@import|https?:", style.text)
    for svg in page.root.all("svg"):
        assert svg.attributes["role"] == "img" and svg.attributes["aria-label"]
    for table in page.root.all("table"):
        assert table.all("caption")[0].text
        assert all(head.attributes["scope"] == "col" for row in table.all("thead") for head in row.all("th"))
        assert all([cell.attributes["scope"] for cell in row.all("th")] == ["row"] for body in table.all("tbody") for row in body.all("tr"))


def test_the_page_says_what_the_commands_say(remembered):
    page = page_of(remembered)
    runs = ask(remembered, "runs")["runs"]
    shown = rows_of(page.section("runs"))
    assert [row[0] for row in shown] == [str(run["run"]) for run in runs] and len(runs) == 5
    for row, run in zip(shown, runs):
        failed = run["outcomes"].get("failed", 0)
        assert row[3:6] == [str(sum(run["outcomes"].values())), str(failed), str(run["outcomes"]["skipped"])]
        assert (row[7], row[8]) == (run["verdict"], run["commit"][:9])
        assert float(row[6].split()[0]) == pytest.approx(run["seconds"], rel=0.01)
    failed = [run["outcomes"].get("failed", 0) for run in reversed(runs)]
    titles = [title.text for title in page.section("runs").all("figure", **{"class": "failed"})[0].all("title")]
    assert [int(re.search(r" (\d+) failed", title)[1]) for title in titles] == failed
    failing = ask(remembered, "failing")["failing"]
    assert sorted(row[0] for row in rows_of(page.section("red"))) == sorted(test["id"] for test in failing)
    assert page.root.all("p", **{"class": "verdict bad"})[0].text == f"{len(failing)} of 8 tests are red"
    slowest = rows_of(page.section("slowest"))
    assert [row[0] for row in slowest] == [test["id"] for test in ask(remembered, "slowest")["slowest"]]
    waiting = {test["id"]: test["waiting"] for test in ask(remembered, "slowest")["slowest"]}
    assert all(row[4] == ("–" if waiting[row[0]] is None else f"{waiting[row[0]]:.0%}") for row in slowest)
    flaky = ask(remembered, "flaky")["flaky"]
    assert [row[:3] for row in rows_of(page.section("flaky"))] == \
        [[test["id"], f"{test['rate']:.0%}", f"{test['failed']} of {test['failed'] + test['passed']}"] for test in flaky]
    assert [test["id"] for test in flaky] == ["test_a.py::test_flaky"]


def test_the_red_are_told_by_what_broke_them(remembered):
    groups = page_of(remembered).section("red").all("article")
    told = [(group.all("h3")[0].text, len(rows_of(group)), group.all("p")[0].text) for group in groups]
    head = ask(remembered, "runs")["runs"][0]["commit"][:9]
    assert [row[:2] for row in told if "test_flaky" not in str(row)][0] == (f"{head} text: <b>simpler</b> & wrong", 4)
    assert "since run 3, " in told[0][2] and told[0][2].endswith("; passed in run 2")
    assert ("test_a.py, not committed", "since run 5, ") in [(row[0], re.search("since run 5, |$", row[2])[0]) for row in told]


def test_what_turned_in_the_newest_run(remembered):
    section = page_of(remembered).section("newest")
    changes = ask(remembered, "diff")
    for heading, key in (("Newly failing", "newly_failing"), ("Fixed", "fixed")):
        tables = [table for table in section.all("table") if table.all("caption")[0].text == heading]
        assert [row[0] for table in tables for row in rows_of(table)] == [test["id"] for test in changes[key]]
    assert "test_a.py::test_turns" in [test["id"] for test in changes["newly_failing"]]


def test_each_test_has_a_sparkline(remembered):
    lives = page_of(remembered).section("tests").all("tbody")[0].all("tr")
    label = {row.all("th")[0].text: row.all("svg")[0].attributes["aria-label"] for row in lives}
    assert len(label) == 8
    assert label["test_a.py::test_turns"] == "5 runs: 4 passed, 1 failed"
    assert label["test_a.py::test_waits"] == "5 runs: 5 passed, 0 failed"
    assert label["test_a.py::test_hostile[<script>alert(1)</script>]"] == "5 runs: 2 passed, 3 failed"


def test_a_file_is_replaced_as_a_whole(remembered):
    place = remembered.base / "pages"
    place.mkdir()
    file, link = place / "page.html", place / "link.html"
    file.write_text("old")
    link.symlink_to(file)
    done = remembered.run("report", "--html", link)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert link.is_symlink() and Page(file.read_text()).section("red")
    assert sorted(path.name for path in place.iterdir()) == ["link.html", "page.html"]
    assert remembered.run("report", "--html=/dev/stdout").stdout.startswith("<!DOCTYPE html>\n")


def test_a_file_that_cannot_be_written(remembered):
    for path, why in ((remembered.base / "no/where.html", "No such file or directory"), (remembered.base, "Is a directory")):
        done = remembered.run("report", "--html", path)
        assert (done.returncode, done.stdout, done.stderr) == (4, "", f"aloof: {path}: cannot be written: {why}\n")


@pytest.mark.parametrize("args, said", [
    ([], "report: where to? --html FILE, or --html - for standard output"),
    (["--html", ""], "report: --html: expected a file, or -"),
    (["--html"], "report: --html is no option of it, or lacks its value; see aloof report --help"),
    (["--html", "-", "x"], "report: x is one argument too many; see aloof report --help"),
])
def test_bad_usage(remembered, args, said):
    done = remembered.run("report", *args)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"aloof: {said}\n")


def test_many_tests_of_long_names_still_make_a_small_page(project):
    lines = [f"not ok {i} - {'<&' * 400}{i}" for i in range(1, 1001)] + [f"ok {i} - plain/{i}" for i in range(1001, 100001)]
    stream = project.base / "many.tap"
    stream.write_text("TAP version 13\n1..100000\n" + "\n".join(lines) + "\n")
    assert project.run("load", "--once", "--from", "tap", stream, timeout=300).returncode == 1
    file = project.base / "page.html"
    assert project.run("report", "--html", file, timeout=300).returncode == 0
    page = Page(file.read_text())
    assert file.stat().st_size < 2_000_000
    assert page.root.all("p", **{"class": "verdict bad"})[0].text == "1,000 of 100,000 tests are red"
    assert "And 900 more: aloof failing" in page.section("red").text
    assert [group.all("h3")[0].text for group in page.section("red").all("article")] == ["Never seen to pass"]


def test_nothing_is_remembered_yet(project):
    done = project.run("report", "--html", "-")
    assert (done.returncode, done.stdout) == (4, "")
    assert re.fullmatch(r"aloof: no run of this project is remembered yet \(/\S+\); aloof --once makes one\n", done.stderr)
