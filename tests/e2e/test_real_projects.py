"""Real projects of real frameworks in the loop (make check-frameworks): one line of the source is wrong, its test is
red; it is edited and still wrong, only that runs again; it is right again, that passes and then all do."""

import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from subjects import CACHE, debian_package, debian_source, npm_package
from terminal import DEADLINE

TOOLS = pathlib.Path(os.environ.get("ALOOF_NPM", "/nowhere")) / "node_modules"
PYTHON = "usr/lib/python3/dist-packages"


BUILT = "ctest", "meson", "gtest", "catch2", "cargo", "make-check"  # whose build is a test too, and comes first each time


@dataclass(frozen=True)
class Subject:
    """A project, how it comes here and what is done to it."""

    name: str
    recipe: str
    fetch: Callable  # -> the directory that it is in
    take: str  # what of it is copied, globs
    file: str  # of which `right` becomes `wrong`, and then as wrong in another way, `other`
    right: str
    wrong: str
    other: str
    red: str  # the test that this breaks, as it is named on the screen
    whole_file: bool = False  # its tests run a file at a time, so the neighbours of a red one run too
    needs: str = "sh"  # commands without which there is nothing to try
    files: dict = field(default_factory=dict)  # written beside what was copied
    prepare: str = ""  # a command in it
    ignored: str = ""  # what git is not to know, beside Python's
    modules: Callable = None  # -> the node_modules for it
    args: tuple = ()
    env: dict = field(default_factory=dict)


def own_modules(directory):
    return directory.parents[0] if directory.parent.name == "node_modules" else directory.parents[1]


def tools(directory):
    return TOOLS


CLOCK = "python3-freezegun", "python3-dateutil"  # what the tests of django-otp import


def django_otp():
    pytest.importorskip("django")
    for package in CLOCK:
        debian_package(package, PYTHON)
    return debian_package("python3-django-otp", PYTHON)


def crate(package, folder):
    return lambda: debian_package(package, f"usr/share/cargo/registry/{folder}")


