#include "ui/hints.h"
#include "ui/view.h"

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

struct hint_list {
    VEC(struct hint) items;
};

static void choose(struct hint_list *list, const struct snapshot *snapshot, const struct view_state *state)
{
    size_t count;
    const struct key *keys = keys_table(&count);
    if (state->reading.needle.text != NULL)
        vec_push(&list->items, (struct hint){COMMAND_NEXT_FAILURE, COMMAND_PREVIOUS_FAILURE, "match", false});
    for (size_t i = 0; i < count; i++) {
        bool resume = keys[i].command == COMMAND_PAUSE && snapshot->status.paused;
        if (keys[i].hint == NULL || !applies(&keys[i], snapshot))
            continue;
        struct hint hint = {
            .command = keys[i].command,
            .other = keys[i].command == COMMAND_NEXT ? COMMAND_PREVIOUS : COMMAND_NONE,
            .label = resume ? "resume" : keys[i].hint,
            .always = always_hinted(&keys[i]),
        };
        vec_push(&list->items, hint);
    }
}

void view_hints(struct screen *screen, int row, const struct snapshot *snapshot,
                const struct view_state *state)
{
    struct hint_list list = {0};
    choose(&list, snapshot, state);
    hints_draw(screen, row, snapshot->keys, list.items.items, list.items.len);
    vec_release(&list.items);
}

int view_hint_at(const struct screen *screen, const struct snapshot *snapshot, const struct view_state *state,
                 int col)
{
    struct hint_list list = {0};
    choose(&list, snapshot, state);
    int input = hints_at(screen, snapshot->keys, list.items.items, list.items.len, col);
    vec_release(&list.items);
    return input;
}
