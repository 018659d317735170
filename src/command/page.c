#include "command/page.h"

#include "command/recall.h"
#include "report/html.h"

#define NAME_MOST 80
#define SUMMARY_MOST 60

static void put_head(struct buf *to, const struct digest *digest)
{
    buf_puts(to, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<meta name=\"generator\" content=\"aloof\">\n<title>");
    html_clipped(to, digest->project, NAME_MOST);
    if (digest->red_count > 0)
        buf_printf(to, ": %zu red", digest->red_count);
    buf_puts(to, "</title>\n<style>\n");
    for (const char *const *line = page_style; *line != NULL; line++)
        buf_printf(to, "%s\n", *line);
    buf_puts(to, "</style>\n</head>\n<body>\n");
}

static void put_verdict(struct buf *to, const struct digest *digest)
{
    buf_printf(to, "<p class=\"verdict %s\">", digest->red_count > 0 ? "bad" : "good");
    if (digest->red_count > 0) {
        html_count(to, digest->red_count);
        buf_puts(to, " of ");
        page_count(to, digest->tests.len, "test");
        buf_puts(to, digest->red_count == 1 ? " is red" : " are red");
    } else {
        buf_puts(to, "Nothing is red");
    }
    buf_puts(to, "</p>\n");
}

static void put_newest(struct buf *to, const struct digest_run *run)
{
    buf_printf(to, "<p class=\"sub\">Newest run: %lld, ", (long long)run->id);
    html_text(to, recall_kind(run->kind));
    buf_puts(to, ", ");
    page_time(to, run->started_ns);
    buf_puts(to, ": ");
    page_count(to, run->tests, "test");
    buf_puts(to, ", ");
    html_count(to, run->failed);
    buf_puts(to, " failed");
    if (run->ended_ns > 0) {
        buf_puts(to, ", ");
        page_seconds(to, run->ended_ns - run->started_ns);
    }
    if (*run->commit != '\0')
        buf_printf(to, ", commit <code>%.9s</code>", run->commit);
    if (*run->dirty != '\0') {
        buf_puts(to, " with changes in ");
        page_files(to, run->dirty);
    }
    buf_puts(to, "</p>\n");
}

static void put_header(struct buf *to, const struct digest *digest)
{
    buf_puts(to, "<header>\n<h1>");
    html_clipped(to, digest->project, NAME_MOST);
    if (digest->branch != NULL) {
        buf_puts(to, " <span class=\"branch\">");
        html_clipped(to, digest->branch, NAME_MOST);
        buf_puts(to, "</span>");
    }
    buf_puts(to, "</h1>\n");
    put_verdict(to, digest);
    if (digest_newest(digest) != NULL)
        put_newest(to, digest_newest(digest));
    buf_puts(to, "</header>\n");
}

/* A tile of the summary: a heading and a figure; what follows is its explanation, up to put_tile_end. */
static void put_tile(struct buf *to, const char *to_id, const char *heading, const char *class)
{
    buf_printf(to, "<li><a href=\"#%s\"><span class=\"what\">%s</span><b%s>", to_id, heading, class);
}

static void put_tile_end(struct buf *to)
{
    buf_puts(to, "</span></a></li>\n");
}

static void put_summary_id(struct buf *to, const struct digest *digest, size_t test)
{
    const char *id = digest->tests.items[test].id, *colons = strstr(id, "::");
    html_clipped(to, colons != NULL && colons[2] != '\0' ? colons + 2 : id, SUMMARY_MOST);
}

static void put_red_tile(struct buf *to, const struct digest *digest)
{
    put_tile(to, "red", "Red", digest->red_count > 0 ? " class=\"bad\"" : " class=\"good\"");
    html_count(to, digest->red_count);
    buf_puts(to, "</b><span>");
    const struct digest_red *oldest = NULL, *red;
    vec_each (red, &digest->red)
        if (oldest == NULL && red->bad.id > 0)
            oldest = red;
    if (oldest != NULL) {
        buf_puts(to, digest->red_count > 1 ? "the oldest for " : "for ");
        page_span(to, digest->now_ns - oldest->bad.started_ns);
        buf_puts(to, ": ");
        put_summary_id(to, digest, oldest->test);
    } else {
        buf_puts(to, digest->red_count > 0 ? "since when is not known" : "nothing");
    }
    put_tile_end(to);
}

static void put_turned_tile(struct buf *to, const struct digest *digest)
{
    put_tile(to, "newest", "Newly failing", digest->failing_count > 0 ? " class=\"bad\"" : "");
    html_count(to, digest->failing_count);
    buf_puts(to, "</b><span>in the newest run, ");
    html_count(to, digest->fixed_count);
    buf_puts(to, " fixed");
    put_tile_end(to);
}

static void put_slowest_tile(struct buf *to, const struct digest *digest)
{
    put_tile(to, "slowest", "Slowest", "");
    if (digest->slowest.len > 0) {
        size_t test = digest->slowest.items[0];
        int64_t usual_ns = digest->tests.items[test].usual_ns;
        page_seconds(to, usual_ns);
        buf_printf(to, "</b><span>%.0f%% of all: ", 100.0 * (double)usual_ns / (double)digest->usual_ns);
        put_summary_id(to, digest, test);
    } else {
        buf_puts(to, "–</b><span>no times are known");
    }
    put_tile_end(to);
}

static void put_flaky_tile(struct buf *to, const struct digest *digest)
{
    put_tile(to, "flaky", "Flaky", "");
    html_count(to, digest->flaky_count);
    buf_puts(to, "</b><span>");
    if (digest->flaky.len > 0) {
        const struct digest_flaky *worst = &digest->flaky.items[0];
        buf_printf(
            to, "%.0f%% failed: ", 100.0 * (double)worst->failed / (double)(worst->failed + worst->passed));
        put_summary_id(to, digest, worst->test);
    } else {
        buf_puts(to, "none is known");
    }
    put_tile_end(to);
}

void page_write(struct buf *to, const struct digest *digest)
{
    put_head(to, digest);
    put_header(to, digest);
    buf_puts(to, "<nav aria-label=\"Summary\"><ul>\n");
    put_red_tile(to, digest);
    put_turned_tile(to, digest);
    put_slowest_tile(to, digest);
    put_flaky_tile(to, digest);
    buf_puts(to, "</ul></nav>\n<main>\n");
    page_red(to, digest);
    page_runs(to, digest);
    page_turned(to, digest);
    page_slowest(to, digest);
    page_flaky(to, digest);
    page_lives(to, digest);
    buf_puts(to, "</main>\n<footer><p>Written ");
    page_time(to, digest->now_ns);
    buf_puts(to, " by <code>aloof report</code>, from the runs that are remembered.</p></footer>\n"
                 "</body>\n</html>\n");
}
