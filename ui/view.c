#include "ui/view.h"

#include <limits.h>
#include <stdlib.h>

void view_init(struct view_state *state)
{
    *state = (struct view_state){.test = MAP_NONE, .frame = -1};
}

void view_release(struct view_state *state)
{
    vec_release(&state->excepted);
    reading_release(&state->reading);
    free(state->message);
    view_init(state);
}

void view_say(struct view_state *state, const char *text)
{
    free(state->message);
    state->message = mem_strdup(text);
}

const char *view_broken(const struct snapshot *snapshot)
{
    return snapshot->model->counts[OUTCOME_COLLECTION] > 0 ? NULL : snapshot->status.broken;
}

static size_t excepted_at(const struct view_state *state, size_t test)
{
    size_t at = 0;
    while (at < state->excepted.len && state->excepted.items[at] != test)
        at++;
    return at;
}

bool view_unfolded(const struct view_state *state, size_t test)
{
    bool excepted = excepted_at(state, test) < state->excepted.len;
    return state->unfold != excepted;
}

void view_unfold(struct view_state *state, size_t test)
{
    size_t at = excepted_at(state, test);
    if (at < state->excepted.len)
        state->excepted.items[at] = state->excepted.items[--state->excepted.len];
    else
        vec_push(&state->excepted, test);
}

void view_unfold_all(struct view_state *state)
{
    state->unfold = !state->unfold;
    state->excepted.len = 0;
}

/* The cursor's row over all blocks. */
static long cursor_row(const struct view_state *state, const struct blocks *blocks)
{
    if (state->test == MAP_NONE)
        return 0;
    const struct block *block = &blocks->list.items[state->at];
    return (long)(block->first + block_row(block, block_line(block, state->frame)));
}

/* Finds the block under the cursor again; when its test is gone, what took its place. */
static void resolve(struct view_state *state, const struct blocks *blocks)
{
    size_t found = blocks_find(blocks, state->test);
    if (found == blocks->list.len) {
        state->frame = -1;
        found = state->at < blocks->list.len ? state->at : blocks->list.len - 1;
        if (blocks->list.len > 0 && blocks->list.items[found].test == MAP_NONE)
            found++;
        bool none = blocks->list.len == 0 || found >= blocks->list.len;
        if (state->test == MAP_NONE && !none)
            state->row = (long)blocks->list.items[found].first;
        state->test = none ? MAP_NONE : blocks->list.items[found].test;
        found = none ? 0 : found;
    }
    state->at = found;
    if (state->test == MAP_NONE || state->frame < 0)
        return;
    if (block_line(&blocks->list.items[found], state->frame) == 0)
        state->frame = -1;
}

void view_follow(struct view_state *state, const struct blocks *blocks, int area_rows)
{
    bool shown = state->row >= 0 && state->row < state->rows;
    if (shown && state->row >= area_rows)
        state->row = area_rows > 0 ? area_rows - 1 : 0;
    state->rows = area_rows;
    resolve(state, blocks);
    long cursor = cursor_row(state, blocks);
    long top = cursor - state->row;
    long last_top = (long)blocks->rows - area_rows;
    if (top > last_top)
        top = last_top;
    if (top < 0)
        top = 0;
    state->row = cursor - top;
}

long view_top(const struct view_state *state, const struct blocks *blocks)
{
    return cursor_row(state, blocks) - state->row;
}

void view_home(struct view_state *state)
{
    state->row = LONG_MAX / 2;
    state->rows = 0;
}

/* The block and line of a place where the cursor can rest. */
struct stop {
    size_t block, line;
};

/* Goes from `stop` to the next place (step 1) or the one before (step -1); false when there is none. */
static bool seek(const struct blocks *blocks, struct stop *stop, int step, bool headings)
{
    struct stop at = *stop;
    for (;;) {
        const struct block *block = &blocks->list.items[at.block];
        if (step > 0 && at.line + 1 < block->story.lines.len) {
            at.line++;
        } else if (step < 0 && at.line > 0) {
            at.line--;
        } else {
            if (step > 0 ? at.block + 1 >= blocks->list.len : at.block == 0)
                return false;
            at.block += (size_t)step;
            size_t lines = blocks->list.items[at.block].story.lines.len;
            at.line = step > 0 || lines == 0 ? 0 : lines - 1;
        }
        if (block_stop(&blocks->list.items[at.block], at.line) && (!headings || at.line == 0)) {
            *stop = at;
            return true;
        }
    }
}

static long stop_row(const struct blocks *blocks, struct stop stop)
{
    const struct block *block = &blocks->list.items[stop.block];
    return (long)(block->first + block_row(block, stop.line));
}

static struct stop current(const struct view_state *state, const struct blocks *blocks)
{
    const struct block *block = &blocks->list.items[state->at];
    return (struct stop){state->at, block_line(block, state->frame)};
}

/* Puts the cursor there; the text stays where it is. */
static void rest_on(struct view_state *state, const struct blocks *blocks, struct stop stop)
{
    const struct block *block = &blocks->list.items[stop.block];
    state->row += stop_row(blocks, stop) - cursor_row(state, blocks);
    state->test = block->test;
    state->at = stop.block;
    state->frame = stop.line == 0 ? -1 : block->story.lines.items[stop.line].frame;
}

