#include "ui/blocks.h"

#include "session/failure.h"
#include "ui/line.h"
#include "ui/view.h"

#include <stdlib.h>

#define BROKEN_LINES_MAX 1000
#define NUMBERS_MAX 9

static struct story_line *add_line(struct story *story, enum style style, bool heading, char *take_text)
{
    struct story_line line = {.frame = -1, .heading = heading};
    struct span span = {.style = style, .text = take_text};
    vec_push(&line.spans, span);
    vec_push(&story->lines, line);
    return &story->lines.items[story->lines.len - 1];
}

static bool same_stamp(const struct block_stamp *a, const struct block_stamp *b)
{
    return a->test == b->test && a->version == b->version && a->fixed == b->fixed &&
           a->unfolded == b->unfolded;
}

static void build_broken(struct block *block, const char *text, bool none_found)
{
    const char *heading = none_found ? "NO TESTS  none were found" : "BROKEN  the tests could not be run";
    add_line(&block->story, none_found ? STYLE_YELLOW : STYLE_RED, true, mem_strdup(heading));
    struct ink ink = {0};
    for (size_t count = 0; *text != '\0' && count < BROKEN_LINES_MAX; count++) {
        size_t len = strcspn(text, "\n");
        struct story_line *line = add_line(&block->story, STYLE_PLAIN, false, mem_strdup("    "));
        vec_push(&line->spans, story_printed(STYLE_PLAIN, (struct bytes){text, len}, &ink));
        text += len + (text[len] == '\n');
    }
}

void block_tell(struct story *story, const struct block *block, const struct snapshot *snapshot, bool unfold,
                bool ascii)
{
    const struct failure *failure = &snapshot->failures[block->failure];
    const struct test *test = &snapshot->model->tests.items[failure->test];
    *story = (struct story){0};
    if (failure->fixed) {
        bool flaky = test->outcome == OUTCOME_FLAKY;
        add_line(story, flaky ? STYLE_YELLOW : STYLE_GREEN, true,
                 mem_printf("%s %s", flaky ? "flaky" : "fixed", test->id));
        return;
    }
    const struct failure_look look = {
        .editor = snapshot->editor, .here = snapshot->here, .unfold = unfold, .ascii = ascii};
    failure_tell(story, test, &failure->trace, &look);
}

static struct block_stamp stamp_of(const struct snapshot *snapshot, const struct view_state *state, size_t at)
{
    const struct failure *failure = &snapshot->failures[at];
    return (struct block_stamp){
        .test = failure->test,
        .version = failure->version,
        .fixed = failure->fixed,
        .unfolded = view_unfolded(state, failure->test),
    };
}

static void release(struct block *block)
{
    story_release(&block->story);
    vec_release(&block->starts);
}

static void shrink(struct blocks *blocks, size_t count)
{
    while (blocks->list.len > count)
        release(&blocks->list.items[--blocks->list.len]);
}

/* The runner's words come and go as the first block. */
static void update_broken(struct blocks *blocks, const char *broken, bool none_found)
{
    bool had = blocks->broken != NULL;
    if (had && broken != NULL && strcmp(blocks->broken, broken) == 0)
        return;
    if (had) {
        release(&blocks->list.items[0]);
        blocks->list.len--;
        memmove(blocks->list.items, blocks->list.items + 1, blocks->list.len * sizeof *blocks->list.items);
    }
    free(blocks->broken);
    blocks->broken = mem_strdup(broken);
    if (broken == NULL)
        return;
    vec_push(&blocks->list, (struct block){0});
    memmove(blocks->list.items + 1, blocks->list.items, (blocks->list.len - 1) * sizeof *blocks->list.items);
    blocks->list.items[0] = (struct block){.test = MAP_NONE, .failure = MAP_NONE};
    build_broken(&blocks->list.items[0], broken, none_found);
}

