/* A command line as words, by the shell's quoting rules and nothing more of
 * the shell: no variables, no globs, no home directories. Pure. */
#ifndef ALOOF_CORE_WORDS_H
#define ALOOF_CORE_WORDS_H

#include "core/bytes.h"
#include "core/error.h"
#include "core/vec.h"

/* Appends the words of the command to `words`. 0, or -EINVAL with a line when a quote is not closed or
 * nothing follows the last backslash; `words` is then as it was. */
int words_split(const char *command, struct strings *words, struct error *error);

/* A name in a template, braces included, and what stands for it. */
struct words_hole {
    const char *name, *value;
};

/* Puts the values of `count` holes for their names into each of the words; what a value holds is not looked
 * at again, and splits no word. */
void words_fill(struct strings *words, const struct words_hole *holes, size_t count);

/* Whether the word has a place for the value of that hole. `${name}` is a variable of some shell, and none.
 */
bool words_has_hole(const char *word, const char *name);

/* Appends the word so that a POSIX shell reads it back as one; words of safe characters stay as they are. */
void words_quote(struct buf *to, const char *word);

/* All words quoted, with blanks between. The caller frees. */
char *words_join(const struct strings *words);

#endif
