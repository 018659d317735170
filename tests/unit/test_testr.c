/* The configuration of testr and stestr as recipes; and the files that it stands in. */
#include "core/words.h"
#include "project/ini.h"
#include "project/testr.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

/* What is said without the scratch directory. */
static const char *shortened(const struct scratch *scratch, const char *text)
{
    size_t len = strlen(scratch->dir);
    return strncmp(text, scratch->dir, len) == 0 ? text + len + 1 : text;
}

/* All entries as "section.key=value", a line each; or what is wrong with the file. */
static char *read_entries(const char *text, bool toml)
{
    struct scratch scratch;
    struct error error = {0};
    struct ini ini = {0};
    struct buf all = {0};
    scratch_init(&scratch);
    scratch_write(&scratch, "f", text);
    char *path = scratch_path(&scratch, "f");
    int code = toml ? ini_read_toml(&ini, path, "tool.x", &error) : ini_read(&ini, path, &error);
    assert_int_equal(code, error.text[0] != '\0' ? -EINVAL : 0);
    const struct ini_entry *entry;
    buf_puts(&all, shortened(&scratch, error.text));
    if (code == 0)
        vec_each (entry, &ini.entries) {
            char *value = ini_value(&ini, entry);
            buf_printf(&all, "%s.%s=%s:%u\n", entry->section, entry->key, value, entry->line);
            free(value);
        }
    ini_release(&ini);
    free(path);
    scratch_release(&scratch);
    return buf_take(&all);
}

static const struct {
    const char *text, *said;
} inis[] =
    {
        {"", ""},
        {"[A]\nk=v\n", "A.k=v:2\n"},
        {"# c\n; c\n\n[A]\r\nKey : a = b # no comment\r\n[b c]\nk=\n",
         "A.key=a = b # no comment:5\nb c.k=:7\n"},
        {"[A]\nk = one\n  two\n# c\n\n\tthree\nl=1", "A.k=one\ntwo\nthree:2\nA.l=1:7\n"},
        {"[A]\np=%(q)s/%%d%\nq=x%(q2)s\nq2=y\n", "A.p=xy/%d%:2\nA.q=xy:3\nA.q2=y:4\n"},
        {"[A]\np=%(none)s%(p\n", "A.p=%(none)s%(p:2\n"},
        {"[A]\n  k=1\n  l=2\n", "A.k=1:2\nA.l=2:3\n"},
        {"k=v\n", "f:1: a key before the first section; expected [DEFAULT]"},
        {"[A\n", "f:1: a section's name wants a ] behind it"},
        {"[A]\n\nword\n", "f:3: expected KEY = VALUE"},
        {"[A]\n=v\n", "f:2: expected KEY = VALUE"},
        {"[A]\nk=1\nK=2\n", "f:3: k is said a second time, after line 2"},
},
  tomls[] = {
      {"[tool.y]\nk = [\n1]\n[tool.x]\na = \"b\"\n", "tool.x.a=b:5\n"},
      {"[ tool.x ] # c\na = 'b\\n' # c\nb = true # c\n\nc= \"x\\\"\\\\y\\n\"\n[z]\nd=1\n",
       "tool.x.a=b\\n:2\ntool.x.b=true:3\ntool.x.c=x\"\\y\n:5\n"},
      {"[tool.x]\na = '''it's'''\nb = \"\"\nc = \"100%%\"\n",
       "tool.x.a=it's:2\ntool.x.b=:3\ntool.x.c=100%%:4\n"},
      {"[tool.x]\na = \"b\n", "f:2: a string that does not end in its line"},
      {"[tool.x]\na = \"b\" c\n", "f:2: text behind a string"},
      {"[tool.x]\na = \"\\q\"\n",
       "f:2: of the escapes in a string only \\\\, \\\", \\n and \\t are understood"},
      {"[tool.x]\na\n", "f:2: expected KEY = VALUE"},
};

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof inis / sizeof *inis; i++) {
        char *said = read_entries(inis[i].text, false);
        assert_string_equal(said, inis[i].said);
        free(said);
    }
    for (size_t i = 0; i < sizeof tomls / sizeof *tomls; i++) {
        char *said = read_entries(tomls[i].text, true);
        assert_string_equal(said, tomls[i].said);
        free(said);
    }
}

