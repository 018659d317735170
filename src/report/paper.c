#include "report/paper.h"

#include "trace/clean.h"

/* In the eight colours that every terminal has, as its owner likes them. */
static const struct ink inks[STYLE_COUNT] = {
    [STYLE_DIM] = {.attributes = INK_DIM},         [STYLE_BOLD] = {.attributes = INK_BOLD},
    [STYLE_RED] = {.front = INK_PALETTE | 1},      [STYLE_GREEN] = {.front = INK_PALETTE | 2},
    [STYLE_YELLOW] = {.front = INK_PALETTE | 3},   [STYLE_CYAN] = {.front = INK_PALETTE | 6},
    [STYLE_REMOVED] = {.front = INK_PALETTE | 1},  [STYLE_ADDED] = {.front = INK_PALETTE | 2},
    [STYLE_REVERSE] = {.attributes = INK_REVERSE}, [STYLE_KEYWORD] = {.front = INK_PALETTE | 5},
    [STYLE_STRING] = {.front = INK_PALETTE | 2},   [STYLE_COMMENT] = {.attributes = INK_DIM},
};

void paper_span(const struct paper *paper, struct buf *to, const struct span *span)
{
    const struct ink plain = {0};
    if (*span->text == '\0')
        return;
    if (paper->color && span->printed) {
        clean_inked(to, bytes_of(span->text), &inks[span->style], &span->ink);
        return;
    }
    if (paper->color)
        ink_write(to, &plain, &inks[span->style]);
    clean_text(to, bytes_of(span->text), false);
    if (paper->color)
        ink_write(to, &inks[span->style], &plain);
}

void paper_put(const struct paper *paper, struct buf *to, enum style style, const char *text)
{
    const struct span span = {.style = style, .text = (char *)text};
    paper_span(paper, to, &span);
}

/* RFC 3986, 2.3: what needs no escape, and the slash. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~/", c) != NULL);
}

void paper_link(const struct paper *paper, struct buf *to, const char *host, const char *path)
{
    if (!paper->links)
        return;
    buf_puts(to, "\033]8;;file://");
    clean_text(to, bytes_of(host), false);
    for (const char *at = path; *at != '\0'; at++) {
        if (is_plain(*at))
            buf_putc(to, *at);
        else
            buf_printf(to, "%%%02X", (unsigned char)*at);
    }
    buf_puts(to, "\033\\");
}

void paper_link_end(const struct paper *paper, struct buf *to)
{
    if (paper->links)
        buf_puts(to, "\033]8;;\033\\");
}
