#include "command/command.h"

#include "command/where.h"
#include "core/options.h"
#include "project/recipe_beside.h"
#include "trace/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum exit_code { EXIT_USAGE = 4 };

static const char head[] = "# How aloof runs and shows the tests of this project, in the syntax of "
                           "git-config. What is commented out is\n"
                           "# the default, what was found here, or (IN CAPITALS) the place of a value; "
                           "aloof(1) tells more of each.\n";

static const char own_recipe[] =
    "\n"
    "# A recipe of one's own: what prints the tests, and what runs one of them. See aloof-recipes(5).\n"
    "# [recipe \"mine\"]\n"
    "#\tlist = ls tests\n"
    "#\trun = sh tests/{id}\n";

/* What a file is made of. */
struct draft {
    struct where where;
    struct strings fitting; /* recipes */
    struct recipe recipe;   /* the one that is taken */
    struct buf text;
};

static void put_value(struct buf *to, const char *value)
{
    bool quotes = strpbrk(value, "\"\\#;") != NULL;
    if (quotes)
        buf_putc(to, '"');
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            buf_putc(to, '\\');
        buf_putc(to, *at);
    }
    if (quotes)
        buf_putc(to, '"');
}

static void put_setting(struct draft *draft, bool commented, const char *key, const char *value)
{
    buf_printf(&draft->text, "\t%s%s = ", commented ? "# " : "", key);
    put_value(&draft->text, value);
    buf_putc(&draft->text, '\n');
}

/* Which recipe it is and why; it is written down where there is more than one to choose from. */
static void put_recipe(struct draft *draft)
{
    struct buf *to = &draft->text;
    struct recipe_places places = where_recipes(&draft->where);
    places.config = "/dev/null";
    const char *mark = recipe_mark(&draft->recipe, places.root);
    if (draft->fitting.len == 0)
        buf_puts(to, "\t# nothing here tells which it is, so pytest is tried\n");
    else if (mark != NULL)
        buf_printf(to, "\t# here: by %s\n", mark);
    if (draft->fitting.len > 1) {
        buf_puts(to, "\t# these fit:");
        for (size_t i = 0; i < draft->fitting.len; i++)
            buf_printf(to, "%s %s", i > 0 ? "," : "", draft->fitting.items[i]);
        buf_putc(to, '\n');
    }
    char *several = recipe_beside(&places, draft->recipe.name);
    if (several != NULL)
        buf_printf(to, "\t# to use more than one: recipe = %s\n", several);
    free(several);
    put_setting(draft, draft->fitting.len < 2, "recipe", draft->recipe.name);
}

/* key: without its section. */
static void put_option(struct draft *draft, const struct option *option, const char *key)
{
    struct buf value = {0};
    const struct editor editor = {.visual = getenv("VISUAL"), .editor = getenv("EDITOR")};
    bool first = draft->text.data[draft->text.len - 2] == ']';
    buf_printf(&draft->text, "%s\t# %s\n", first ? "" : "\n", option->help);
    if (strcmp(option->key, "recipe") == 0) {
        put_recipe(draft);
        return;
    }
    options_default(option, &value);
    if (strcmp(option->key, "key.KEY") == 0)
        put_setting(draft, true, "f5", "rerun-red");
    else if (strcmp(option->key, "bind.COMMAND") == 0)
        put_setting(draft, true, "run-all", "R");
    else if (strcmp(option->key, "python") == 0)
        put_setting(draft, true, key, draft->where.python);
    else if (strcmp(option->key, "editor.command") == 0)
        put_setting(draft, true, key, editor_command(&editor));
    else
        put_setting(draft, true, key, value.len > 0 ? buf_str(&value) : option->argument);
    buf_release(&value);
}

/* The section of a key, and what is left of it; a key without one stands under [run]. The caller frees. */
static char *section_of(const char *key, const char **rest)
{
    const char *dot = strchr(key, '.');
    *rest = dot != NULL ? dot + 1 : key;
    return dot != NULL ? mem_dup(key, (size_t)(dot - key)) : mem_strdup("run");
}

