#include "plan/filter.h"

bool filter_blank(const char *pattern)
{
    return pattern == NULL || pattern[strspn(pattern, " ")] == '\0';
}

/* Not tolower: what counts is the same in every locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool starts(const char *text, const char *word, size_t len)
{
    size_t at = 0;
    while (at < len && lower(text[at]) == lower(word[at]))
        at++;
    return at == len;
}

/* Most places of most ids are passed over by their first letter. */
static bool word_in(const char *id, const char *word, size_t len)
{
    char small = lower(*word);
    char large = small >= 'a' && small <= 'z' ? (char)(small - 'a' + 'A') : small;
    for (; *id != '\0'; id++)
        if ((*id == small || *id == large) && starts(id, word, len))
            return true;
    return false;
}

bool filter_matches(const char *pattern, const char *id)
{
    for (;;) {
        pattern += strspn(pattern, " ");
        size_t len = strcspn(pattern, " ");
        if (len == 0)
            return true;
        if (!word_in(id, pattern, len))
            return false;
        pattern += len;
    }
}

size_t filter_count(const char *pattern, const struct model *model)
{
    size_t count = 0;
    const struct test *test;
    vec_each (test, &model->tests)
        count += !test->gone && test->outcome != OUTCOME_COLLECTION && filter_matches(pattern, test->id);
    return count;
}
