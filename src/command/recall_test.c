#include "command/recall.h"

#include <errno.h>

#define NAMED 3 /* candidates that are told, at most */

/* The tests that the word may mean: those that are called so, and those that have it in their ids. */
struct candidates {
    const char *word;
    size_t exact, parts;
    int64_t exact_row, part_row;
    struct buf exact_names, part_names;
    archive_test_reader *each;
    void *owner;
};

static bool is_called(const struct history_name *name, const char *word)
{
    size_t len = strlen(name->recipe);
    return strcmp(name->id, word) == 0 ||
           (strncmp(word, name->recipe, len) == 0 && strncmp(word + len, ": ", 2) == 0 &&
            strcmp(word + len + 2, name->id) == 0);
}

/* Those that are called the same differ in their recipes. */
static bool weigh(void *owner, const struct archive_test *test)
{
    struct candidates *candidates = owner;
    const struct history_name *name = &test->known.name;
    if (is_called(name, candidates->word)) {
        candidates->exact_row = test->row;
        if (candidates->exact++ < NAMED)
            buf_printf(&candidates->exact_names, ", %s: %s", name->recipe, name->id);
    } else if (strstr(name->id, candidates->word) != NULL) {
        candidates->part_row = test->row;
        if (candidates->parts++ < NAMED)
            buf_printf(&candidates->part_names, ", %.200s", name->id);
    }
    return true;
}

static bool give(void *owner, const struct archive_test *test)
{
    const struct candidates *candidates = owner;
    if (test->row != candidates->exact_row)
        return true;
    candidates->each(candidates->owner, test);
    return false;
}

static int say_which(const char *word, size_t count, const struct buf *names, struct error *error)
{
    const char *which = buf_str(names) + 2;
    if (count <= NAMED)
        return error_set(error, -ENOENT, "%s: %zu tests are called so; say which: %s", word, count, which);
    return error_set(error, -ENOENT, "%s: %zu tests are called so; say which: %s and %zu more", word, count,
                     which, count - NAMED);
}

int recall_test(struct recall *recall, const char *word, archive_test_reader *each, void *owner,
                struct error *error)
{
    struct candidates candidates = {.word = word, .each = each, .owner = owner};
    int bad = archive_tests(recall->archive, weigh, &candidates, error);
    if (bad == 0 && candidates.exact == 0 && candidates.parts == 1) {
        candidates.exact = 1;
        candidates.exact_row = candidates.part_row;
    }
    if (bad == 0 && candidates.exact > 1)
        bad = say_which(word, candidates.exact, &candidates.exact_names, error);
    else if (bad == 0 && candidates.exact == 0 && candidates.parts > 1)
        bad = say_which(word, candidates.parts, &candidates.part_names, error);
    else if (bad == 0 && candidates.exact == 0)
        bad = error_set(error, -ENOENT, "%s: no test that is remembered is called so; see aloof list", word);
    if (bad == 0)
        bad = archive_tests(recall->archive, give, &candidates, error);
    buf_release(&candidates.exact_names);
    buf_release(&candidates.part_names);
    return bad;
}
