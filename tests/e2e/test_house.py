"""The house: one table of options behind help, manual and completions; install and uninstall cancel out."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from project import ALOOF

TOP = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def options():
    """The table as `aloof --options` prints it: long name, letter, argument, key, help."""
    printed = subprocess.run([ALOOF, "--options"], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in printed.splitlines()]
    assert len(rows) > 15 and all(len(row) == 5 for row in rows)
    return rows


def flags(options):
    """{'--once', '-n', '--boxes', …}"""
    return {"--" + row[0] for row in options if row[0]} | {"-" + row[1] for row in options if row[1]}


def keys(options):
    """{'boxes', 'editor.command', …}; of those with a free end the section, 'key.'"""
    return {re.sub("[A-Z]+$", "", row[3]) for row in options if row[3]}


def test_help_names_every_option_and_key(options):
    text = subprocess.run([ALOOF, "--help"], capture_output=True, text=True, check=True).stdout
    for flag in flags(options):
        assert re.search(rf"(?<![\w-]){flag}(?![\w-])", text), flag
    for row in options:
        if row[3] and not row[0]:
            assert row[3] in text


def test_help_names_every_command_and_each_has_a_manual():
    text = subprocess.run([ALOOF, "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  (\w+) ", text.split("Commands, ")[1], re.M)
    assert set(commands) == set(COMMANDS)
    for command in commands:
        assert (TOP / f"share/man/aloof-{command}.1").exists()
        told = subprocess.run([ALOOF, command, "--help"], capture_output=True, text=True, check=True).stdout
        assert told.startswith(f"Usage: aloof {command} ")


def test_the_completions_offer_every_command():
    text = subprocess.run([ALOOF, "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  (\w+) ", text.split("Commands, ")[1], re.M)
    assert complete("aloof", "") [:len(commands)] == commands
    assert complete("aloof", "doc") == ["doctor"]
    assert complete("aloof", "doctor", "doc") == []
    zsh, fish = ((TOP / "share/completions" / name).read_text() for name in ("_aloof", "aloof.fish"))
    assert re.search(r"^commands=\((.*)\)$", zsh, re.M)[1].split() == commands
    assert re.search(r"use_subcommand -a '(.*)' -d", fish)[1].split() == commands


def test_the_manual_names_the_same_options_and_keys(options):
    source = (TOP / "share/man/aloof.1").read_text()
    named = set()
    for line in source.split(".Sh OPTIONS")[1].split(".Sh CONFIGURATION")[0].splitlines():
        if line.startswith(".It Fl"):
            named |= {"-" + flag for flag in re.findall(r"Fl (-?[\w-]+)", line)}
    assert named == flags(options)
    described = set(re.findall(r"^Key\n\.Cm ([a-z.]+) \.$", source, re.M))
    described |= set(re.findall(r"^\.It Cm ([a-z.]+)(?: Ns Ar [A-Z]+)?$", source.split(".Sh CONFIGURATION")[1].split(".Sh KEYS")[0], re.M))
    assert described == keys(options)


def test_the_recipes_are_described_and_complete(tmp_path):
    source = (TOP / "share/man/aloof-recipes.5").read_text()
    described = re.findall(r"^\.It Cm ([a-z0-9-]+)$", source.split(".Sh FILES")[1], re.M)
    shipped = sorted(file.stem for file in (TOP / "share/recipes").iterdir())
    assert described == shipped
    for name in shipped:  # a bad one is refused before anything runs
        done = subprocess.run([ALOOF, "--once", "--recipe", name, "no/where"], cwd=tmp_path, capture_output=True, text=True)
        assert "no/where: no such file" in done.stderr
    keys = set(re.findall(r"^\.It Cm ([a-z-]+) No =", source, re.M))
    table = (TOP / "src/core/recipe.c").read_text().split("known_keys[]")[1].split("};")[0]
    assert keys == set(re.findall(r'\{"([a-z-]+)", KEY_', table))


@pytest.mark.parametrize("shell, flag", [
    ("aloof.bash", r"(?<![\w-])(--?[a-z-]+)(?=[\s'])"),
    ("_aloof", r"(?<![\w-])(--?[a-z-]+)(?=[+=\[,}])"),
    ("aloof.fish", None),
])
def test_the_completions_name_the_same_options_and_keys(options, shell, flag):
    text = (TOP / "share/completions" / shell).read_text()
    if shell == "aloof.fish":
        text = "\n".join(re.findall(r"^complete -c aloof -n __aloof_runs .*(?:\n    .*)?", text, re.M))
        named = {"--" + name for name in re.findall(r" -l ([a-z-]+)", text)}
        named |= {"-" + letter for letter in re.findall(r" -s ([a-z])", text)}
        values = re.search(r"-a 'boxes= (.*)'", text)[0]
    elif shell == "aloof.bash":
        named = set(re.findall(flag, re.search(r"options='(.*?)'", text, re.S)[0] + " "))
        values = re.search(r"keys='(.*?)'", text, re.S)[1]
    else:
        named = set(re.findall(flag, text.split("_arguments -s -S $from")[1]))
        values = " ".join(re.findall(r"(?:keys|sections)=\((.*?)\)", text, re.S))
    assert named == flags(options)
    assert set(re.findall(r"[a-z]+(?:\.[a-z]*)?", values.removeprefix("-a "))) == keys(options)


def complete(*words):
    """What bash offers at the end of these words."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _aloof; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "bash", str(TOP / "share/completions/aloof.bash"), *words],
                          capture_output=True, text=True, check=True)
    return done.stdout.split()


