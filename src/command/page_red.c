#include "command/page.h"
#include "report/html.h"

#define SUBJECT_MOST 100
#define SHOWN 6  /* tests of a group, the others are folded away … */
#define FOLDED 3 /* … where they are as many */

static void put_commits(struct buf *to, const struct digest_red *red)
{
    if (red->commits > 1) {
        buf_puts(to, "One of ");
        page_count(to, red->commits, "commit");
        buf_puts(to, " up to ");
    } else if (red->told == NULL)
        buf_puts(to, "Commit ");
    buf_puts(to, "<code>");
    html_text(to, red->id);
    buf_puts(to, "</code>");
    if (red->told != NULL) {
        buf_putc(to, ' ');
        html_clipped(to, red->told, SUBJECT_MOST);
    }
    if (*red->files != '\0') {
        buf_puts(to, ", and not committed: ");
        page_files(to, red->files);
    }
}

static void put_cause(struct buf *to, const struct digest_red *red)
{
    switch (red->cause) {
    case CAUSE_NOTHING:
        buf_puts(to, "No change of the sources");
        break;
    case CAUSE_UNCOMMITTED:
        page_files(to, red->files);
        buf_puts(to, *red->bad.commit != '\0' ? ", not committed" : "");
        break;
    case CAUSE_COMMITS:
        put_commits(to, red);
        break;
    case CAUSE_UNKNOWN:
        buf_puts(to, red->bad.id > 0 && red->good.id == 0 ? "Never seen to pass" : "Why is not known");
        break;
    }
}

static void put_since(struct buf *to, const struct digest *digest, const struct digest_red *red, size_t tests)
{
    buf_puts(to, "<p class=\"sub\">");
    page_count(to, tests, "test");
    if (red->bad.id > 0) {
        buf_puts(to, ", red for ");
        page_span(to, digest->now_ns - red->bad.started_ns);
        buf_printf(to, ", since run %lld, ", (long long)red->bad.id);
        page_time(to, red->bad.started_ns);
    }
    if (red->good.id > 0)
        buf_printf(to, "; passed in run %lld", (long long)red->good.id);
    if (red->cause == CAUSE_COMMITS && red->commits > 1)
        buf_printf(to, ". Which one: <code>aloof bisect --commits %.9s..%.9s TEST</code>", red->good.commit,
                   red->bad.commit);
    buf_puts(to, "</p>\n");
}

static void put_tests(struct buf *to, const struct digest *digest, const struct digest_red *red, size_t count)
{
    static const struct page_columns columns = {{"Test", "Outcome"}, 1 << 1};
    page_table(to, "Tests that are red", &columns);
    for (size_t i = 0; i < count; i++) {
        const struct digest_test *test = &digest->tests.items[red[i].test];
        page_row(to, test);
        page_cell(to, "number", "");
        page_outcome(to, test->outcome);
        page_cell_end(to);
        buf_puts(to, "</tr>\n");
    }
    page_table_end(to);
}

/* Tests that broke in one run, for what looks like one reason. */
static void put_group(struct buf *to, const struct digest *digest, const struct digest_red *red, size_t count)
{
    size_t shown = count > SHOWN + FOLDED ? SHOWN : count;
    buf_puts(to, "<article>\n<h3>");
    put_cause(to, red);
    buf_puts(to, "</h3>\n");
    put_since(to, digest, red, count);
    put_tests(to, digest, red, shown);
    if (shown < count) {
        buf_puts(to, "<details><summary>");
        html_count(to, count - shown);
        buf_puts(to, " more</summary>\n");
        put_tests(to, digest, red + shown, count - shown);
        buf_puts(to, "</details>\n");
    }
    buf_puts(to, "</article>\n");
}

void page_red(struct buf *to, const struct digest *digest)
{
    page_section(to, "red", "Red", NULL);
    if (digest->red.len == 0)
        buf_puts(to, "<p class=\"none\">Nothing is red.</p>\n");
    for (size_t from = 0, end; from < digest->red.len; from = end) {
        const struct digest_red *first = &digest->red.items[from];
        for (end = from + 1; end < digest->red.len; end++)
            if (first[end - from].bad.id != first->bad.id || first[end - from].good.id != first->good.id)
                break;
        put_group(to, digest, first, end - from);
    }
    page_more(to, digest->red_count, digest->red.len, "aloof failing");
    buf_puts(to, "</section>\n");
}
