#include "ui/view.h"

static int help_rows(int rows)
{
    return rows > 2 ? rows - 2 : rows;
}

void view_move_help(struct view_state *state, int rows, enum command command)
{
    size_t count;
    keys_table(&count);
    int last = (int)count - help_rows(rows) > 0 ? (int)count - help_rows(rows) : 0;
    switch (command) {
    case COMMAND_NEXT:
        state->help_top++;
        break;
    case COMMAND_PREVIOUS:
        state->help_top--;
        break;
    case COMMAND_PAGE_DOWN:
        state->help_top += help_rows(rows);
        break;
    case COMMAND_PAGE_UP:
        state->help_top -= help_rows(rows);
        break;
    default:
        state->help = false;
        state->help_top = 0;
        return;
    }
    if (state->help_top > last)
        state->help_top = last;
    if (state->help_top < 0)
        state->help_top = 0;
}

void view_help(struct screen *screen, const struct keymap *keymap, const struct view_state *state)
{
    size_t count;
    const struct key *keys = keys_table(&count);
    struct strings names = {0};
    int top = 0, name_cols = 0, room = help_rows(screen->rows);
    if (room < screen->rows) {
        screen_fit(screen, 0, 1, screen->cols, STYLE_BOLD, "aloof: the keys");
        top = 2;
    }
    for (size_t i = 0; i < count; i++) {
        struct buf name = {0};
        keymap_names(keymap, keys[i].command, &name);
        strings_take(&names, buf_take(&name));
        int width = screen_width(screen, names.items[i]);
        name_cols = width > name_cols ? width : name_cols;
    }
    for (int i = 0; i < room && (size_t)(state->help_top + i) < count; i++) {
        size_t at = (size_t)(state->help_top + i);
        screen_fit(screen, top + i, 1, screen->cols, STYLE_CYAN, names.items[at]);
        screen_fit(screen, top + i, 1 + name_cols + 2, screen->cols, STYLE_PLAIN, keys[at].help);
    }
    strings_release(&names);
}
