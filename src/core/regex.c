#include "core/regex.h"

#include <errno.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 1000000 /* steps of one search: some tenths of a second */
#define GROWTH 256          /* octets more than the text, at first */
#define REPLACED_MAX (1 << 20)

struct regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

int regex_new(struct regex **regex, const char *pattern, struct error *error)
{
    int code;
    size_t at;
    pcre2_code *made = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &code, &at, NULL);
    if (made == NULL) {
        char reason[128];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)reason, sizeof reason);
        return error_set(error, -EINVAL, "'%s' is no regular expression: %s, at %zu", pattern, reason,
                         at + 1);
    }
    struct regex *fresh = mem_zero(sizeof *fresh);
    fresh->code = made;
    fresh->match = pcre2_match_data_create_from_pattern(made, NULL);
    fresh->limits = pcre2_match_context_create(NULL);
    if (fresh->match == NULL || fresh->limits == NULL)
        abort(); /* there is no memory */
    pcre2_set_match_limit(fresh->limits, MATCH_LIMIT);
    pcre2_jit_compile(made, PCRE2_JIT_COMPLETE);
    *regex = fresh;
    return 0;
}

int regex_found(const struct regex *regex, struct bytes text)
{
    int code = pcre2_match(regex->code, (PCRE2_SPTR)(text.data != NULL ? text.data : ""), text.len, 0, 0,
                           regex->match, regex->limits);
    return code >= 0 ? 1 : code == PCRE2_ERROR_NOMATCH ? 0 : -E2BIG;
}

struct bytes regex_prefix(const struct regex *regex, struct bytes text)
{
    int code = pcre2_match(regex->code, (PCRE2_SPTR)(text.data != NULL ? text.data : ""), text.len, 0,
                           PCRE2_ANCHORED, regex->match, regex->limits);
    if (code < 0)
        return (struct bytes){0};
    return (struct bytes){text.data, pcre2_get_ovector_pointer(regex->match)[1]};
}

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789"
#define DIGITS "0123456789"

static bool has_group(const struct regex *regex, const char *name, size_t len)
{
    uint32_t count = 0;
    char text[40];
    if (len == 0 || len >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)len, name);
    if (strspn(text, DIGITS) < len)
        return pcre2_substring_number_from_name(regex->code, (PCRE2_SPTR)text) > 0;
    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return strtoul(text, NULL, 10) <= count;
}

bool regex_takes(const struct regex *regex, const char *replacement)
{
    for (const char *p = replacement; (p = strchr(p, '$')) != NULL;) {
        bool braces = p[1] == '{';
        if (p[1] == '$') {
            p += 2;
            continue;
        }
        p += braces ? 2 : 1;
        size_t len = strspn(p, *p >= '0' && *p <= '9' ? DIGITS : WORD);
        if (!has_group(regex, p, len) || (braces && p[len] != '}'))
            return false;
        p += len;
    }
    return true;
}

int regex_replace(const struct regex *regex, struct bytes text, const char *replacement, struct buf *to)
{
    int code = PCRE2_ERROR_NOMEMORY;
    for (size_t room = text.len + GROWTH; code == PCRE2_ERROR_NOMEMORY && room < REPLACED_MAX; room *= 4) {
        size_t len = room;
        code = pcre2_substitute(regex->code, (PCRE2_SPTR)(text.data != NULL ? text.data : ""), text.len, 0,
                                PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY, regex->match,
                                regex->limits, (PCRE2_SPTR)replacement, PCRE2_ZERO_TERMINATED,
                                (PCRE2_UCHAR *)buf_reserve(to, room), &len);
        if (code >= 0) {
            to->len += len;
            to->data[to->len] = '\0';
        }
    }
    return code >= 0 ? 0 : -E2BIG;
}

void regex_free(struct regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    pcre2_match_data_free(regex->match);
    pcre2_match_context_free(regex->limits);
    free(regex);
}
