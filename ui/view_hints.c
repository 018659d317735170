#include "ui/view.h"

#include <assert.h>

#define HINTS_MAX 32

struct hint {
    const struct key *key;
    int col, end; /* the columns [col, end) that it takes */
};

struct hints {
    struct buf text;
    struct hint items[HINTS_MAX];
    int len;
};

/* Help and quit are in the row however narrow it is. */
static bool always_hinted(const struct key *key)
{
    return key->command == COMMAND_HELP || key->command == COMMAND_QUIT;
}

/* Whether the key would do anything now. */
static bool applies(const struct key *key, const struct snapshot *snapshot)
{
    switch (key->command) {
    case COMMAND_STOP:
        return snapshot->status.state == LOOP_RUNNING;
    case COMMAND_NEXT:
    case COMMAND_EDIT:
    case COMMAND_UNFOLD:
    case COMMAND_RUN_ONE:
        return snapshot->failure_count > 0;
    case COMMAND_RERUN_RED:
        return snapshot->model->red > 0;
    default:
        return true;
    }
}

static int end_of(const struct screen *screen, const struct hints *hints)
{
    return 1 + screen_width(screen, buf_str(&hints->text));
}

/* "r", or for moving "j/k"; "" when no key is bound to it. */
static void add_hint_keys(struct buf *to, const struct keymap *keys, enum command command)
{
    struct buf back = {0};
    keymap_first(keys, command, to);
    if (command == COMMAND_NEXT && keymap_first(keys, COMMAND_PREVIOUS, &back))
        buf_printf(to, "%s%s", to->len > 0 ? "/" : "", buf_str(&back));
    buf_release(&back);
}

static void add_hint(struct hints *hints, const struct screen *screen, const struct key *key,
                     const struct snapshot *snapshot)
{
    bool resume = key->command == COMMAND_PAUSE && snapshot->status.paused;
    struct buf keys = {0};
    add_hint_keys(&keys, snapshot->keys, key->command);
    if (keys.len > 0) {
        if (hints->len > 0)
            buf_puts(&hints->text, screen->ascii ? " - " : " · ");
        int col = end_of(screen, hints);
        buf_printf(&hints->text, "%s %s", buf_str(&keys), resume ? "resume" : key->hint);
        assert(hints->len < HINTS_MAX);
        hints->items[hints->len++] = (struct hint){key, col, end_of(screen, hints)};
    }
    buf_release(&keys);
}

static void add_always(struct hints *hints, const struct screen *screen, const struct snapshot *snapshot)
{
    size_t count;
    const struct key *keys = keys_table(&count);
    for (size_t i = 0; i < count; i++)
        if (always_hinted(&keys[i]))
            add_hint(hints, screen, &keys[i], snapshot);
}

/* "j/k move · Enter edit · … · ? help · q quit": from the left as many as fit. */
static void lay_hints(struct hints *hints, const struct screen *screen, const struct snapshot *snapshot)
{
    size_t count;
    const struct key *keys = keys_table(&count);
    struct hints last = {0};
    add_always(&last, screen, snapshot);
    int limit = screen->cols - (end_of(screen, &last) - 1) - 3;
    buf_release(&last.text);
    for (size_t i = 0; i < count; i++) {
        if (keys[i].hint == NULL || always_hinted(&keys[i]) || !applies(&keys[i], snapshot))
            continue;
        size_t before = hints->text.len;
        int had = hints->len;
        add_hint(hints, screen, &keys[i], snapshot);
        if (hints->len > had && end_of(screen, hints) > limit) {
            hints->len = had;
            hints->text.len = before;
            hints->text.data[before] = '\0';
            break;
        }
    }
    add_always(hints, screen, snapshot);
}

void view_hints(struct screen *screen, int row, const struct snapshot *snapshot)
{
    struct hints hints = {0};
    lay_hints(&hints, screen, snapshot);
    screen_fit(screen, row, 1, screen->cols, STYLE_DIM, buf_str(&hints.text));
    buf_release(&hints.text);
}

int view_hint_at(const struct screen *screen, const struct snapshot *snapshot, int col)
{
    struct hints hints = {0};
    int input = INPUT_NONE;
    lay_hints(&hints, screen, snapshot);
    for (int i = 0; i < hints.len; i++)
        if (col >= hints.items[i].col && col < hints.items[i].end)
            input = keymap_input(snapshot->keys, hints.items[i].key->command);
    buf_release(&hints.text);
    return input;
}
