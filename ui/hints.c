#include "ui/hints.h"

struct shown {
    const struct hint *hint;
    int col, end; /* the columns [col, end) that it takes */
};

/* A row as it is laid out. */
struct hint_row {
    const struct screen *screen;
    const struct keymap *keymap;
    struct buf text;
    VEC(struct shown) items;
};

static int end_of(const struct hint_row *row)
{
    return 1 + screen_width(row->screen, buf_str(&row->text));
}

/* "r", or for moving "j/k"; "" when no key is bound to it. */
static void add_keys(struct buf *to, const struct keymap *keymap, const struct hint *hint)
{
    struct buf other = {0};
    keymap_first(keymap, hint->command, to);
    if (hint->other != COMMAND_NONE && keymap_first(keymap, hint->other, &other))
        buf_printf(to, "%s%s", to->len > 0 ? "/" : "", buf_str(&other));
    buf_release(&other);
}

static void add(struct hint_row *row, const struct hint *hint)
{
    struct buf keys = {0};
    add_keys(&keys, row->keymap, hint);
    if (keys.len > 0) {
        if (row->items.len > 0)
            buf_puts(&row->text, row->screen->ascii ? " - " : " · ");
        int col = end_of(row);
        buf_printf(&row->text, "%s %s", buf_str(&keys), hint->label);
        vec_push(&row->items, (struct shown){hint, col, end_of(row)});
    }
    buf_release(&keys);
}

static void add_always(struct hint_row *row, const struct hint *hints, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (hints[i].always)
            add(row, &hints[i]);
}

static void release(struct hint_row *row)
{
    buf_release(&row->text);
    vec_release(&row->items);
}

static void lay_out(struct hint_row *row, const struct hint *hints, size_t count)
{
    struct hint_row last = {.screen = row->screen, .keymap = row->keymap};
    add_always(&last, hints, count);
    int limit = row->screen->cols - (end_of(&last) - 1) - 3;
    release(&last);
    for (size_t i = 0; i < count; i++) {
        if (hints[i].always)
            continue;
        size_t before = row->text.len, had = row->items.len;
        add(row, &hints[i]);
        if (row->items.len > had && end_of(row) > limit) {
            row->items.len = had;
            row->text.len = before;
            row->text.data[before] = '\0';
            break;
        }
    }
    add_always(row, hints, count);
}

void hints_draw(struct screen *screen, int row, const struct keymap *keymap, const struct hint *hints,
                size_t count)
{
    struct hint_row laid = {.screen = screen, .keymap = keymap};
    lay_out(&laid, hints, count);
    screen_fit(screen, row, 1, screen->cols, STYLE_DIM, buf_str(&laid.text));
    release(&laid);
}

int hints_at(const struct screen *screen, const struct keymap *keymap, const struct hint *hints, size_t count,
             int col)
{
    struct hint_row laid = {.screen = screen, .keymap = keymap};
    int input = INPUT_NONE;
    lay_out(&laid, hints, count);
    const struct shown *shown;
    vec_each (shown, &laid.items)
        if (col >= shown->col && col < shown->end)
            input = keymap_input(keymap, shown->hint->command);
    release(&laid);
    return input;
}