/* Scrolls so that the cursor's line shows, and what belongs to it as far as there is room. */
static void reveal(struct view_state *state, const struct blocks *blocks, int area_rows)
{
    struct stop stop = current(state, blocks);
    const struct block *block = &blocks->list.items[stop.block];
    size_t end = stop.line + 1;
    while (end < block->story.lines.len && (stop.line == 0 || !block_stop(block, end)))
        end++;
    long height = (long)(block_row(block, end) - block_row(block, stop.line));
    if (state->row + height > area_rows)
        state->row = area_rows - height;
    if (state->row < 0)
        state->row = 0;
}

static void move_by(struct view_state *state, const struct blocks *blocks, int area_rows, int step,
                    bool headings)
{
    struct stop stop = current(state, blocks);
    if (!seek(blocks, &stop, step, headings)) {
        state->row -= step;
        return;
    }
    rest_on(state, blocks, stop);
    reveal(state, blocks, area_rows);
}

static void move_far(struct view_state *state, const struct blocks *blocks, int area_rows, int step)
{
    struct stop stop = current(state, blocks);
    while (seek(blocks, &stop, step, true))
        continue;
    if (step < 0)
        stop.line = 0;
    rest_on(state, blocks, stop);
    reveal(state, blocks, area_rows);
    if (step < 0)
        state->row = stop_row(blocks, stop);
}

/* Takes the cursor along to the nearest place that shows, `step` being the way; `further`: at least to the
 * next one. */
static void take_along(struct view_state *state, const struct blocks *blocks, int area_rows, int step,
                       bool further)
{
    if (state->test == MAP_NONE)
        return;
    long top = view_top(state, blocks);
    struct stop stop = current(state, blocks);
    while (further || state->row < 0 || state->row >= area_rows) {
        if (!seek(blocks, &stop, step, false))
            return;
        long row = stop_row(blocks, stop) - top;
        if (step > 0 ? row >= area_rows : row < 0)
            return;
        if (row >= 0 && row < area_rows)
            rest_on(state, blocks, stop);
    }
}

void view_scroll(struct view_state *state, const struct blocks *blocks, int area_rows, int lines)
{
    state->row -= lines;
    view_follow(state, blocks, area_rows);
    take_along(state, blocks, area_rows, lines > 0 ? 1 : -1, false);
}

/* Scrolls by a page; where there is no more of the text, the cursor goes on alone. */
static void move_page(struct view_state *state, const struct blocks *blocks, int area_rows, int step)
{
    long before = view_top(state, blocks);
    state->row -= (long)step * (area_rows > 1 ? area_rows - 1 : 1);
    view_follow(state, blocks, area_rows);
    take_along(state, blocks, area_rows, step, view_top(state, blocks) == before);
}

void view_put(struct view_state *state, const struct blocks *blocks, const struct hit *hit)
{
    const struct block *block = &blocks->list.items[hit->block];
    rest_on(state, blocks, (struct stop){hit->block, block_line(block, hit->frame)});
}

void view_jump(struct view_state *state, const struct blocks *blocks, int area_rows, size_t block)
{
    rest_on(state, blocks, (struct stop){block, 0});
    reveal(state, blocks, area_rows);
}

void view_move(struct view_state *state, const struct blocks *blocks, int area_rows, enum command command)
{
    view_follow(state, blocks, area_rows);
    bool page = command == COMMAND_PAGE_DOWN || command == COMMAND_PAGE_UP;
    if (state->test == MAP_NONE && !page) {
        state->row += command == COMMAND_NEXT ? -1 : command == COMMAND_PREVIOUS ? 1 : 0;
        return;
    }
    switch (command) {
    case COMMAND_NEXT:
    case COMMAND_NEXT_FAILURE:
        move_by(state, blocks, area_rows, 1, command == COMMAND_NEXT_FAILURE);
        break;
    case COMMAND_PREVIOUS:
    case COMMAND_PREVIOUS_FAILURE:
        move_by(state, blocks, area_rows, -1, command == COMMAND_PREVIOUS_FAILURE);
        break;
    case COMMAND_FIRST:
    case COMMAND_LAST:
        move_far(state, blocks, area_rows, command == COMMAND_LAST ? 1 : -1);
        break;
    case COMMAND_PAGE_DOWN:
    case COMMAND_PAGE_UP:
        move_page(state, blocks, area_rows, command == COMMAND_PAGE_DOWN ? 1 : -1);
        break;
    default:
        break;
    }
}

void view_seconds(char *text, size_t size, int64_t ns, int digits)
{
    double seconds = ns > 0 ? (double)ns / 1e9 : 0;
    if (seconds < 10)
        snprintf(text, size, "%.*f s", digits, seconds);
    else if (seconds < 120)
        snprintf(text, size, "%.0f s", seconds);
    else
        snprintf(text, size, "%.0f min %d s", (double)((int64_t)seconds / 60), (int)((int64_t)seconds % 60));
}
