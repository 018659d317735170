/* Regular expressions as a person types them (pcre2), with limits on what they may cost. */
#ifndef ALOOF_CORE_REGEX_H
#define ALOOF_CORE_REGEX_H

#include "core/bytes.h"
#include "core/error.h"

struct regex;

/* 0 and a new one, or -EINVAL with a line that says what is wrong where in the pattern. */
int regex_new(struct regex **regex, const char *pattern, struct error *error);

/* Whether it is found somewhere in the text: 1 or 0; -E2BIG: that would have cost too much. */
int regex_found(const struct regex *regex, struct bytes text);

/* What of the text it matches from the first octet on; absent when nothing does, or that would have cost too
 * much. Borrowed from the text. */
struct bytes regex_prefix(const struct regex *regex, struct bytes text);

/* Whether the text can be a replacement: $1, ${1}, $name and ${name} are groups that there are, $$ is a $. */
bool regex_takes(const struct regex *regex, const char *replacement);

/* Appends the text with the replacement for each place where it is found. 0, or -E2BIG: that would have cost
 * too much; then nothing was appended. */
int regex_replace(const struct regex *regex, struct bytes text, const char *replacement, struct buf *to);

void regex_free(struct regex *regex);

#endif
