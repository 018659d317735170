/* A regular expression (PCRE's dialect, a bounded search) that is looked for at the start of a text. */
#ifndef ALOOF_CORE_PATTERN_H
#define ALOOF_CORE_PATTERN_H

#include "core/bytes.h"
#include "core/error.h"

struct pattern; /* heap */

/* NULL with a line when the text is no regular expression. */
struct pattern *pattern_new(const char *text, struct error *error);

/* What of the text matches, from its first octet on; absent when nothing does. Borrowed from the text. */
struct bytes pattern_match(struct pattern *pattern, struct bytes text);

void pattern_free(struct pattern *pattern); /* NULL does nothing */

#endif
