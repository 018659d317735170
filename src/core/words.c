#include "core/words.h"

#include <errno.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Takes in what stands in single quotes from `at`, behind the first; returns where the last is, NULL when
 * open. */
static const char *take_single(struct buf *word, const char *at)
{
    const char *end = strchr(at, '\'');
    if (end != NULL)
        buf_add(word, at, (size_t)(end - at));
    return end;
}

/* Likewise for double quotes, in which a backslash only quotes $ ` " \ (POSIX, Shell Command Language 2.2.3).
 */
static const char *take_double(struct buf *word, const char *at)
{
    for (; *at != '\0' && *at != '"'; at++) {
        if (*at == '\\' && at[1] != '\0' && strchr("$`\"\\", at[1]) != NULL)
            at++;
        buf_putc(word, *at);
    }
    return *at == '"' ? at : NULL;
}

/* Takes in one word from `at`; returns what is behind it, NULL when a quote stays open. */
static const char *take_word(struct buf *word, const char *at)
{
    buf_puts(word, "");
    for (; *at != '\0' && !is_blank(*at); at++) {
        if (*at == '\'') {
            at = take_single(word, at + 1);
        } else if (*at == '"') {
            at = take_double(word, at + 1);
        } else if (*at == '\\') {
            at = at[1] != '\0' ? at + 1 : NULL;
            if (at != NULL)
                buf_putc(word, *at);
        } else {
            buf_putc(word, *at);
        }
        if (at == NULL)
            return NULL;
    }
    return at;
}

int words_split(const char *command, struct strings *words, struct error *error)
{
    size_t before = words->len;
    struct buf word = {0};
    for (const char *at = command;;) {
        while (is_blank(*at))
            at++;
        if (*at == '\0')
            return 0;
        at = take_word(&word, at);
        if (at == NULL)
            break;
        strings_take(words, buf_take(&word));
    }
    buf_release(&word);
    while (words->len > before)
        free(words->items[--words->len]);
    return error_set(error, -EINVAL, "cannot split '%s': a quote or backslash is left open", command);
}

static const struct words_hole *hole_at(const char *at, const struct words_hole *holes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_starts(bytes_of(at), holes[i].name))
            return &holes[i];
    return NULL;
}

static char *fill(const char *word, const struct words_hole *holes, size_t count)
{
    struct buf out = {0};
    const char *start = word;
    buf_puts(&out, "");
    while (*word != '\0') {
        bool variable = word > start && word[-1] == '$';
        const struct words_hole *hole = variable ? NULL : hole_at(word, holes, count);
        if (hole == NULL) {
            buf_putc(&out, *word++);
            continue;
        }
        buf_puts(&out, hole->value);
        word += strlen(hole->name);
    }
    return buf_take(&out);
}

void words_fill(struct strings *words, const struct words_hole *holes, size_t count)
{
    char **word;
    vec_each (word, words) {
        char *filled = fill(*word, holes, count);
        free(*word);
        *word = filled;
    }
}

bool words_has_hole(const char *word, const char *name)
{
    for (const char *at = word; (at = strstr(at, name)) != NULL; at++)
        if (at == word || at[-1] != '$')
            return true;
    return false;
}

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80 || strchr("_-+=./,:@%^", c) != NULL;
}

void words_quote(struct buf *to, const char *word)
{
    const char *at = word;
    while (*at != '\0' && is_safe(*at))
        at++;
    if (*at == '\0' && at > word) {
        buf_puts(to, word);
        return;
    }
    buf_putc(to, '\'');
    for (at = word; *at != '\0'; at++) {
        if (*at == '\'')
            buf_puts(to, "'\\''");
        else
            buf_putc(to, *at);
    }
    buf_putc(to, '\'');
}

char *words_join(const struct strings *words)
{
    struct buf all = {0};
    char **word;
    vec_each (word, words) {
        if (all.len > 0)
            buf_putc(&all, ' ');
        words_quote(&all, *word);
    }
    return buf_take(&all);
}
