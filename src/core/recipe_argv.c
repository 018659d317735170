#include "core/recipe_argv.h"

#include "core/words.h"

#include <stdint.h>
#include <stdlib.h>

/* Octets of ids: Linux takes 128 KiB in one word, others 256 KiB in all; CMake compiles regular expressions
 * of 64 KiB. */
#define ARGV_MAX 60000

const char *recipe_test_name(const struct recipe_test *test)
{
    size_t len = strlen(test->file);
    const char *rest = test->id + len;
    if (len == 0 || strncmp(test->id, test->file, len) != 0 || *rest == '\0' ||
        strchr("/:.#$", *rest) == NULL)
        return test->id;
    const char *name = rest + (strncmp(rest, "::", 2) == 0 ? 2 : 1);
    return *name != '\0' ? name : test->id;
}

/* A name for a regular expression, in the dialect that all have in common. */
static void add_literal(struct buf *regex, const char *name, size_t len)
{
    for (const char *at = name; at < name + len; at++) {
        if (strchr("\\.+*?()|[]{}^$", *at) != NULL)
            buf_putc(regex, '\\');
        if (strchr("\t\n\r", *at) != NULL)
            buf_puts(regex, "\\s");
        else
            buf_putc(regex, *at);
    }
}

static char *write_regex(const struct recipe_test *tests, size_t count)
{
    struct buf regex = {0};
    buf_puts(&regex, "^(");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_putc(&regex, '|');
        const char *name = recipe_test_name(&tests[i]);
        add_literal(&regex, name, strlen(name));
    }
    buf_puts(&regex, ")$");
    return buf_take(&regex);
}

/* "outer > inner" as its tool may know it: "outer inner" or "inner". */
static void add_nested(struct buf *regex, const char *name)
{
    const char *innermost = name;
    for (const char *next = strstr(name, PART_BETWEEN); next != NULL;
         next = strstr(innermost, PART_BETWEEN)) {
        add_literal(regex, innermost, (size_t)(next - innermost));
        buf_putc(regex, ' ');
        innermost = next + strlen(PART_BETWEEN);
    }
    add_literal(regex, innermost, strlen(innermost));
    if (innermost == name)
        return;
    buf_putc(regex, '|');
    add_literal(regex, innermost, strlen(innermost));
}

/* A name as it may be written between double quotes, with a backslash before some of its characters. */
static void add_written(struct buf *regex, const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (strchr("\\\"$`", *at) != NULL)
            buf_puts(regex, "\\\\?");
        add_literal(regex, at, 1);
    }
}

static void add_plain(struct buf *regex, const char *name)
{
    add_literal(regex, name, strlen(name));
}

/* The same of the parts that are asked for. */
static char *write_parts_regex(const struct recipe_test *tests, size_t count,
                               void (*add)(struct buf *regex, const char *name))
{
    struct buf regex = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tests[i].parts->len; j++) {
            buf_puts(&regex, regex.len == 0 ? "^(" : "|");
            add(&regex, tests[i].parts->items[j]);
        }
    buf_puts(&regex, ")$");
    return buf_take(&regex);
}

static void add_all(struct strings *argv, const struct strings *words)
{
    for (size_t i = 0; i < words->len; i++)
        strings_add(argv, words->items[i]);
}

/* Appends what stands for {parts}. */
static void add_parts(const struct recipe_test *tests, size_t count, const struct strings *words,
                      struct strings *argv)
{
    if (words == NULL || count == 0 || tests[0].parts == NULL)
        return;
    char *plain = write_parts_regex(tests, count, add_plain);
    char *nested = write_parts_regex(tests, count, add_nested);
    char *written = write_parts_regex(tests, count, add_written);
    const struct words_hole holes[] = {{"{regex}", plain}, {"{nested}", nested}, {"{written}", written}};
    struct strings filled = {0};
    add_all(&filled, words);
    words_fill(&filled, holes, sizeof holes / sizeof *holes);
    add_all(argv, &filled);
    strings_release(&filled);
    free(plain);
    free(nested);
    free(written);
}

