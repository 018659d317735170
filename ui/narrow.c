#include "ui/narrow.h"

#include "ui/view_narrow.h"

#include <stdlib.h>

void narrow_type(struct app *app, int input)
{
    if (prompt_input(&app->prompt, input) == TYPING_DONE)
        session_filter(app->session, buf_str(&app->prompt.typed));
}

/* The id that the key of the clipboard is about; NULL none. */
static const char *id_here(const struct app *app)
{
    if (app->page.kind == PAGE_TEST)
        return app->page.title;
    size_t test = app->page.kind == PAGE_NONE ? app_selected_test(app) : MAP_NONE;
    return test != MAP_NONE ? app->snapshot.model->tests.items[test].id : NULL;
}

static void copy(struct app *app)
{
    struct terminal_say *say = terminal_say(app->terminal);
    const char *id = id_here(app);
    if (id == NULL) {
        app_say(app, "there is no test here to copy the id of");
    } else if (say != NULL && terminal_say_copy(say, id)) {
        char *text = mem_printf("copied %s", id);
        app_say(app, text);
        free(text);
    } else if (say != NULL && !say->kind.clipboard) {
        app_say(app, "this terminal has no clipboard for programs");
    } else {
        app_say(app, "this id is too long or holds control characters: not copied");
    }
}

/* The block of the failure with that number, or how many blocks there are. */
static size_t find_number(const struct blocks *blocks, int number)
{
    size_t at = 0;
    while (at < blocks->list.len && blocks->list.items[at].number != number)
        at++;
    return at;
}

static void jump(struct app *app, int number)
{
    int rows, cols;
    size_t at = find_number(&app->blocks, number);
    if (at == app->blocks.list.len) {
        char *text = mem_printf("there is no failure %d", number);
        app_say(app, text);
        free(text);
        return;
    }
    terminal_size(app->terminal, &rows, &cols);
    view_jump(&app->view, &app->blocks, view_area_rows(rows), at);
}

static bool step(struct app *app, int input, enum command command)
{
    if (input == INPUT_ESCAPE || command == COMMAND_STEP)
        session_steps_end(app->session);
    else if (command == COMMAND_NEXT_FAILURE || command == COMMAND_PREVIOUS_FAILURE)
        session_steps_move(app->session, command == COMMAND_NEXT_FAILURE ? 1 : -1);
    else
        return false;
    return true;
}

bool narrow_act(struct app *app, int input, enum command command)
{
    switch (command) {
    case COMMAND_COPY:
        copy(app);
        return true;
    case COMMAND_FILTER:
        prompt_open(&app->prompt);
        return true;
    case COMMAND_JUMP:
        if (!app->list.open)
            jump(app, input - '0');
        return true;
    default:
        break;
    }
    if (app->list.open)
        return command == COMMAND_STEP;
    if (view_steps(&app->snapshot))
        return step(app, input, command);
    if (command == COMMAND_STEP)
        session_steps_begin(app->session, app_selected_test(app));
    return command == COMMAND_STEP;
}
