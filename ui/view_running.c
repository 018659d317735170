#include "ui/view.h"
#include "ui/view_narrow.h"

#include <stdlib.h>

#define COLUMNS_EACH 32 /* that a running test gets, at least */

static int by_time(const void *a, const void *b)
{
    const struct session_slot *const *left = a, *const *right = b;
    int64_t x = (*left)->running_ns, y = (*right)->running_ns;
    return x < y ? 1 : x > y ? -1 : strcmp((*left)->test_id, (*right)->test_id);
}

/* The test, and what is worth telling about it. Of an id the end tells more than the start. */
static void draw_slot(struct screen *screen, int row, int col, int limit, const struct session_slot *slot,
                      bool still)
{
    struct buf words = {0};
    progress_words(&words, slot->stage, slot->running_ns, slot->usual_ns, !still);
    int room = limit - (words.len > 0 ? screen_width(screen, buf_str(&words)) + 1 : 0);
    bool plain = slot->stage == STAGE_RUNNING && !progress_slow(slot->running_ns, slot->usual_ns);
    if (room > col)
        col = screen_fit_end(screen, row, col, room, STYLE_DIM, slot->test_id) + 1;
    screen_fit(screen, row, col, limit, plain ? STYLE_DIM : STYLE_YELLOW, buf_str(&words));
    buf_release(&words);
}

/* As many as there is room for, the others as a number: "+14". */
static void draw_slots(struct screen *screen, int row, const struct session_slot *const *slots, int busy,
                       bool still)
{
    char more[16] = "";
    int room = screen->cols - 1, fit = room / COLUMNS_EACH > 0 ? room / COLUMNS_EACH : 1;
    if (busy > fit) {
        snprintf(more, sizeof more, "+%d", busy - fit);
        room -= (int)strlen(more) + 1;
        screen_put(screen, row, 1 + room, screen->cols, STYLE_DIM, more);
    }
    int shown = busy < fit ? busy : fit, share = room / shown;
    for (int i = 0; i < shown; i++)
        draw_slot(screen, row, 1 + i * share, 1 + (i + 1) * share - 2, slots[i], still);
}

/* The tests that run, those first that have run for the longest. */
static void draw_busy(struct screen *screen, int row, const struct snapshot *snapshot)
{
    VEC(const struct session_slot *) busy = {0};
    const struct session_slot *slot;
    vec_each (slot, &snapshot->slots)
        if (slot->test_id != NULL)
            vec_push(&busy, slot);
    if (busy.len > 0) {
        qsort(busy.items, busy.len, sizeof *busy.items, by_time);
        draw_slots(screen, row, busy.items, (int)busy.len, snapshot->still);
    }
    vec_release(&busy);
}

/* What the person should know while nothing runs. */
static void draw_waiting(struct screen *screen, int row, const struct snapshot *snapshot)
{
    const struct session_status *status = &snapshot->status;
    struct buf text = {0}, key = {0};
    if (status->paused) {
        buf_puts(&text, "paused: changes wait");
        if (keymap_first(snapshot->keys, COMMAND_PAUSE, &key))
            buf_printf(&text, " until %s is pressed", buf_str(&key));
    } else if (view_widening(snapshot, screen->ascii, &text)) {
        /* what the loop waits with is said */
    } else if (status->selfwritten > 0) {
        buf_printf(&text, "%zu file%s that tests write %s not watched", status->selfwritten,
                   status->selfwritten == 1 ? "" : "s", status->selfwritten == 1 ? "is" : "are");
        if (keymap_first(snapshot->keys, COMMAND_WATCH_AGAIN, &key))
            buf_printf(&text, "; %s watches again", buf_str(&key));
    } else if (status->polled > 0) {
        buf_printf(&text, "%zu director%s polled: no more watches are to be had", status->polled,
                   status->polled == 1 ? "y is" : "ies are");
    }
    screen_fit(screen, row, 1, screen->cols, STYLE_YELLOW, buf_str(&text));
    buf_release(&text);
    buf_release(&key);
}

/* What a run is at while no test runs; NULL: nothing to tell. */
static const char *phase_of(const struct session_status *status)
{
    if (status->killing)
        return "stopping: pytest does not answer and is being killed";
    if (status->state == LOOP_CANCELLING)
        return "stopping: the boxes are being killed";
    if (status->starting)
        return "starting pytest";
    return status->collecting ? "collecting" : NULL;
}

void view_running(struct screen *screen, int row, const struct snapshot *snapshot)
{
    const char *phase = phase_of(&snapshot->status);
    if (snapshot->status.state == LOOP_IDLE)
        draw_waiting(screen, row, snapshot);
    else if (phase != NULL)
        screen_fit(screen, row, 1, screen->cols, STYLE_DIM, phase);
    else
        draw_busy(screen, row, snapshot);
}
