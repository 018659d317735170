#include "ui/view.h"

#include "ui/view_activity.h"

#include <stdlib.h>

/* Rows of the parts, top to bottom; -1: the screen is too low for it. */
struct layout {
    int title, state, rule_above, area, area_rows, rule_below, running, bar, hints;
};

/* What goes first when rows are few: the rules, what runs, the title, the hints, the bar. */
static struct layout lay_out(int rows)
{
    struct layout at = {-1, 0, -1, 0, 0, -1, -1, -1, -1};
    int top = 0, bottom = rows;
    if (rows >= 8)
        at.title = top++;
    at.state = top++;
    if (rows >= 12)
        at.rule_above = top++;
    if (rows >= 7)
        at.hints = --bottom;
    if (rows >= 3)
        at.bar = --bottom;
    if (rows >= 9)
        at.running = --bottom;
    if (rows >= 12)
        at.rule_below = --bottom;
    at.area = top;
    at.area_rows = bottom - top;
    return at;
}

int view_area_rows(int rows)
{
    return lay_out(rows).area_rows;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Puts text at the right edge if that leaves a gap behind column `from`; returns where the rest must end. */
static int put_right(struct screen *screen, int row, int from, enum style style, const char *text)
{
    int start = screen->cols - 1 - screen_width(screen, text);
    if (*text == '\0' || start < from + 2)
        return screen->cols;
    screen_put(screen, row, start, screen->cols, style, text);
    return start - 1;
}

/* "aloof · jinja · main +3 ~2                     pytest 7.2 · 2 boxes · 41 dirs watched" */
static void draw_title(struct screen *screen, int row, const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    struct buf left = {0}, right = {0};
    view_add_part(&left, screen, "aloof");
    view_add_part(&left, screen, status->project != NULL ? status->project : "");
    if (status->git && status->branch != NULL)
        view_add_part(&left, screen, status->branch);
    if (status->added > 0)
        buf_printf(&left, " +%zu", status->added);
    if (status->modified > 0)
        buf_printf(&left, " ~%zu", status->modified);
    if (status->runner != NULL)
        view_add_part(&right, screen, status->runner);
    if (right.len > 0)
        buf_puts(&right, view_dot(screen));
    buf_printf(&right, "%u box%s", status->boxes, status->boxes == 1 ? "" : "es");
    buf_puts(&right, view_dot(screen));
    buf_printf(&right, "%zu dir%s watched", status->dirs, plural(status->dirs));
    if (status->polled > 0)
        buf_printf(&right, ", %zu polled", status->polled);
    int limit = put_right(screen, row, 1 + screen_width(screen, buf_str(&left)), STYLE_DIM, buf_str(&right));
    screen_fit(screen, row, 1, limit, STYLE_DIM, buf_str(&left));
    screen_put(screen, row, 1, limit, STYLE_BOLD, "aloof");
    buf_release(&left);
    buf_release(&right);
}

/* While a run goes on, more may become red than was counted: then there is no whole to compare with. */
static void red_of(char *text, size_t size, size_t red, size_t tests)
{
    if (red <= tests)
        snprintf(text, size, "RED %zu of %zu", red, tests);
    else
        snprintf(text, size, "RED %zu", red);
}

static void green_of(char *text, size_t size, size_t tests, size_t flaky)
{
    int len = snprintf(text, size, "GREEN %zu test%s", tests, plural(tests));
    if (flaky > 0)
        snprintf(text + len, size - (size_t)len, ", %zu flaky", flaky);
}

struct verdict_line view_verdict(const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    struct verdict_line line = {"", STYLE_YELLOW};
    const char *broken = view_broken(snapshot);
    if (broken != NULL && snapshot->exit_code == EXIT_NO_TESTS) {
        snprintf(line.text, sizeof line.text, "NO TESTS");
    } else if (broken != NULL) {
        snprintf(line.text, sizeof line.text, "BROKEN");
        line.style = STYLE_RED;
    } else if (view_filter_verdict(snapshot, line.text, sizeof line.text, &line.style)) {
        return line;
    } else if (snapshot->model->red > 0 || status->verdict == VERDICT_RED) {
        red_of(line.text, sizeof line.text, snapshot->model->red, snapshot->tests);
        line.style = STYLE_RED;
    } else if (status->verdict == VERDICT_GREEN) {
        green_of(line.text, sizeof line.text, snapshot->tests, snapshot->flaky);
        line.style = STYLE_GREEN;
    } else if (status->verdict == VERDICT_AFFECTED) {
        if (status->run == RUN_AFFECTED)
            snprintf(line.text, sizeof line.text, "GREEN (affected) %zu of %zu", status->reran,
                     snapshot->tests);
        else
            snprintf(line.text, sizeof line.text, "GREEN (affected)");
        line.style = STYLE_GREEN;
    } else if (status->verdict == VERDICT_PARTLY) {
        snprintf(line.text, sizeof line.text, "NO RED KNOWN");
    } else if (status->state == LOOP_IDLE) {
        snprintf(line.text, sizeof line.text, "NO VERDICT");
    }
    return line;
}

/* "RED 2 of 851 · reran 2 in 0.04 s · src/jinja2/utils.py changed                 14:02:11" */
static void draw_state(struct screen *screen, int row, const struct snapshot *snapshot)
{
    struct verdict_line verdict = view_verdict(snapshot);
    struct buf activity = {0};
    view_activity(&activity, screen, &snapshot->status);
    int limit = put_right(screen, row, screen->cols / 2, STYLE_DIM, snapshot->verdict_time);
    int col = screen->cols >= 20 ? 1 : 0;
    if (snapshot->status.paused) {
        col = screen_put(screen, row, col, limit, STYLE_YELLOW, "PAUSED");
        col = screen_put(screen, row, col, limit, STYLE_DIM, view_dot(screen));
    }
    col = view_narrowed(screen, row, col, limit, snapshot);
    col = screen_fit(screen, row, col, limit, verdict.style, verdict.text);
    if (col + screen_width(screen, view_dot(screen)) + 1 < limit) {
        if (verdict.text[0] != '\0')
            col = screen_put(screen, row, col, limit, STYLE_DIM, view_dot(screen));
        screen_fit(screen, row, col, limit, STYLE_PLAIN, buf_str(&activity));
    }
    buf_release(&activity);
}

static void draw_rule(struct screen *screen, int row)
{
    if (row >= 0)
        screen_fill(screen, row, 0, screen->cols, STYLE_DIM, screen->ascii ? "-" : "─");
}

/* The key that jumps to a failure, raised so that it does not read as a part of the heading. */
static const char *number_of(const struct screen *screen, int number)
{
    static const char *const plain[] = {"", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    static const char *const raised[] = {"", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    return screen->ascii ? plain[number] : raised[number];
}

static void draw_block(struct screen *screen, const struct layout *at, const struct reading *reading,
                       const struct block *block, long top)
{
    long heading = (long)block->first - top;
    if (block->number > 0 && heading >= 0 && heading < at->area_rows)
        screen_put(screen, at->area + (int)heading, 0, 1, STYLE_DIM, number_of(screen, block->number));
    size_t hidden = (long)block->first < top ? (size_t)(top - (long)block->first) : 0; /* rows above */
    int row = (int)((long)(block->first + hidden) - top);
    if (hidden >= block->rows)
        return;
    size_t line = block_line_on(block, hidden), first = hidden - block_row(block, line);
    for (; line < block->story.lines.len && row < at->area_rows; line++, first = 0)
        row += line_draw(screen, at->area + row, at->area_rows - row, &block->story.lines.items[line],
                         &reading->look, &reading->needle, first);
}

/* "OK  851 tests, 4 skipped" */
static void draw_green(struct screen *screen, int row, const struct snapshot *snapshot)
{
    struct buf text = {0};
    buf_printf(&text, "%zu test%s", snapshot->tests, plural(snapshot->tests));
    for (enum outcome outcome = OUTCOME_SKIPPED; outcome < OUTCOME_FAILED; outcome++)
        if (snapshot->model->counts[outcome] > 0)
            buf_printf(&text, ", %zu %s", snapshot->model->counts[outcome], outcome_counted(outcome));
    int col = screen_put(screen, row, 1, screen->cols, STYLE_GREEN, "OK");
    screen_fit(screen, row, col + 2, screen->cols, STYLE_PLAIN, buf_str(&text));
    buf_release(&text);
}

static void draw_empty(struct screen *screen, int row, const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    bool partly = status->verdict == VERDICT_PARTLY;
    struct buf text = {0}, key = {0};
    if (status->verdict == VERDICT_GREEN) {
        draw_green(screen, row, snapshot);
        return;
    }
    if (status->state == LOOP_IDLE) {
        bool filter = status->filter != NULL, affected = status->verdict == VERDICT_AFFECTED;
        buf_puts(&text, filter     ? "no failing test that matches the filter is known"
                        : affected ? "no test fails that the changes can affect"
                        : partly   ? "no failing test is known"
                                   : "nothing is known yet");
        if (!filter && keymap_first(snapshot->keys, COMMAND_RUN_ALL, &key))
            buf_printf(&text, "; %s runs %s", buf_str(&key), partly ? "them all" : "all tests");
    } else if (status->runner != NULL && !status->collecting) {
        buf_puts(&text, "no failure so far");
    }
    screen_fit(screen, row, 1, screen->cols, STYLE_DIM, buf_str(&text));
    buf_release(&text);
    buf_release(&key);
}

/* Marks the line where the needle was found last, if it shows and still has it. */
static void mark_found(struct screen *screen, const struct layout *at, const struct view_state *state,
                       const struct blocks *blocks)
{
    const struct found *found = &state->found;
    size_t i = found->test == MAP_NONE ? 0 : blocks_find(blocks, found->test);
    if (!found->known || i >= blocks->list.len || found->shown >= blocks->list.items[i].story.lines.len)
        return;
    const struct block *block = &blocks->list.items[i];
    long row = (long)(block->first + block_row(block, found->shown)) - view_top(state, blocks);
    if (row >= 0 && row < at->area_rows && row != state->row &&
        line_has(&block->story.lines.items[found->shown], &state->reading.needle))
        screen_put(screen, at->area + (int)row, 0, 1, STYLE_BOLD, screen->ascii ? "*" : "▶");
}

static void draw_area(struct screen *screen, const struct layout *at, const struct snapshot *snapshot,
                      const struct view_state *state, const struct blocks *blocks)
{
    if (at->area_rows <= 0)
        return;
    if (blocks->list.len == 0) {
        draw_empty(screen, at->area, snapshot);
        return;
    }
    long top = view_top(state, blocks);
    struct block *block;
    vec_each (block, &blocks->list) {
        if ((long)block->first >= top + at->area_rows)
            break;
        draw_block(screen, at, &state->reading, block, top);
    }
    mark_found(screen, at, state, blocks);
    if (state->test == MAP_NONE || state->row < 0 || state->row >= at->area_rows)
        return;
    int row = at->area + (int)state->row;
    screen_put(screen, row, 0, 1, STYLE_BOLD, screen->ascii ? ">" : "▌");
    screen->cursor_row = row;
}

/* What of the failures lies on that row of the area. */
static struct hit hit_line(const struct view_state *state, const struct blocks *blocks, int area_row)
{
    size_t row = (size_t)(view_top(state, blocks) + area_row);
    for (size_t i = 0; i < blocks->list.len; i++) {
        const struct block *block = &blocks->list.items[i];
        if (block->test == MAP_NONE || row < block->first || row - block->first >= block->rows)
            continue;
        size_t line = block_line_on(block, row - block->first);
        int frame = block->story.lines.items[line].frame;
        if (line == 0)
            return (struct hit){.kind = HIT_FAILURE, .block = i, .frame = -1};
        if (frame >= 0 && block_line(block, frame) > 0)
            return (struct hit){.kind = HIT_FAILURE, .block = i, .frame = frame};
    }
    return (struct hit){.kind = HIT_NONE};
}

struct hit view_hit(const struct screen *screen, const struct snapshot *snapshot,
                    const struct view_state *state, const struct blocks *blocks, int row, int col)
{
    struct layout at = lay_out(screen->rows);
    struct hit hit = {.kind = HIT_NONE};
    bool covered = state->message != NULL || state->reading.asking;
    if (col < 0 || col >= screen->cols || (covered && row == screen->rows - 1))
        return hit;
    if (row >= at.area && row < at.area + at.area_rows)
        return hit_line(state, blocks, row - at.area);
    if (at.hints < 0 || row != at.hints)
        return hit;
    hit.input = view_hint_at(screen, snapshot, state, col);
    hit.kind = hit.input != INPUT_NONE ? HIT_KEY : HIT_NONE;
    return hit;
}

void view_run(struct screen *screen, const struct snapshot *snapshot, const struct view_state *state,
              const struct blocks *blocks)
{
    struct layout at = lay_out(screen->rows);
    if (at.title >= 0)
        draw_title(screen, at.title, snapshot);
    draw_state(screen, at.state, snapshot);
    draw_rule(screen, at.rule_above);
    draw_area(screen, &at, snapshot, state, blocks);
    draw_rule(screen, at.rule_below);
    if (at.running >= 0)
        view_running(screen, at.running, snapshot);
    if (at.bar >= 0)
        view_bar(screen, at.bar, snapshot);
    if (at.hints >= 0)
        view_hints(screen, at.hints, snapshot, state);
    view_message(screen, state);
}

void view_message(struct screen *screen, const struct view_state *state)
{
    reading_draw(screen, &state->reading);
    if (state->message == NULL || state->reading.asking)
        return;
    screen_fill(screen, screen->rows - 1, 0, screen->cols, STYLE_PLAIN, " ");
    screen_fit(screen, screen->rows - 1, screen->cols >= 20 ? 1 : 0, screen->cols, STYLE_YELLOW,
               state->message);
}