/* All that a recipe says, "key = value" a line; or what is wrong. */
static char *recipe_of(const char *name, const char *file, const char *text)
{
    struct scratch scratch;
    struct error error = {0};
    struct recipe recipe = {.name = mem_strdup(name)};
    struct buf all = {0};
    char *where = NULL;
    scratch_init(&scratch);
    scratch_write(&scratch, file, text);
    int code = testr_recipe(&recipe, name, scratch.dir, "/my py", NULL, &where, &error);
    if (code == 0) {
        assert_string_equal(shortened(&scratch, where), file);
        assert_int_equal(recipe_check(&recipe, where, &error), 0);
        for (size_t i = 0; i < recipe.keys.len; i++)
            buf_printf(&all, "%s = %s\n", recipe.keys.items[i], recipe.values.items[i]);
    } else {
        buf_puts(&all, code == -ENOENT ? "none" : shortened(&scratch, error.text));
    }
    free(where);
    recipe_release(&recipe);
    scratch_release(&scratch);
    return buf_take(&all);
}

#define SUBUNIT "list-format = testr\nformat = testr\nunit = test\n"

static const struct {
    const char *name, *file, *text, *said;
} recipes[] = {
    {"testr", ".testr.conf",
     "[DEFAULT]\ntest_command=${PYTHON:-python} -m t $LISTOPT $IDOPTION\ntest_id_option=--load $IDFILE\n"
     "test_list_option=--list\n",
     "list = sh -c '${PYTHON:-python} -m t --list  \"$@\"' aloof {args}\n"
     "run = sh -c '${PYTHON:-python} -m t  --load {idfile} \"$@\"' aloof {args}\n" SUBUNIT},
    {"testr", ".testr.conf",
     "[DEFAULT]\ntest_command = t 'x' $IDLIST $LISTOPT\ntest_list_option = -l\ntest_id_list_default = a b\n"
     "group_regex = ([^.]+\\.)+\nfilter_tags = layer  other\ntest_run_concurrency = echo 3\n",
     "list = sh -c 't '\\''x'\\'' a b -l \"$@\"' aloof {args}\n"
     "run = sh -c 't '\\''x'\\'' {idlist}  \"$@\"' aloof {args}\n" SUBUNIT
     "group = ([^.]+\\.)+\npart-tag = layer\npart-tag = other\nboxes = sh -c 'echo 3'\n"},
    {"testr", ".testr.conf", "[DEFAULT]\n",
     ".testr.conf: [DEFAULT] lacks test_command (the command that runs the tests)"},
    {"testr", ".testr.conf", "[DEFAULT]\ntest_command = t $IDOPTION\n",
     ".testr.conf: [DEFAULT] lacks test_id_option (what $IDOPTION in test_command stands for)"},
    {"testr", ".testr.conf", "[DEFAULT]\n\ntest_command = t $IDLIST\n",
     ".testr.conf:3: test_command: no $LISTOPT in it, so that it cannot list its tests"},
    {"testr", ".testr.conf", "[DEFAULT]\ntest_command = t $IDLIST $LISTOPT\n",
     ".testr.conf: [DEFAULT] lacks test_list_option (what $LISTOPT in test_command stands for)"},
    {"testr", ".testr.conf", "[DEFAULT]\ntest_command = t $LISTOPT\ntest_list_option = -l\n",
     ".testr.conf:2: test_command: neither $IDFILE nor $IDLIST in it, so that single tests cannot be run"},
    {"testr", ".testr.conf",
     "[DEFAULT]\ntest_command = t $LISTOPT $IDOPTION\ntest_list_option = -l\ntest_id_option = -f\n",
     ".testr.conf:4: test_id_option: neither $IDFILE nor $IDLIST in it, so that single tests cannot be run"},
    {"testr", ".testr.conf",
     "[DEFAULT]\ntest_command = t $LISTOPT $IDLIST\ntest_list_option = -l\ngroup_regex = (a\n",
     ".testr.conf:4: '(a' is no regular expression: missing closing parenthesis, at 3"},
    {"testr", ".testr.conf", "[DEFAULT]\ntest_command = t\ninstance_execute = ssh $INSTANCE_ID $COMMAND\n",
     ".testr.conf:3: instance_execute: tests cannot be run in instances yet, for that needs gateways; "
     "without the "
     "instance_ lines they run here"},
    {"testr", ".stestr.conf", "[DEFAULT]\n", "none"},
    {"prove", ".prove.conf", "[DEFAULT]\n", "none"},
    {"stestr", ".stestr.conf", "[DEFAULT]\ntest_path = ${P:-./t}\ngroup_regex = .*\nparallel_class = no\n",
     "list = sh -c '${PYTHON:-'\\''/my py'\\''} -m stestr.subunit_runner.run discover -t \"./\" "
     "\"${P:-./t}\" --list  "
     "\"$@\"' aloof {args}\n"
     "run = sh -c '${PYTHON:-'\\''/my py'\\''} -m stestr.subunit_runner.run discover -t \"./\" \"${P:-./t}\" "
     " "
     "--load-list {idfile} \"$@\"' aloof {args}\n" SUBUNIT
     "debug = sh -c 'PYTHONPATH=\"./${PYTHONPATH:+:$PYTHONPATH}\" ${PYTHON:-'\\''/my py'\\''} -m "
     "testtools.run "
     "\"$@\"' aloof {id}\ngroup = .*\n"},
    {"stestr", ".stestr.conf", "[DEFAULT]\ntop_dir = x\n",
     ".stestr.conf: [DEFAULT] lacks test_path (the directory of the tests)"},
    {"stestr", "pyproject.toml", "[tool.stestr]\ntop_dir = \"x\"\n",
     "pyproject.toml: [tool.stestr] lacks test_path (the directory of the tests)"},
    {"stestr", "pyproject.toml", "[tool.other]\n", "none"},
    {"stestr", "tox.ini", "[stestr]\n", "tox.ini: [stestr] lacks test_path (the directory of the tests)"},
    {"stestr", "tox.ini", "[tox]\nnot for us\n", "none"},
};