static void put_section(struct draft *draft, const char *section)
{
    size_t count;
    const struct option *table = options_table(&count);
    buf_printf(&draft->text, "\n[%s]\n", section);
    for (size_t i = 0; i < count; i++) {
        const char *rest;
        char *own = table[i].key != NULL ? section_of(table[i].key, &rest) : NULL;
        if (own != NULL && strcmp(own, section) == 0)
            put_option(draft, &table[i], rest);
        free(own);
    }
}

static void put_sections(struct draft *draft)
{
    size_t count;
    const struct option *table = options_table(&count);
    struct strings done = {0};
    strings_add(&done, "run");
    put_section(draft, "run");
    for (size_t i = 0; i < count; i++) {
        const char *rest;
        char *section = table[i].key != NULL ? section_of(table[i].key, &rest) : NULL;
        if (section != NULL && strings_find(&done, section, NULL) != 0) {
            strings_add(&done, section);
            put_section(draft, section);
        }
        free(section);
    }
    strings_release(&done);
}

/* What is wrong with the configuration that is there already is no matter here: it is not read. */
static int make_draft(struct draft *draft, struct error *error)
{
    int bad = where_find(&draft->where, error);
    if (bad != 0)
        return bad;
    struct recipe_places places = where_recipes(&draft->where);
    places.config = "/dev/null";
    recipe_fitting(&places, where_knows, &draft->fitting);
    bad = recipe_find(&draft->recipe, &places, NULL, where_knows, error);
    if (bad != 0)
        return bad;
    buf_puts(&draft->text, head);
    put_sections(draft);
    buf_puts(&draft->text, own_recipe);
    return 0;
}

static int write_all(int fd, struct bytes left)
{
    while (left.len > 0) {
        ssize_t written = write(fd, left.data, left.len);
        if (written < 0 && errno != EINTR)
            return -errno;
        if (written > 0)
            left = (struct bytes){left.data + written, left.len - (size_t)written};
    }
    return 0;
}

static int write_file(const struct draft *draft, struct error *error)
{
    const char *path = draft->where.config;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST)
        return error_set(
            error, -EEXIST,
            "%s: is there already, and stays as it is; aloof init --stdout prints what would be in it", path);
    if (fd < 0)
        return error_set(error, -errno, "%s: cannot be written: %s", path, strerror(errno));
    int bad = write_all(fd, buf_bytes(&draft->text));
    if (close(fd) < 0 && bad == 0)
        bad = -errno;
    if (bad == 0)
        return 0;
    unlink(path);
    return error_set(error, bad, "%s: cannot be written: %s", path, strerror(-bad));
}

static int finish(const struct draft *draft, bool print, struct error *error)
{
    if (print) {
        int bad = write_all(STDOUT_FILENO, buf_bytes(&draft->text));
        return bad == 0 ? 0 : error_set(error, bad, "standard output: %s", strerror(-bad));
    }
    int bad = write_file(draft, error);
    if (bad == 0)
        printf("wrote %s: the tests are run by recipe %s\n", draft->where.config, draft->recipe.name);
    return bad;
}

static int help(void)
{
    printf("Usage: aloof init [--stdout|-]\n\n"
           "Writes .aloof.conf at the top of the project: every setting with what it does, its default "
           "commented\n"
           "out, and what was found here. A file that is there stays as it is.\n\n"
           "  --stdout, -                print it instead\n"
           "  -h, --help                 show this help\n");
    return 0;
}

int command_init(int argc, char *argv[])
{
    bool print = false;
    struct error error = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
            return help();
        if (strcmp(argv[i], "-") != 0 && strcmp(argv[i], "--stdout") != 0) {
            fprintf(stderr, "aloof: init: %s: it takes no such argument; see aloof init --help\n", argv[i]);
            return EXIT_USAGE;
        }
        print = true;
    }
    struct draft draft = {0};
    int bad = make_draft(&draft, &error);
    if (bad == 0)
        bad = finish(&draft, print, &error);
    if (bad != 0)
        fprintf(stderr, "aloof: %s\n", error.text);
    buf_release(&draft.text);
    recipe_release(&draft.recipe);
    strings_release(&draft.fitting);
    where_release(&draft.where);
    return bad == 0 ? 0 : EXIT_USAGE;
}
