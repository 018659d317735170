#include "ui/blocks.h"

#include "failure.h"
#include "ui/view.h"

#include <stdlib.h>

#define BROKEN_LINES_MAX 1000
#define NUMBERS_MAX 9

static void add_line(struct story *story, enum style style, bool heading, char *take_text)
{
    struct story_line line = {.frame = -1, .heading = heading};
    struct span span = {.style = style, .text = take_text};
    vec_push(&line.spans, span);
    vec_push(&story->lines, line);
}

static bool same_stamp(const struct block_stamp *a, const struct block_stamp *b)
{
    return a->test == b->test && a->run == b->run && a->red_runs == b->red_runs && a->outcome == b->outcome &&
           a->duration_ns == b->duration_ns && a->fixed == b->fixed && a->unfolded == b->unfolded &&
           a->marks == b->marks;
}

static void build_broken(struct block *block, const char *text, bool none_found)
{
    const char *heading = none_found ? "NO TESTS  none were found" : "BROKEN  the tests could not be run";
    add_line(&block->story, none_found ? STYLE_YELLOW : STYLE_RED, true, mem_strdup(heading));
    for (size_t count = 0; *text != '\0' && count < BROKEN_LINES_MAX; count++) {
        size_t len = strcspn(text, "\n");
        add_line(&block->story, STYLE_PLAIN, false, mem_printf("    %.*s", (int)len, text));
        text += len + (text[len] == '\n');
    }
}

static void build_failure(struct block *block, const struct snapshot *snapshot, bool ascii)
{
    const struct failure *failure = &snapshot->failures[block->failure];
    const struct test *test = &snapshot->model->tests.items[failure->test];
    if (failure->fixed) {
        add_line(&block->story, STYLE_GREEN, true, mem_printf("fixed %s", test->id));
        return;
    }
    const struct failure_look look = {
        .editor = snapshot->editor, .here = snapshot->here, .unfold = block->stamp.unfolded, .ascii = ascii};
    failure_tell(&block->story, test, &failure->trace, &look);
}

/* Which frames are marked as changed may differ after every save, without anything else being new. */
static uint64_t marks_of(const struct trace *trace)
{
    uint64_t marks = trace->frames.len;
    const struct frame *frame;
    vec_each (frame, &trace->frames)
        marks = marks * 31 + frame->changed;
    return marks;
}

static struct block_stamp stamp_of(const struct snapshot *snapshot, const struct view_state *state, size_t at)
{
    const struct failure *failure = &snapshot->failures[at];
    const struct test *test = &snapshot->model->tests.items[failure->test];
    return (struct block_stamp){
        .test = failure->test,
        .run = test->run,
        .red_runs = test->red_runs,
        .outcome = test->outcome,
        .duration_ns = test->duration_ns,
        .fixed = failure->fixed,
        .unfolded = view_unfolded(state, failure->test),
        .marks = marks_of(&failure->trace),
    };
}

/* The runner's words come and go as the first block. */
static void update_broken(struct blocks *blocks, const char *broken, bool none_found)
{
    bool had = blocks->broken != NULL;
    if (had && broken != NULL && strcmp(blocks->broken, broken) == 0)
        return;
    if (had) {
        story_release(&blocks->list.items[0].story);
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

static void shrink(struct blocks *blocks, size_t count)
{
    while (blocks->list.len > count)
        story_release(&blocks->list.items[--blocks->list.len].story);
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

/* Numbers the lines: a blank one follows each block, but fixed ones stand close together. */
static void number_lines(struct blocks *blocks)
{
    size_t line = 0;
    for (size_t i = 0; i < blocks->list.len; i++) {
        struct block *block = &blocks->list.items[i];
        bool close = i == 0 || (block->stamp.fixed && block[-1].stamp.fixed);
        line += close ? 0 : 1;
        block->first = line;
        line += block->story.lines.len;
    }
    blocks->lines = line;
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
            vec_push(&blocks->list, (struct block){.stale = true});
        struct block *block = &blocks->list.items[before + i];
        struct block_stamp stamp = stamp_of(snapshot, state, failure);
        block->failure = failure;
        if (!block->stale && same_stamp(&block->stamp, &stamp))
            continue;
        story_release(&block->story);
        *block = (struct block){.test = stamp.test, .failure = failure, .stamp = stamp};
        build_failure(block, snapshot, blocks->ascii);
    }
    number_failures(blocks);
    number_lines(blocks);
}

void blocks_touch(struct blocks *blocks, size_t test)
{
    size_t at = blocks_find(blocks, test);
    if (at < blocks->list.len)
        blocks->list.items[at].stale = true;
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

void blocks_release(struct blocks *blocks)
{
    shrink(blocks, 0);
    vec_release(&blocks->list);
    vec_release(&blocks->shown);
    free(blocks->broken);
    *blocks = (struct blocks){0};
}