static void test_recipes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        char *said = recipe_of(recipes[i].name, recipes[i].file, recipes[i].text);
        assert_string_equal(said, recipes[i].said);
        free(said);
    }
}

/* Each of nine values refers a thousand times to the next, and the last is empty: what they lead to has no
 * end. */
static void test_values_have_a_limit(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_puts(&text, "[A]\na =\n");
    for (char key = 'b'; key < 'j'; key++) {
        buf_printf(&text, "%c = ", key);
        for (int i = 0; i < 1000; i++)
            buf_printf(&text, "%%(%c)s", key - 1);
        buf_putc(&text, '\n');
    }
    char *said = read_entries(buf_str(&text), false);
    assert_in_range(strlen(said), 1, 1 << 20);
    buf_release(&text);
    free(said);
}

static void test_files_have_a_limit(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_puts(&text, "[A]\n");
    for (int i = 0; i < 5000; i++)
        buf_printf(&text, "k%d=\n", i);
    char *said = read_entries(buf_str(&text), false);
    assert_string_equal(said, "f:4098: more than 4096 keys");
    buf_release(&text);
    free(said);
}

static void test_a_class_is_a_group(void **state)
{
    (void)state;
    char *said =
        recipe_of("stestr", "pyproject.toml", "[tool.stestr]\ntest_path = './t'\nparallel_class = true\n");
    assert_non_null(strstr(said, "\ngroup = ([^\\.]*\\.)*\n"));
    assert_non_null(strstr(said, "\"./t\" --list "));
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_values_have_a_limit),
        cmocka_unit_test(test_files_have_a_limit),
        cmocka_unit_test(test_recipes),
        cmocka_unit_test(test_a_class_is_a_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
