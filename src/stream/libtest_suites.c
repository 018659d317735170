#include "stream/libtest_suites.h"

#include <stdlib.h>
#include <string.h>

#define SUITES_MAX 4096

/* Whether it is the text and then what nextest puts between a binary and its test; any text begins with none.
 */
static bool begins(const char *name, const char *text)
{
    size_t len = strlen(text);
    return len == 0 || (strncmp(name, text, len) == 0 && (name[len] == '$' || name[len] == '@'));
}

bool libtest_suites_open(struct libtest_suites *suites, const struct libtest_line *said, uint64_t offset)
{
    if (suites->open.len >= SUITES_MAX)
        return false;
    vec_push(&suites->open, (struct libtest_suite){.label = mem_strdup(buf_str(&said->label)),
                                                   .id = mem_strdup(buf_str(&said->binary)),
                                                   .offset = offset,
                                                   .planned = said->test_count});
    return true;
}

struct libtest_suite *libtest_suites_find(const struct libtest_suites *suites,
                                          const struct libtest_line *said)
{
    for (size_t i = suites->open.len; i-- > 0;)
        if (strcmp(suites->open.items[i].id, buf_str(&said->binary)) == 0)
            return &suites->open.items[i];
    return NULL;
}

struct libtest_suite *libtest_suites_of(const struct libtest_suites *suites, const char *test_id)
{
    for (size_t i = suites->open.len; i-- > 0;)
        if (libtest_suite_has(&suites->open.items[i], test_id))
            return &suites->open.items[i];
    return NULL;
}

bool libtest_suite_has(const struct libtest_suite *suite, const char *test_id)
{
    return begins(test_id, suite->id);
}

void libtest_suites_identify(const struct libtest_suites *suites, struct buf *name)
{
    for (size_t i = suites->open.len; i-- > 0;) {
        const struct libtest_suite *suite = &suites->open.items[i];
        if (suite->label[0] == '\0' || !begins(buf_str(name), suite->label))
            continue;
        struct buf id = {0};
        buf_printf(&id, "%s%s", suite->id, buf_str(name) + strlen(suite->label));
        buf_release(name);
        *name = id;
        return;
    }
}

void libtest_suites_close(struct libtest_suites *suites, struct libtest_suite *suite)
{
    size_t behind = suites->open.len - 1 - (size_t)(suite - suites->open.items);
    free(suite->label);
    free(suite->id);
    memmove(suite, suite + 1, behind * sizeof *suite);
    suites->open.len--;
}

void libtest_suites_release(struct libtest_suites *suites)
{
    while (suites->open.len > 0)
        libtest_suites_close(suites, &suites->open.items[suites->open.len - 1]);
    vec_release(&suites->open);
}