COMMANDS = ["init", "doctor", "last", "failing", "list", "slowest", "flaky", "runs", "show", "diff", "history", "report", "forget", "prune", "load", "bisect", "profile", "convert", "emit", "ls", "mux", "stats"]
WITH_ALL = {"load", "bisect", "profile"}  # take the options of aloof itself, too


def options_of(command):
    """As its manual has them."""
    manual = (TOP / f"share/man/aloof-{command}.1").read_text()
    rows = re.findall(r"^\.It (Fl .*)$", manual, re.M)
    return {"-" + flag for row in rows for flag in re.findall(r"Fl (-?[\w-]+)", row)} | {"-h", "--help"}


def formats_of(heading):
    """Those that convert reads or writes."""
    told = subprocess.run([ALOOF, "convert", "--help"], capture_output=True, text=True, check=True).stdout
    return re.findall(r"^  ([\w-]+)", re.search(rf"^{heading}:\n((?:  .*\n)+)", told, re.M)[1], re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_bash_completes_the_options_of_a_command(options, command):
    more = flags(options) if command in WITH_ALL else set()
    assert {word for word in complete("aloof", command, "-") if word[0] == "-"} == options_of(command) | more


def test_bash_completes_the_values_of_a_command():
    for command in ("load", "convert", "ls", "mux", "stats"):
        assert complete("aloof", command, "--from", "") == formats_of("--from")
    assert complete("aloof", "convert", "--to", "=", "") == formats_of("--to")
    assert complete("aloof", "ls", "--only", "f") == ["fail"]
    assert complete("aloof", "emit", "xf") == ["xfail"]
    assert complete("aloof", "--box", "=", "a") == ["auto"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize("command", COMMANDS)
def test_fish_completes_the_options_of_a_command(options, command, tmp_path):
    def offers(line):
        script = f"source {TOP}/share/completions/aloof.fish; complete -C '{line}'"
        done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path,
                              env={**os.environ, "HOME": str(tmp_path)})
        return {row.split("\t")[0] for row in done.stdout.splitlines()}
    wanted = options_of(command) | (flags(options) if command in WITH_ALL else set())
    assert offers(f"aloof {command} -") | offers(f"aloof {command} --") == wanted
    if "--from" in wanted:
        assert offers(f"aloof {command} --from ") == set(formats_of("--from"))


@pytest.mark.parametrize("command", COMMANDS)
def test_zsh_names_the_options_of_a_command(command):
    text = (TOP / "share/completions/_aloof").read_text()
    body = re.search(rf"^\({command}\) (.*?);;", text, re.M | re.S)[1]
    lists = {name: re.search(rf"^{name}=\((.*?)\)$", text, re.M | re.S)[1] for name in ("help", "input")}
    body += "".join(lists[name] for name in lists if f"${name}" in body)
    named = set(re.findall(r"(?<![\w-])(--?[a-z0-9][a-z-]*)(?=[=\[,}])", body))
    assert named == options_of(command) - ({"-h", "--help"} if command in WITH_ALL else set())
    assert re.search(r"^local formats='\((.*)\)'$", text, re.M)[1].split() == formats_of("--from")
    assert re.search(r"^local targets='\((.*)\)'$", text, re.M)[1].split() == formats_of("--to")


def test_bash_completes():
    assert complete("aloof", "--bo") == ["--boxes", "--box", "--boxed"]
    assert complete("aloof", "--box", "=") == ["auto", "test", "group"]
    assert complete("aloof", "--box", "=", "g") == ["group"]
    assert complete("aloof", "-c", "history") == ["history.keep="]


def test_the_manual_names_the_same_keys_as_the_screen():
    table = re.search(r"struct key table\[\] = \{\n(.*?)^\};", (TOP / "ui/keys.c").read_text(), re.M | re.S)[1]
    commands = re.findall(r'\{\{.*?\}, (?:"([a-z-]+)"|NULL),\s.*?"([^"]*)"\},?$', table, re.M)
    help_view = (TOP / "tests/corpus/screens/help-200x60.txt").read_text()
    rows = re.findall(r"^ (\S.*?)  +(\S.*?)\s*$", help_view, re.M)
    assert [text for name, text in commands] == [text for keys, text in rows]
    manual = (TOP / "share/man/aloof.1").read_text().split(".Sh KEYS")[1].split(".Pp")[0]
    described = re.findall(r"^\.It Cm (.*)\n(.*)(?:\n\.Pq Cm (.*))?$", manual, re.M)
    assert [(keys.replace("\\&", "").replace(" , ", ", "), text, name) for keys, text, name in described] == \
        [(keys, text, name) for (keys, text), (name, _) in zip(rows, commands)]


def tree(top):
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir())