SUBJECTS = [
    Subject("toolz", "pytest", lambda: debian_source("toolz"), "toolz tlz", "toolz/recipes.py",
            "pluck(1, itertools.groupby", "pluck(0, itertools.groupby", "pluck([0], itertools.groupby",
            "toolz/tests/test_recipes.py::test_partitionby", env={"PYTHONPATH": "."}),
    Subject("pyflakes", "unittest", lambda: debian_package("python3-pyflakes", PYTHON), "pyflakes",
            "pyflakes/checker.py", "self.report(messages.IfTuple, node)", "self.report(messages.AssertTuple, node)",
            "self.report(messages.IfTuple)",
            "pyflakes.test.test_other.TestUnusedAssignment.test_if_tuple",
            files={"bin/pyflakes": "from pyflakes.scripts.pyflakes import main\nmain()\n"}, args=("--recipe", "unittest")),
    Subject("otp", "django", django_otp, "django_otp", "django_otp/plugins/otp_static/lib.py",
            "create(token=token)", "create(token=token[:4])", "create(token=token[1:])",
            "django_otp.plugins.otp_static.tests.LibTest.test_add_static_token_specific",
            env={"PYTHONPATH": ":".join(str(CACHE / f"{package}.deb" / PYTHON) for package in CLOCK)},
            prepare="cd django_otp/plugins && rm otp_email/tests.py && "  # they want templates and pictures
            "sed -i 's/^class \\([HT]OTPAdminTest\\)(TestCase)/class \\1/' otp_hotp/tests.py otp_totp/tests.py",
            files={"manage.py": """
                import os
                import sys
                from django.core.management import execute_from_command_line
                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
                execute_from_command_line(sys.argv)
                """, "settings.py": """
                SECRET_KEY = "secret"
                DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
                INSTALLED_APPS = [f"django.contrib.{name}" for name in "auth contenttypes sessions messages admin".split()]
                INSTALLED_APPS += ["django_otp"] + [f"django_otp.plugins.otp_{name}" for name in "hotp static totp".split()]
                MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
                              "django.contrib.auth.middleware.AuthenticationMiddleware",
                              "django.contrib.messages.middleware.MessageMiddleware",
                              "django_otp.middleware.OTPMiddleware"]
                TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                              "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth",
                                                                 "django.template.context_processors.request",
                                                                 "django.contrib.messages.context_processors.messages"]}}]
                PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
                DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
                ROOT_URLCONF = "urls"
                """, "urls.py": """
                from django.http import HttpResponse
                from django.urls import path
                from django_otp.admin import OTPAdminSite
                from django_otp.views import LoginView
                urlpatterns = [path("", lambda request: HttpResponse(str(request.user))), path("login/", LoginView.as_view()),
                               path("otpadmin/", OTPAdminSite("otpadmin").urls)]
                """}),
    Subject("extras", "subunit", lambda: debian_package("python3-extras", PYTHON), "extras",
            "extras/__init__.py", "Could not import any of: %s", "Could not import %s", "Nothing to import: %s",
            "extras.tests.test_extras.TestTryImports.test_None_is_default_alternative", args=("--recipe", "subunit")),
    Subject("fixtures", "stestr", lambda: debian_package("python3-fixtures", PYTHON), "fixtures",
            "fixtures/_fixtures/temphomedir.py", "\"HOME\"", "\"HOUSE\"", "\"HOTEL\"",
            "fixtures.tests._fixtures.test_temphomedir.TestTempDir.test_basic", needs="stestr", prepare="cd fixtures/tests/_fixtures && rm test_mockpatch.py && sed -i /mockpatch/d __init__.py",
            files={".stestr.conf": "[DEFAULT]\ntest_path=./fixtures/tests/_fixtures\ntop_dir=./\n"}, ignored=".stestr"),
    Subject("pflag", "go", lambda: debian_source("golang-github-spf13-pflag"), "*.go", "count.go",
            "countValue(*i + 1)", "countValue(*i + 2)", "countValue(*i + 3)", "TestCount",
            needs="go", files={"go.mod": "module github.com/spf13/pflag\n\ngo 1.12\n"},
            env={"GOCACHE": str(CACHE / "go-cache"), "GOFLAGS": "-mod=mod -vet=off", "GOPROXY": "off"}),
    Subject("itoa", "cargo", crate("librust-itoa-dev", "itoa-1.0.1"), "Cargo.toml src tests", "src/lib.rs",
            "(!(self as u128)).wrapping_add(1)", "(!(self as u128)).wrapping_add(2)", "(!(self as u128)).wrapping_add(3)",
            "itoa::test$test_i128_min", needs="cargo", ignored="target\nCargo.lock", env={
                "CARGO_NET_OFFLINE": "true", "CARGO_HOME": os.environ.get("CARGO_HOME") or str(pathlib.Path.home() / ".cargo"),
                "RUSTUP_HOME": os.environ.get("RUSTUP_HOME") or str(pathlib.Path.home() / ".rustup")}),
    Subject("hello", "make-check", lambda: debian_source("hello"), "*", "src/hello.c", '_("hello, world")',
            '_("hello, worlds")', '_("hello, word")', "tests/traditional-1", needs="cc make",
            prepare="HELP2MAN='touch hello.1-t; :' MAKEINFO=: ./configure -q && make -s", ignored="*.o\n*.a\n*.log\n*.tmp\n*.trs\n*.ok\n*.out\n.deps\n.dirstamp\n/hello"),
    Subject("Text::CSV", "prove", lambda: debian_source("libtext-csv-perl"), "lib files t/util.pl t/12_acc.t t/80_diag.t t/85_util.t", "lib/Text/CSV_PP.pm",
            "INI - constructor failed", "INI - no constructor", "INI - not constructed",
            "t/80_diag.t > Set error STR", whole_file=True, needs="prove", ignored="_*"),
    Subject("minitest", "minitest", lambda: debian_package("libruby3.1", "usr/lib/ruby/gems/3.1.0/gems/minitest-5.15.0"),
            "lib test", "lib/minitest/benchmark.rb", "bench_exp 1, 10_000", "bench_exp 1, 1_000", "bench_exp 1, 100",
            "TestMinitestBenchmark#test_cls_bench_range", needs="ruby"),
    Subject("negotiator", "node", lambda: npm_package("@fastify/accept-negotiator@2.1.2", "@matteo.collina/tspl@0.2.0"),
            "index.js package.json test", "index.js", "return this.cache.get(header)", "return this.cache.has(header)",
            "return this.cache", "test/Negotiator.test.js", whole_file=True, needs="node", ignored="node_modules",
            modules=own_modules),
    Subject("lower-case", "jest", lambda: npm_package("lower-case@2.0.2", "upper-case@2.0.2").parent,
            "lower-case/dist upper-case/dist", "lower-case/dist/index.js",
            r"regexp: /\u0130|\u0049|", r"regexp: /\u0130|\u004a|", r"regexp: /\u0130|\u004b|", "lower-case/dist/index.spec.js > locale lower case tr: STRING -> strıng",
            whole_file=True, needs="node", files={"package.json": '{"jest": {"testRegex": "spec.js$"}}\n'},
            ignored="node_modules", modules=tools),
    Subject("kareem", "mocha", lambda: npm_package("kareem@2.3.2"), "index.js package.json test", "index.js",
            "return this._pres.has(name) ||", "return name in this._pres ||", "return name in {} ||",
            "test/misc.test.js > hasHooks returns false for toString", whole_file=True, needs="node",
            ignored="node_modules", modules=tools),
    Subject("zod", "vitest", lambda: npm_package("zod@4.6.7"), "src/v3", "src/v3/types.ts",
            "parsedType !== ZodParsedType.nan", "parsedType === ZodParsedType.nan", "parsedType == ZodParsedType.nan",
            "src/v3/tests/nan.test.ts > passing validations", whole_file=True, needs="node", ignored="node_modules",
            modules=tools, prepare="mkdir kept && mv src/v3/tests/[mntv]*.test.ts kept && rm -r src/v3/tests && "
            "mv kept src/v3/tests && rm src/v3/tests/mocker*",
            files={"vitest.config.mjs": 'export default { resolve: { alias: { "zod/v3": "/src/v3/index.ts" } } };\n'}),
    Subject("cjson", "ctest", lambda: debian_source("cjson"), "*.c *.h CMakeLists.txt library_config tests fuzzing",
            "cJSON.c", "h += (unsigned int) 10 + input[i] - 'A';", "h += (unsigned int) 11 + input[i] - 'A';",
            "h += (unsigned int) 12 + input[i] - 'A';", "parse_hex4", needs="ctest", prepare="cmake -B build", ignored="build"),
    Subject("fribidi", "meson", lambda: debian_source("fribidi"), "meson* *.in gen.tab lib bin test doc",
            "lib/fribidi-char-sets-iso8859-8.c", "ch - ISO_ALEF + UNI_ALEF", "ch - ISO_ALEF + UNI_ALEF + 1",
            "ch - ISO_ALEF + UNI_ALEF + 2", "ISO8859-8_hebrew", needs="meson",
            prepare="meson setup build -Ddocs=false", ignored="build"),
    Subject("googletest", "gtest", lambda: debian_package("googletest", "usr/src/googletest/googletest"), "samples",
            "samples/sample1.cc", "result *= i", "result += i", "result -= i", "FactorialTest.Positive", needs="cmake",
            files={"CMakeLists.txt": """
                cmake_minimum_required(VERSION 3.10)
                project(samples CXX)
                find_package(GTest REQUIRED)
                foreach(name 1 2 4)
                    add_executable(sample${name}_unittest samples/sample${name}.cc samples/sample${name}_unittest.cc)
                    target_link_libraries(sample${name}_unittest GTest::gtest_main)
                endforeach()
                """}, prepare="cmake -B build", ignored="build"),
    Subject("catch", "catch2", lambda: debian_source("catch2"), "examples single_include",
            "examples/110-Fix-ClassFixture.cpp", "arg.length() == 0", "arg.length() == 99", "arg.length() == 98",
            "Create Employee/No Name", needs="cmake",
            files={"CMakeLists.txt": """
                cmake_minimum_required(VERSION 3.10)
                project(Catch2Examples CXX)
                include_directories(single_include)
                add_executable(examples examples/000-CatchMain.cpp examples/110-Fix-ClassFixture.cpp
                    examples/120-Bdd-ScenarioGivenWhenThen.cpp)
                """}, prepare="cmake -B build", ignored="build"),
]