static size_t parts_size(const struct recipe_test *test)
{
    size_t size = 0;
    for (size_t i = 0; test->parts != NULL && i < test->parts->len; i++)
        size += strlen(test->parts->items[i]) + 1;
    return size;
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
    size_t whole = recipe->run_files.len > 0 && tests[0].parts == NULL ? whole_files(tests, count) : 0;
    *command = whole > 0 ? &recipe->run_files : &recipe->run;
    if (whole > 0)
        return whole;
    if (recipe->format == NULL || (recipe->holes & HOLE_ID) != 0)
        return 1;
    size_t share = 0, size = 0, parts = 0;
    bool on_line = (recipe->holes & ~(unsigned)(HOLE_IDFILE | HOLE_ARGS | HOLE_REPORT | HOLE_BOXES)) != 0;
    for (; share < count; share++) {
        bool other = strcmp(tests[share].file, tests[0].file) != 0;
        size += 2 * strlen(tests[share].id) + sizeof(char *);
        parts += parts_size(&tests[share]);
        if (share > 0 && ((size > ARGV_MAX && on_line) || ((recipe->holes & HOLE_FILE) != 0 && other)))
            break;
        if (share > 0 &&
            (parts > RECIPE_PARTS_MAX || (tests[share].parts == NULL) != (tests[0].parts == NULL)))
            break;
    }
    return share;
}

/* As a shell reads them, so that they may stand in what `sh -c` runs. */
static char *write_quoted(const struct recipe_test *tests, size_t count)
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

/* What stands for "{names:SEP}" or "{ids:SEP}", of which the word holds one or none: all of them with SEP
 * between. Frees with free_joined; an empty name: there is none. */
static struct words_hole write_joined(const char *word, const struct recipe_test *tests, size_t count)
{
    const char *names = strstr(word, "{names:"), *ids = strstr(word, "{ids:");
    const char *begin = names != NULL ? names : ids;
    const char *end = begin != NULL ? strchr(begin, '}') : NULL;
    if (end == NULL)
        return (struct words_hole){0};
    const char *between = strchr(begin, ':') + 1;
    struct buf value = {0};
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add(&value, between, (size_t)(end - between));
        buf_puts(&value, names != NULL ? recipe_test_name(&tests[i]) : tests[i].id);
    }
    return (struct words_hole){mem_dup(begin, (size_t)(end + 1 - begin)), buf_take(&value)};
}

static void free_joined(const struct words_hole *list)
{
    free((char *)(uintptr_t)list->name);
    free((char *)(uintptr_t)list->value);
}

/* Appends the words that one of the command's becomes. holes: what stands for the others; the first is free.
 */
static void fill_word(const char *word, struct words_hole *holes, size_t hole_count,
                      const struct recipe_test *tests, size_t count, struct strings *argv)
{
    bool names = strcmp(word, "{names}") == 0;
    struct strings filled = {0};
    for (size_t i = 0; i < count && (names || strcmp(word, "{ids}") == 0); i++)
        strings_add(&filled, names ? recipe_test_name(&tests[i]) : tests[i].id);
    for (size_t i = 0; i < count && strcmp(word, "{files}") == 0; i += of_first_file(tests + i, count - i))
        strings_add(&filled, tests[i].file);
    if (filled.len == 0) {
        holes[0] = write_joined(word, tests, count);
        bool joined = holes[0].name != NULL;
        strings_add(&filled, word);
        words_fill(&filled, holes + !joined, hole_count - !joined);
        free_joined(&holes[0]);
    }
    add_all(argv, &filled);
    strings_release(&filled);
}

void recipe_argv(const struct strings *command, const struct recipe_test *tests, size_t count,
                 const struct recipe_extra *extra, struct strings *argv)
{
    char *regex = write_regex(tests, count), *list = write_quoted(tests, count), boxes[16];
    snprintf(boxes, sizeof boxes, "%u", extra->boxes > 0 ? extra->boxes : 1);
    struct words_hole holes[] = {{0},
                                 {"{id}", tests[0].id},
                                 {"{name}", recipe_test_name(&tests[0])},
                                 {"{file}", tests[0].file},
                                 {"{regex}", regex},
                                 {"{idlist}", list},
                                 {"{boxes}", boxes},
                                 {"{report}", extra->report != NULL ? extra->report : "/dev/null"},
                                 {"{idfile}", extra->idfile != NULL ? extra->idfile : "/dev/null"}};
    for (size_t i = 0; i < command->len; i++)
        if (strcmp(command->items[i], "{args}") == 0)
            add_all(argv, extra->args);
        else if (strcmp(command->items[i], "{parts}") == 0)
            add_parts(tests, count, extra->parts, argv);
        else
            fill_word(command->items[i], holes, sizeof holes / sizeof *holes, tests, count, argv);
    free(list);
    free(regex);
}
