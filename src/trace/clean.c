#include "trace/clean.h"

#include <utf8proc.h>

#define ESC '\033'
#define REPLACEMENT "\xEF\xBF\xBD"
#define SGR_MAX 64 /* octets; a longer one is nobody's colour */
#define TAB_COLUMNS 8
#define MARKS_MAX 16 /* on one character; no script needs as many */

struct cleaner {
    struct buf *to;
    struct bytes text;
    size_t at;
    size_t column;
    size_t marks;             /* on the last character */
    const struct ink *ground; /* what plain text looks like; NULL: colours are dropped */
    struct ink ink;           /* that the text asked for last */
    struct ink shown;         /* that was written last */
};

static struct bytes rest(struct bytes text, size_t at)
{
    return (struct bytes){text.data + at, text.len - at};
}

/* The character at the start and its length; -1 and 1 for what is not UTF-8. */
static size_t decode(struct bytes text, utf8proc_int32_t *point)
{
    utf8proc_ssize_t len =
        utf8proc_iterate((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.len, point);
    if (len > 0)
        return (size_t)len;
    *point = -1;
    return 1;
}

static size_t width_of(utf8proc_int32_t point)
{
    if (point < 0)
        return 1;
    int width = utf8proc_charwidth(point);
    return width > 0 ? (size_t)width : 0;
}

/* A control sequence after its introducer (ECMA-48, 5.4): parameters, intermediates, a final octet. Returns
 * its length; a sequence broken off ends where it breaks, the octet that broke it is text again. */
static size_t sequence_len(struct bytes text)
{
    size_t at = 0;
    while (at < text.len && text.data[at] >= 0x30 && text.data[at] <= 0x3F)
        at++;
    while (at < text.len && text.data[at] >= 0x20 && text.data[at] <= 0x2F)
        at++;
    bool final = at < text.len && text.data[at] >= 0x40 && text.data[at] <= 0x7E;
    return final ? at + 1 : at;
}

/* A control string after its introducer (OSC, DCS, APC, PM, SOS): up to ST or BEL. One that is never ended
 * ends with its line, so that it cannot swallow a story. */
static size_t string_len(struct bytes text)
{
    for (size_t at = 0; at < text.len; at++) {
        struct bytes here = rest(text, at);
        if (here.data[0] == '\n')
            return at;
        if (here.data[0] == '\a')
            return at + 1;
        if (bytes_starts(here, "\033\\") || bytes_starts(here, "\xC2\x9C"))
            return at + 2;
    }
    return text.len;
}

/* The length of what an ESC at the start begins, ESC included. */
static size_t escape_len(struct bytes text)
{
    if (text.len < 2)
        return 1;
    char kind = text.data[1];
    if (kind == '[')
        return 2 + sequence_len(rest(text, 2));
    if (memchr("]PX^_", kind, 5) != NULL)
        return 2 + string_len(rest(text, 2));
    size_t at = 1;
    while (at < text.len && text.data[at] >= 0x20 && text.data[at] <= 0x2F)
        at++;
    bool final = at < text.len && text.data[at] >= 0x30 && text.data[at] <= 0x7E;
    return final ? at + 1 : at;
}

/* The length of what the C1 control of this number, 2 octets in UTF-8, begins. */
static size_t c1_len(struct bytes text, utf8proc_int32_t point)
{
    if (point == 0x9B)
        return 2 + sequence_len(rest(text, 2));
    if (point == 0x90 || point == 0x98 || (point >= 0x9D && point <= 0x9F))
        return 2 + string_len(rest(text, 2));
    return 2;
}

size_t clean_sgr(struct bytes text)
{
    if (!bytes_starts(text, "\033["))
        return 0;
    size_t at = 2;
    while (at < text.len && at < SGR_MAX && text.data[at] >= '0' && text.data[at] <= ';')
        at++;
    return at < text.len && text.data[at] == 'm' ? at + 1 : 0;
}

static void switch_ink(struct cleaner *self, const struct ink *ink)
{
    ink_write(self->to, &self->shown, ink);
    self->shown = *ink;
}

static void show_ink(struct cleaner *self)
{
    struct ink ink = ink_over(self->ground, &self->ink);
    ink = ink_visible(&ink);
    switch_ink(self, &ink);
}

static void take_sgr(struct cleaner *self, struct bytes sgr)
{
    ink_apply(&self->ink, (struct bytes){sgr.data + 2, sgr.len - 3});
    show_ink(self);
}

static void take_escape(struct cleaner *self, struct bytes here)
{
    size_t sgr = clean_sgr(here);
    if (sgr > 0 && self->ground != NULL)
        take_sgr(self, (struct bytes){here.data, sgr});
    self->at += sgr > 0 ? sgr : escape_len(here);
}

static void take_ascii(struct cleaner *self, char c)
{
    self->at++;
    self->marks = 0;
    if (c == '\n') {
        buf_putc(self->to, c);
        self->column = 0;
    } else if (c == '\t') {
        do
            buf_putc(self->to, ' ');
        while (++self->column % TAB_COLUMNS != 0);
    } else if (c >= ' ' && c != 0x7F) {
        buf_putc(self->to, c);
        self->column++;
    }
}

/* Line and paragraph separators, bidirectional marks, embeddings, overrides and isolates, the byte order
 * mark. */
static bool moves_text(utf8proc_int32_t point)
{
    return (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0x061C ||
           point == 0x200E || point == 0x200F || point == 0xFEFF;
}

static void take_wide(struct cleaner *self, struct bytes here)
{
    utf8proc_int32_t point;
    size_t len = decode(here, &point);
    if (point >= 0x80 && point <= 0x9F) {
        self->at += c1_len(here, point);
        return;
    }
    self->at += len;
    if (moves_text(point))
        return;
    if (point < 0 || utf8proc_category(point) == UTF8PROC_CATEGORY_CN) {
        buf_puts(self->to, REPLACEMENT);
        self->column++;
        return;
    }
    self->marks = width_of(point) == 0 ? self->marks + 1 : 0;
    if (self->marks > MARKS_MAX)
        return;
    buf_add(self->to, here.data, len);
    self->column += width_of(point);
}

static void take_all(struct cleaner *self)
{
    while (self->at < self->text.len) {
        struct bytes here = rest(self->text, self->at);
        if (here.data[0] == ESC)
            take_escape(self, here);
        else if ((unsigned char)here.data[0] < 0x80)
            take_ascii(self, here.data[0]);
        else
            take_wide(self, here);
    }
}

void clean_inked(struct buf *to, struct bytes text, const struct ink *ground, const struct ink *ink)
{
    const struct ink plain = {0};
    struct cleaner self = {.to = to, .text = text, .ground = ground, .ink = *ink};
    show_ink(&self);
    take_all(&self);
    switch_ink(&self, &plain);
}

void clean_text(struct buf *to, struct bytes text, bool keep_sgr)
{
    const struct ink plain = {0};
    struct cleaner self = {.to = to, .text = text};
    if (keep_sgr)
        clean_inked(to, text, &plain, &plain);
    else
        take_all(&self);
}

void clean_follow(struct ink *ink, struct bytes text)
{
    const struct ink plain = {0};
    struct buf scratch = {0};
    if (text.len == 0 || memchr(text.data, ESC, text.len) == NULL)
        return;
    struct cleaner self = {.to = &scratch, .text = text, .ground = &plain, .ink = *ink};
    take_all(&self);
    *ink = self.ink;
    buf_release(&scratch);
}

size_t clean_width(struct bytes text)
{
    size_t width;
    clean_cut(text, SIZE_MAX, &width);
    return width;
}

size_t clean_cut(struct bytes text, size_t columns, size_t *width)
{
    size_t used = 0, whole = 0, whole_used = 0; /* whole: up to the last end of a character with its marks */
    utf8proc_int32_t state = 0, before = 0;
    for (size_t at = 0; at < text.len;) {
        struct bytes here = rest(text, at);
        size_t len = clean_sgr(here);
        if (len == 0) {
            utf8proc_int32_t point;
            len = decode(here, &point);
            if (before == 0 || utf8proc_grapheme_break_stateful(before, point, &state)) {
                whole = at;
                whole_used = used;
            }
            before = point;
            used += width_of(point);
            if (used > columns)
                goto out;
        }
        at += len;
    }
    whole = text.len;
    whole_used = used;
out:
    if (width != NULL)
        *width = whole_used;
    return whole;
}

void clean_fit(struct buf *to, struct bytes text, size_t columns, const char *ellipsis, bool pad)
{
    size_t width;
    size_t len = clean_cut(text, columns, &width);
    if (len < text.len) {
        size_t mark = clean_width(bytes_of(ellipsis));
        len = clean_cut(text, mark < columns ? columns - mark : 0, &width);
        buf_add(to, text.data, len);
        if (memchr(text.data, ESC, len) != NULL)
            buf_puts(to, "\033[0m");
        if (mark <= columns) {
            buf_puts(to, ellipsis);
            width += mark;
        }
    } else if (len > 0) {
        buf_add(to, text.data, len);
    }
    for (; pad && width < columns; width++)
        buf_putc(to, ' ');
}
