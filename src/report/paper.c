#include "report/paper.h"

#include "trace/clean.h"

static const char *const sgr[STYLE_COUNT] = {
    [STYLE_PLAIN] = NULL,        [STYLE_DIM] = "\033[2m",      [STYLE_BOLD] = "\033[1m",
    [STYLE_RED] = "\033[31m",    [STYLE_GREEN] = "\033[32m",   [STYLE_YELLOW] = "\033[33m",
    [STYLE_CYAN] = "\033[36m",   [STYLE_REMOVED] = "\033[31m", [STYLE_ADDED] = "\033[32m",
    [STYLE_REVERSE] = "\033[7m",
};

void paper_put(const struct paper *paper, struct buf *to, enum style style, const char *text)
{
    bool styled = paper->color && sgr[style] != NULL && *text != '\0';
    if (styled)
        buf_puts(to, sgr[style]);
    clean_text(to, bytes_of(text), paper->color && !styled);
    if (styled)
        buf_puts(to, "\033[0m");
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
