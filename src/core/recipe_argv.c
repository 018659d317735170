#include "core/recipe_argv.h"

#include "core/words.h"

#define ARGV_MAX 98304 /* octets of ids: Linux takes 128 KiB in one word, others 256 KiB in all */

/* Of a test that is asked for with its file, the part of the id that the file does not say: "pkg/TestX" of
 * the package "pkg" is TestX. */
static const char *name_in_file(const struct recipe_test *test)
{
    size_t len = strlen(test->file);
    bool inside = len > 0 && strncmp(test->id, test->file, len) == 0;
    const char *rest = test->id + len;
    size_t separator = inside ? strspn(rest, "/:.#") : 0;
    return separator > 0 && rest[separator] != '\0' ? rest + separator : test->id;
}

/* A regular expression in the dialect that all have in common. */
static char *write_regex(const struct recipe_test *tests, size_t count)
{
    struct buf regex = {0};
    buf_puts(&regex, "^(");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_putc(&regex, '|');
        for (const char *at = name_in_file(&tests[i]); *at != '\0'; at++) {
            if (strchr("\\.+*?()|[]{}^$", *at) != NULL)
                buf_putc(&regex, '\\');
            buf_putc(&regex, *at);
        }
    }
    buf_puts(&regex, ")$");
    return buf_take(&regex);
}

/* How many from the first have the file of the first. */
static size_t of_first_file(const struct recipe_test *tests, size_t count)
{
    size_t same = 1;
    while (same < count && strcmp(tests[same].file, tests[0].file) == 0)
        same++;
    return same;
}

/* How many from the first make up whole files. */
static size_t whole_files(const struct recipe_test *tests, size_t count)
{
    size_t whole = 0, size = 0;
    while (whole < count) {
        size_t same = of_first_file(tests + whole, count - whole);
        size += strlen(tests[whole].file) + sizeof(char *);
        if (same != tests[whole].in_file || tests[whole].file[0] == '\0' || size > ARGV_MAX)
            break;
        whole += same;
    }
    return whole;
}

size_t recipe_share(const struct recipe *recipe, const struct recipe_test *tests, size_t count,
                    const struct strings **command)
{
    size_t whole = recipe->run_files.len > 0 ? whole_files(tests, count) : 0;
    *command = whole > 0 ? &recipe->run_files : &recipe->run;
    if (whole > 0)
        return whole;
    if (recipe->format == NULL || (recipe->holes & HOLE_ID) != 0)
        return 1;
    size_t share = 0, size = 0;
    bool on_line = (recipe->holes & ~(unsigned)(HOLE_IDFILE | HOLE_ARGS | HOLE_REPORT)) != 0;
    for (; share < count; share++) {
        bool other = strcmp(tests[share].file, tests[0].file) != 0;
        size += 2 * strlen(tests[share].id) + sizeof(char *);
        if (share > 0 && ((size > ARGV_MAX && on_line) || ((recipe->holes & HOLE_FILE) != 0 && other)))
            break;
    }
    return share;
}

static void add_all(struct strings *argv, const struct strings *words)
{
    for (size_t i = 0; i < words->len; i++)
        strings_add(argv, words->items[i]);
}

/* As a shell reads them, so that they may stand in what `sh -c` runs. */
static char *write_list(const struct recipe_test *tests, size_t count)
{
    struct buf list = {0};
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_putc(&list, ' ');
        words_quote(&list, tests[i].id);
    }
    return buf_take(&list);
}

bool recipe_wants_idfile(const struct strings *command)
{
    for (size_t i = 0; i < command->len; i++)
        if (words_has_hole(command->items[i], "{idfile}"))
            return true;
    return false;
}

void recipe_idfile(const struct recipe_test *tests, size_t count, struct buf *to)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(to, "%s\n", tests[i].id);
}

void recipe_argv(const struct strings *command, const struct recipe_test *tests, size_t count,
                 const struct recipe_extra *extra, struct strings *argv)
{
    char *regex = write_regex(tests, count), *list = write_list(tests, count);
    const struct words_hole holes[] = {{"{id}", tests[0].id},
                                       {"{file}", tests[0].file},
                                       {"{regex}", regex},
                                       {"{idlist}", list},
                                       {"{report}", extra->report != NULL ? extra->report : "/dev/null"},
                                       {"{idfile}", extra->idfile != NULL ? extra->idfile : "/dev/null"}};
    for (size_t i = 0; i < command->len; i++) {
        struct strings filled = {0};
        if (strcmp(command->items[i], "{args}") == 0) {
            add_all(argv, extra->args);
            continue;
        }
        for (size_t j = 0; j < count && strcmp(command->items[i], "{ids}") == 0; j++)
            strings_add(&filled, tests[j].id);
        for (size_t j = 0; j < count && strcmp(command->items[i], "{files}") == 0;
             j += of_first_file(tests + j, count - j))
            strings_add(&filled, tests[j].file);
        if (filled.len == 0) {
            strings_add(&filled, command->items[i]);
            words_fill(&filled, holes, sizeof holes / sizeof *holes);
        }
        add_all(argv, &filled);
        strings_release(&filled);
    }
    free(list);
    free(regex);
}
