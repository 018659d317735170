#include "command/page.h"
#include "command/recall.h"
#include "report/html.h"

#include <time.h>

#define SECOND_NS INT64_C(1000000000)
#define ID_MOST 240
#define FILE_MOST 120
#define FILES_TOLD 3

void page_section(struct buf *to, const char *id, const char *heading, const char *note)
{
    buf_printf(to, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">", id, id, id);
    html_text(to, heading);
    buf_puts(to, "</h2>\n");
    if (note != NULL) {
        buf_puts(to, "<p class=\"note\">");
        html_text(to, note);
        buf_puts(to, "</p>\n");
    }
}

void page_table(struct buf *to, const char *caption, const struct page_columns *columns)
{
    const size_t most = sizeof columns->heads / sizeof *columns->heads;
    buf_puts(to, "<table>\n<caption class=\"heard\">");
    html_text(to, caption);
    buf_puts(to, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < most && columns->heads[i] != NULL; i++)
        buf_printf(to, "<th scope=\"col\"%s>%s</th>", columns->right >> i & 1 ? " class=\"number\"" : "",
                   columns->heads[i]);
    buf_puts(to, "</tr></thead>\n<tbody>\n");
}

void page_table_end(struct buf *to)
{
    buf_puts(to, "</tbody>\n</table>\n");
}

/* Where a long id may be broken: behind what ends a part of it. Entities hold no such characters. */
static void put_breakable(struct buf *to, const char *html)
{
    for (; *html != '\0'; html++) {
        buf_putc(to, *html);
        bool ends = *html == '/' || (*html == ':' && html[1] != ':');
        if (ends && html[1] != '\0')
            buf_puts(to, "<wbr>");
    }
}

/* The file first, the name behind it: what differs is what is read. */
void page_row(struct buf *to, const struct digest_test *test)
{
    struct buf id = {0};
    html_clipped(&id, test->id, ID_MOST);
    const char *text = buf_str(&id), *colons = strstr(text, "::");
    buf_puts(to, "<tr><th scope=\"row\">");
    if (colons != NULL) {
        char *file = mem_dup(text, (size_t)(colons - text) + 2);
        buf_puts(to, "<span class=\"file\">");
        put_breakable(to, file);
        buf_puts(to, "</span><wbr>");
        text = colons + 2;
        free(file);
    }
    put_breakable(to, text);
    buf_puts(to, "</th>");
    buf_release(&id);
}

void page_cell(struct buf *to, const char *class, const char *head)
{
    buf_puts(to, "<td");
    if (*class != '\0')
        html_attribute(to, "class", class);
    if (*head != '\0')
        html_attribute(to, "data-head", head);
    buf_putc(to, '>');
}

void page_cell_end(struct buf *to)
{
    buf_puts(to, "</td>");
}

void page_count(struct buf *to, size_t number, const char *noun)
{
    html_count(to, number);
    buf_printf(to, " %s%s", noun, number == 1 ? "" : "s");
}

void page_time(struct buf *to, int64_t time_ns)
{
    time_t seconds = (time_t)(time_ns / SECOND_NS);
    struct tm local = {0}, utc = {0};
    char shown[32], exact[32];
    localtime_r(&seconds, &local);
    gmtime_r(&seconds, &utc);
    strftime(shown, sizeof shown, "%Y-%m-%d %H:%M", &local);
    strftime(exact, sizeof exact, "%Y-%m-%dT%H:%M:%SZ", &utc);
    buf_printf(to, "<time datetime=\"%s\">%s</time>", exact, shown);
}

void page_span(struct buf *to, int64_t span_ns)
{
    static const struct {
        int64_t seconds;
        const char *noun;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
    int64_t seconds = span_ns / SECOND_NS;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (seconds >= units[i].seconds) {
            page_count(to, (size_t)(seconds / units[i].seconds), units[i].noun);
            return;
        }
    buf_puts(to, "less than a minute");
}

void page_seconds(struct buf *to, int64_t ns)
{
    if (ns <= 0)
        buf_puts(to, "–");
    else
        recall_seconds(to, ns);
}

void page_outcome(struct buf *to, enum outcome outcome)
{
    const char *class = outcome_is_red(outcome) ? "bad" : outcome == OUTCOME_PASSED ? "good" : "dim";
    buf_printf(to, "<span class=\"%s\">%s</span>", class, outcome_name(outcome));
}

void page_files(struct buf *to, const char *lines)
{
    size_t count = recall_lines(lines), told = 0;
    for (; told < count && told < FILES_TOLD; told++) {
        size_t len = strcspn(lines, "\n");
        char *path = mem_dup(lines, len);
        buf_puts(to, told > 0 ? ", <code>" : "<code>");
        html_clipped(to, path, FILE_MOST);
        buf_puts(to, "</code>");
        free(path);
        lines += len + (lines[len] == '\n');
    }
    if (told < count) {
        buf_puts(to, " and ");
        html_count(to, count - told);
        buf_puts(to, " more");
    }
}

void page_more(struct buf *to, size_t known, size_t listed, const char *command)
{
    if (known <= listed)
        return;
    buf_puts(to, "<p class=\"note\">And ");
    html_count(to, known - listed);
    buf_printf(to, " more: <code>%s</code></p>\n", command);
}
