/* Keywords, strings and comments of a line of source, as far as one line tells:
 * a small table per language, chosen by the file's name. Pure. */
#ifndef ALOOF_TRACE_SYNTAX_H
#define ALOOF_TRACE_SYNTAX_H

#include "core/bytes.h"

enum syntax_kind { SYNTAX_CODE, SYNTAX_KEYWORD, SYNTAX_STRING, SYNTAX_COMMENT };

struct syntax; /* of one language */

/* The language of a file; NULL: none that is known. */
const struct syntax *syntax_of(const char *path);

/* The run of one kind at *at, as long as it is; moves *at behind it. false at the line's end. `run` is a part
 * of the line. Without a language (NULL) all is code. */
bool syntax_next(const struct syntax *syntax, struct bytes line, size_t *at, struct bytes *run,
                 enum syntax_kind *kind);

#endif