/* Wraps the block's lines for so many columns (0: not), where that is not done yet. */
static void wrap(struct block *block, int cols)
{
    const struct line_look look = {.wrap = cols > 0};
    const struct story_line *line;
    if (block->wrapped == cols && block->rows > 0)
        return;
    block->wrapped = cols;
    block->rows = cols > 0 ? 0 : block->story.lines.len;
    block->starts.len = 0;
    if (cols == 0)
        return;
    vec_each (line, &block->story.lines) {
        vec_push(&block->starts, (unsigned)block->rows);
        block->rows += line_rows(line, &look, cols);
    }
}

static void number_failures(struct blocks *blocks)
{
    int number = 0;
    struct block *block;
    vec_each (block, &blocks->list) {
        bool counts = block->test != MAP_NONE && !block->stamp.fixed && number < NUMBERS_MAX;
        block->number = counts ? ++number : 0;
    }
}

/* Numbers the rows: a blank one follows each block, but fixed ones stand close together. */
static void number_rows(struct blocks *blocks, int cols)
{
    size_t row = 0;
    for (size_t i = 0; i < blocks->list.len; i++) {
        struct block *block = &blocks->list.items[i];
        bool close = i == 0 || (block->stamp.fixed && block[-1].stamp.fixed);
        wrap(block, cols);
        row += close ? 0 : 1;
        block->first = row;
        row += block->rows;
    }
    blocks->rows = row;
}

void blocks_update(struct blocks *blocks, const struct snapshot *snapshot, const struct view_state *state)
{
    update_broken(blocks, view_broken(snapshot), snapshot->exit_code == EXIT_NO_TESTS);
    size_t before = blocks->broken != NULL ? 1 : 0;
    view_order(snapshot, &blocks->shown);
    shrink(blocks, before + blocks->shown.len);
    for (size_t i = 0; i < blocks->shown.len; i++) {
        size_t failure = blocks->shown.items[i];
        if (before + i == blocks->list.len)
            vec_push(&blocks->list, (struct block){.stamp.test = MAP_NONE});
        struct block *block = &blocks->list.items[before + i];
        struct block_stamp stamp = stamp_of(snapshot, state, failure);
        block->failure = failure;
        if (same_stamp(&block->stamp, &stamp))
            continue;
        release(block);
        *block = (struct block){.test = stamp.test, .failure = failure, .stamp = stamp};
        block_tell(&block->story, block, snapshot, stamp.unfolded, blocks->ascii);
    }
    number_failures(blocks);
    number_rows(blocks, state->reading.look.wrap ? blocks->cols : 0);
}

size_t blocks_find(const struct blocks *blocks, size_t test)
{
    size_t at = 0;
    while (at < blocks->list.len && (test == MAP_NONE || blocks->list.items[at].test != test))
        at++;
    return at;
}

bool block_stop(const struct block *block, size_t line)
{
    const struct story_line *lines = block->story.lines.items;
    if (block->test == MAP_NONE)
        return false;
    if (line == 0)
        return true;
    return lines[line].location && lines[line].frame >= 0;
}

size_t block_line(const struct block *block, int frame)
{
    for (size_t i = 0; frame >= 0 && i < block->story.lines.len; i++)
        if (block->story.lines.items[i].frame == frame)
            return i;
    return 0;
}

size_t block_row(const struct block *block, size_t line)
{
    if (block->wrapped == 0)
        return line;
    return line < block->starts.len ? block->starts.items[line] : block->rows;
}

size_t block_line_on(const struct block *block, size_t row)
{
    if (block->wrapped == 0)
        return row;
    size_t from = 0, to = block->starts.len; /* the line is in [from, to) */
    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        if (block->starts.items[middle] <= row)
            from = middle;
        else
            to = middle;
    }
    return from;
}

void blocks_release(struct blocks *blocks)
{
    shrink(blocks, 0);
    vec_release(&blocks->list);
    vec_release(&blocks->shown);
    free(blocks->broken);
    *blocks = (struct blocks){0};
}
