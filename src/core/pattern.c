#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/pattern.h"

#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>

#define MATCH_LIMIT 100000 /* steps, so that no text takes for ever */

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

struct pattern *pattern_new(const char *text, struct error *error)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED, &code, &at, NULL);
    if (compiled == NULL) {
        PCRE2_UCHAR why[160];
        pcre2_get_error_message(code, why, sizeof why);
        error_set(error, -EINVAL, "'%s' is no regular expression: %s, at %zu", text, (const char *)why,
                  at + 1);
        return NULL;
    }
    struct pattern *pattern = mem_zero(sizeof *pattern);
    pattern->code = compiled;
    pattern->match = pcre2_match_data_create_from_pattern(compiled, NULL);
    pattern->limits = pcre2_match_context_create(NULL);
    if (pattern->match == NULL || pattern->limits == NULL)
        abort();
    pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
    return pattern;
}

struct bytes pattern_match(struct pattern *pattern, struct bytes text)
{
    int found =
        pcre2_match(pattern->code, (PCRE2_SPTR)text.data, text.len, 0, 0, pattern->match, pattern->limits);
    if (found < 0)
        return (struct bytes){0};
    return (struct bytes){text.data, pcre2_get_ovector_pointer(pattern->match)[1]};
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_match_data_free(pattern->match);
    pcre2_match_context_free(pattern->limits);
    pcre2_code_free(pattern->code);
    free(pattern);
}