def variables(overrides):
    """The words of make's MAKEOVERRIDES, each as it was given."""
    words = re.findall(r"(?:\\.|[^\\\s])+", overrides)
    return [re.sub(r"\\(.)", r"\1", word).replace("$$", "$") for word in words]


def make(*args):
    """make with the variables of the make that runs these tests, so that it finds everything built."""
    given = variables(os.environ.get("ALOOF_MAKE", ""))
    done = subprocess.run(["make", "--no-print-directory", "-C", str(TOP), *given, *args], capture_output=True, text=True,
                          env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")})
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_variables_of_make_reach_these_tests_as_given(tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nprintf %s "$ALOOF_MAKE" >{tmp_path}/variables\n')
    python.chmod(0o755)
    picked, flags = "TESTS=-k 'alpha or beta'", 'LIKE=-DX="a b" \\'
    make(picked, flags, f"PYTHON={python}", f"LOG={tmp_path}/log", "e2e")
    assert {picked, flags} <= set(variables((tmp_path / "variables").read_text()))


def test_install_and_uninstall_cancel_out(tmp_path):
    stage = tmp_path / "stage"
    (stage / "usr/local/share").mkdir(parents=True)
    (stage / "usr/local/share/mine").write_text("not aloof's\n")
    make("install", f"DESTDIR={stage}")
    installed = tree(stage)
    assert "usr/local/bin/aloof" in installed
    assert "usr/local/share/aloof/workers/boot.py" in installed
    assert "usr/local/share/aloof/workers/aloof_worker/main.py" in installed
    assert "usr/local/share/man/man1/aloof.1" in installed
    assert "usr/local/share/man/man5/aloof-recipes.5" in installed
    assert {f"usr/local/share/aloof/recipes/{file.name}" for file in (TOP / "share/recipes").iterdir()} <= set(installed)
    assert len([name for name in installed if "completions" in name or "site-functions" in name]) == 3
    ran = subprocess.run([stage / "usr/local/bin/aloof", "--version"], capture_output=True, text=True)
    assert re.match(r"aloof \d+\.\d+", ran.stdout)
    make("uninstall", f"DESTDIR={stage}")
    assert tree(stage) == ["usr/local/share/mine"]
    assert not (stage / "usr/local/share/aloof").exists()


def test_another_prefix_is_where_all_of_it_goes(tmp_path):
    """Only said, as the place is compiled in: the suites beside this one run what would be built anew."""
    said = make("-n", "install", f"DESTDIR={tmp_path}", "PREFIX=/opt").stdout
    for place in ("/opt/bin", "/opt/share/aloof/workers/aloof_worker/", "/opt/share/aloof/recipes/", "/opt/share/man/man5"):
        assert f"{tmp_path}{place}" in said, place
    assert "ALOOF_DATADIR=" not in said or '"/opt/share/aloof"' in said
    assert f"{tmp_path}/usr" not in said


def test_an_installed_aloof_finds_its_worker(tmp_path, lighthouse):
    make("install", f"DESTDIR={tmp_path}/stage")
    done = subprocess.run([tmp_path / "stage/usr/local/bin/aloof", "--once"], cwd=lighthouse.root, env=lighthouse.env,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "15 tests, 1 failure" in done.stdout
    assert len(list((lighthouse.root / ".git/aloof").glob("worker-*"))) == 1  # its compiled code


def test_dependencies_that_are_there_are_not_mentioned():
    done = subprocess.run(["sh", str(TOP / ".ci/deps"), "build", "check"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_missing_dependencies_are_named(tmp_path):
    """With a pkg-config that knows nothing and a package manager that only writes down what it is asked for."""
    for name, body in (("pkg-config", "exit 1"), ("apt-get", f'echo "$@" >>{tmp_path}/asked'),
                       ("sudo", '"$@"')):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    done = subprocess.run(["sh", str(TOP / ".ci/deps"), "build"], capture_output=True, text=True,
                          env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == 1
    assert "libgit2-dev" in done.stdout and "libuv1-dev" in done.stdout
    assert "still missing" in done.stderr
    update, install = (tmp_path / "asked").read_text().splitlines()
    assert "update" in update
    assert "install" in install and "libsqlite3-dev" in install