def bring(subject, project):
    """The project in its work tree, as it was published, ready to run and committed."""
    for tool in subject.needs.split():
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    directory = subject.fetch()
    for pattern in subject.take.split():
        found = list(directory.glob(pattern))
        assert found, f"{subject.name} has no {pattern}"
        for path in found:
            target = project.root / path.name if "/" not in pattern else project.root / path.relative_to(directory)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(path, target)
    for path, text in subject.files.items():
        project.write(path, text)
    project.write(".gitignore", project.read(".gitignore") + subject.ignored + "\n")
    if subject.modules:
        modules = subject.modules(directory)
        if not modules.is_dir():
            pytest.skip(f"{subject.recipe} is not installed (make check-frameworks)")
        (project.root / "node_modules").symlink_to(modules)
    if subject.prepare:
        done = subprocess.run(["sh", "-c", subject.prepare], cwd=project.root, env=project.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    project.commit()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: f"{subject.recipe}-{subject.name}")
def test_red_edit_green_full(subject, project):
    project.env.update(subject.env)
    bring(subject, project)
    published = project.read(subject.file)
    assert published.count(subject.right) == 1, f"{subject.file} has changed"
    project.write(subject.file, published.replace(subject.right, subject.wrong))
    loop = project.aloof(*subject.args, rows=40, columns=160)
    loop.wait_for(re.compile(r"RED \d+ of \d+ · ran \d+ in"), 6 * DEADLINE).wait_for(subject.red)
    loop.wait_for(re.compile(rf"{subject.recipe}( [\d.]+)? ·"))
    reds, total, ran = map(int, re.search(r"RED (\d+) of (\d+) · ran (\d+) in", loop.text).groups())
    assert (ran, 0 < reds < total) == (total, True), loop.text
    project.save(subject.file, published.replace(subject.right, subject.other))
    loop.wait_for(re.compile(rf"RED \d+ of {total} · reran \d+ in"), 3 * DEADLINE).wait_for(subject.red)
    reran = int(re.search(r"reran (\d+) in", loop.text)[1])
    assert reds <= reran < total if subject.whole_file else reran == reds + (subject.recipe in BUILT), loop.text
    project.save(subject.file, published)
    loop.wait_for(re.compile(rf"GREEN {total} tests.*the red set passed"), 6 * DEADLINE)
    loop.type("q")
    assert loop.wait_exit() == 0
