/* Text and octets: `struct bytes` borrows a run of octets, `struct buf` owns a
 * growing one. A buf's data is NUL-terminated behind its length once anything
 * was put in, so that it can be read as a string where it holds no NUL. */
#ifndef ALOOF_CORE_BYTES_H
#define ALOOF_CORE_BYTES_H

#include "core/memory.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    const char *data; /* NULL: absent, which differs from empty */
    size_t len;
};

struct buf {
    char *data; /* NULL until something is put in */
    size_t len, cap;
};

/* A literal or a string as bytes; NULL gives the absent value. Borrowed. */
struct bytes bytes_of(const char *text);

/* Whether both are the same octets. Absent equals only absent. */
bool bytes_equal(struct bytes a, struct bytes b);

/* Whether the octets are exactly this string. */
bool bytes_is(struct bytes a, const char *text);

/* Whether the octets begin with this string. */
bool bytes_starts(struct bytes a, const char *prefix);

/* Whether the octets are valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool bytes_utf8(struct bytes a);

/* A NUL-terminated copy; NULL when absent. The caller frees. */
char *bytes_dup(struct bytes a);

/* Room for `more` octets behind len (and the NUL); returns where they go. */
char *buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
/* Appends the text with each octet that is not part of valid UTF-8 replaced by U+FFFD. */
void buf_add_utf8(struct buf *buf, struct bytes text);

void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first `len` octets (at most all), keeping the memory. */
void buf_drop(struct buf *buf, size_t len);

/* Empties it, keeping the memory. */
void buf_clear(struct buf *buf);

/* The content, borrowed until the next change. Never absent. */
struct bytes buf_bytes(const struct buf *buf);

/* The content as a string ("" when nothing was put in). Borrowed likewise. */
const char *buf_str(const struct buf *buf);

/* Hands the string over and leaves the buf empty. Never NULL. The caller frees. */
char *buf_take(struct buf *buf);

void buf_release(struct buf *buf);

#endif
