#include "ui/announce.h"

#include "trace/clean.h"
#include "ui/view.h"

#define COLUMNS_MAX 200 /* of a text from outside */

/* Appends the first line of a text from outside, without control characters. */
static void add_safe(struct buf *to, const char *text, bool ascii)
{
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    struct bytes line = {buf_str(&clean), strcspn(buf_str(&clean), "\n")};
    line.len = clean_cut(line, COLUMNS_MAX, NULL);
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if (!ascii || c < 0x80)
            buf_putc(to, line.data[i]);
        else if (c >= 0xC0)
            buf_putc(to, '?');
    }
    buf_release(&clean);
}

static void add_project(struct buf *to, const struct snapshot *snapshot, bool ascii)
{
    add_safe(to, snapshot->status.project != NULL ? snapshot->status.project : "aloof", ascii);
}

/* As the header says it, see view_run.c. */
static bool is_broken(const struct snapshot *snapshot)
{
    return view_broken(snapshot) != NULL && snapshot->exit_code != EXIT_NO_TESTS;
}

static bool is_red(const struct snapshot *snapshot)
{
    return view_broken(snapshot) == NULL &&
           (snapshot->model->red > 0 || snapshot->status.verdict == VERDICT_RED);
}

static bool is_green_verdict(enum verdict verdict)
{
    return verdict == VERDICT_GREEN || verdict == VERDICT_AFFECTED;
}

static bool is_green(const struct snapshot *snapshot)
{
    return view_broken(snapshot) == NULL && !is_red(snapshot) && is_green_verdict(snapshot->status.verdict);
}

void announce_title(struct buf *to, const struct snapshot *snapshot, bool ascii)
{
    if (is_broken(snapshot))
        buf_puts(to, "! ");
    else if (is_red(snapshot))
        buf_puts(to, ascii ? "x " : "✗ ");
    else if (is_green(snapshot))
        buf_puts(to, ascii ? "ok " : "✓ ");
    else if (snapshot->status.state != LOOP_IDLE)
        buf_puts(to, ascii ? "... " : "… ");
    if (is_red(snapshot) && snapshot->model->red > 0)
        buf_printf(to, "%zu ", snapshot->model->red);
    add_project(to, snapshot, ascii);
}

enum announce_colour announce_colour(const struct snapshot *snapshot)
{
    if (snapshot->status.state != LOOP_IDLE && !snapshot->status.all_in)
        return ANNOUNCE_UNKNOWN;
    if (is_broken(snapshot) || is_red(snapshot))
        return ANNOUNCE_RED;
    return is_green(snapshot) ? ANNOUNCE_GREEN : ANNOUNCE_UNKNOWN;
}

bool announce_change(enum announce_colour *last, enum announce_colour now)
{
    enum announce_colour before = *last;
    if (now == ANNOUNCE_UNKNOWN || now == before)
        return false;
    *last = now;
    return before != ANNOUNCE_UNKNOWN;
}

void announce_words(struct buf *title, struct buf *body, const struct snapshot *snapshot, bool ascii)
{
    size_t red = snapshot->model->red, tests = snapshot->tests;
    add_project(title, snapshot, ascii);
    if (is_broken(snapshot)) {
        buf_puts(title, " is broken");
        add_safe(body, view_broken(snapshot), ascii);
    } else if (is_red(snapshot)) {
        buf_puts(title, " is red");
        if (red <= tests)
            buf_printf(body, "%zu of %zu test%s fail%s", red, tests, tests == 1 ? "" : "s",
                       red == 1 ? "s" : "");
        else
            buf_printf(body, "%zu fail%s", red, red == 1 ? "s" : "");
    } else {
        buf_puts(title, " is green");
        if (snapshot->status.verdict == VERDICT_AFFECTED)
            buf_puts(body, "all tests that the changes can affect");
        else
            buf_printf(body, "%zu test%s", tests, tests == 1 ? "" : "s");
    }
}
