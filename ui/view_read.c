#include "ui/view.h"

/* Going through the places of the needle, in the order of the lines of all failures with all their frames. */

/* A line of a block's story, as it is with all frames; -1: before the first. */
struct at {
    size_t block;
    long line;
};

/* The block's story with all frames: its own, or one that is built and the caller's to release. */
struct whole {
    const struct story *story;
    struct story built;
};

static void whole_init(struct whole *whole, const struct block *block, const struct blocks *blocks,
                       const struct snapshot *snapshot)
{
    const struct story_line *line;
    *whole = (struct whole){.story = &block->story};
    vec_each (line, &block->story.lines) {
        if (!line->fold)
            continue;
        block_tell(&whole->built, block, snapshot, true, blocks->ascii);
        whole->story = &whole->built;
        return;
    }
}

static size_t first_of_frame(const struct story *story, int frame)
{
    size_t at = 0;
    while (at < story->lines.len && story->lines.items[at].frame != frame)
        at++;
    return at;
}

/* The number of the line among those that no frame has and that do not stand for frames. */
static size_t count_free(const struct story *story, size_t line)
{
    size_t count = 0;
    for (size_t i = 0; i < line; i++)
        count += story->lines.items[i].frame < 0 && !story->lines.items[i].fold;
    return count;
}

static size_t find_free(const struct story *story, size_t number)
{
    size_t at = 0;
    for (; at < story->lines.len; at++) {
        bool is_free = story->lines.items[at].frame < 0 && !story->lines.items[at].fold;
        if (is_free && number-- == 0)
            break;
    }
    return at;
}

/* Where a line of the whole story is in the one that shows; the latter's length when it does not show. */
static size_t shown_line(const struct story *shows, const struct story *whole, size_t line)
{
    int frame = whole->lines.items[line].frame;
    if (shows == whole)
        return line;
    if (frame < 0)
        return find_free(shows, count_free(whole, line));
    size_t first = first_of_frame(shows, frame);
    return first < shows->lines.len ? first + (line - first_of_frame(whole, frame)) : first;
}

/* Scrolls, where the row of all blocks is out of sight, so that it shows: with the cursor, if there is room
 * for both. */
static void show_row(struct view_state *state, const struct blocks *blocks, int area_rows, long row)
{
    long top = view_top(state, blocks), cursor = top + state->row;
    if (row >= top && row < top + area_rows && state->row >= 0 && state->row < area_rows)
        return;
    bool both = cursor <= row && row - cursor < area_rows;
    state->row = cursor - (both ? cursor : row - area_rows / 2);
    view_follow(state, blocks, area_rows);
}

/* Brings the cursor to the line of the block, or to what is the nearest above it. */
static void land(struct view_state *state, const struct blocks *blocks, int area_rows, size_t at, size_t line)
{
    const struct block *block = &blocks->list.items[at];
    if (block->test != MAP_NONE) {
        size_t stop = line;
        while (stop > 0 && !block_stop(block, stop))
            stop--;
        int frame = stop > 0 ? block->story.lines.items[stop].frame : -1;
        view_put(state, blocks, &(struct hit){.kind = HIT_FAILURE, .block = at, .frame = frame});
    }
    size_t within = line_show(&block->story.lines.items[line], &state->reading.look, &state->reading.needle,
                              blocks->cols);
    show_row(state, blocks, area_rows, (long)(block->first + block_row(block, line) + within));
}

static void arrive(struct view_state *state, struct blocks *blocks, const struct snapshot *snapshot,
                   int area_rows, struct at at, const struct story *whole)
{
    const struct block *block = &blocks->list.items[at.block];
    size_t line = shown_line(&block->story, whole, (size_t)at.line);
    if (line == block->story.lines.len) {
        view_unfold(state, block->test);
        blocks_update(blocks, snapshot, state);
        view_follow(state, blocks, area_rows);
        line = (size_t)at.line;
    }
    land(state, blocks, area_rows, at.block, line);
    state->found = (struct found){.known = true,
                                  .test = blocks->list.items[at.block].test,
                                  .line = (size_t)at.line,
                                  .shown = line,
                                  .cursor = state->test,
                                  .frame = state->frame};
}

/* Where the search goes on: from the last place, unless the cursor went elsewhere since. */
static struct at begin(const struct view_state *state, const struct blocks *blocks,
                       const struct snapshot *snapshot, int step)
{
    const struct found *found = &state->found;
    struct whole whole;
    if (found->known && found->cursor == state->test && found->frame == state->frame) {
        size_t block = found->test == MAP_NONE ? 0 : blocks_find(blocks, found->test);
        if (block < blocks->list.len)
            return (struct at){block, (long)found->line};
    }
    if (state->test == MAP_NONE)
        return (struct at){0, -1};
    whole_init(&whole, &blocks->list.items[state->at], blocks, snapshot);
    size_t line = state->frame >= 0 ? first_of_frame(whole.story, state->frame) : 0;
    story_release(&whole.built);
    return (struct at){state->at, step > 0 ? (long)line - 1 : (long)line};
}

static bool search(struct view_state *state, struct blocks *blocks, const struct snapshot *snapshot,
                   int area_rows, int step)
{
    size_t count = blocks->list.len;
    struct at from = begin(state, blocks, snapshot, step);
    for (size_t i = 0; i <= count && count > 0; i++) {
        struct at at = {(from.block + (step > 0 ? i : count - i)) % count, 0};
        struct whole whole;
        whole_init(&whole, &blocks->list.items[at.block], blocks, snapshot);
        long lines = (long)whole.story->lines.len;
        at.line = i == 0 ? from.line : step > 0 ? -1 : lines;
        for (at.line += step; at.line >= 0 && at.line < lines; at.line += step)
            if (line_has(&whole.story->lines.items[at.line], &state->reading.needle))
                break;
        bool here = at.line >= 0 && at.line < lines;
        if (here)
            arrive(state, blocks, snapshot, area_rows, at, whole.story);
        story_release(&whole.built);
        if (here)
            return true;
    }
    return false;
}

/* The columns of the widest line that shows. */
static long widest(const struct view_state *state, const struct blocks *blocks, int area_rows)
{
    long most = 0, top = view_top(state, blocks);
    const struct block *block;
    vec_each (block, &blocks->list)
        for (size_t i = 0; i < block->story.lines.len; i++) {
            long row = (long)(block->first + block_row(block, i)) - top;
            long columns = row >= 0 && row < area_rows ? line_columns(&block->story.lines.items[i]) : 0;
            most = columns > most ? columns : most;
        }
    return most;
}

bool view_read(struct view_state *state, struct blocks *blocks, const struct snapshot *snapshot,
               int area_rows, int input, enum command command)
{
    long wide = command == COMMAND_RIGHT ? widest(state, blocks, area_rows) : 0;
    enum reading_wish wish = reading_input(&state->reading, input, command, blocks->cols, wide);
    if (wish == READING_OTHER || wish == READING_DONE)
        return wish == READING_DONE;
    if (wish == READING_FIND)
        state->found.known = false;
    if (!search(state, blocks, snapshot, area_rows, wish == READING_PREVIOUS ? -1 : 1)) {
        char *text = reading_not_found(&state->reading);
        view_say(state, text);
        free(text);
    }
    return true;
}
