#include "ui/view_activity.h"

#include "ui/view.h"

#include <string.h>

const char *view_dot(const struct screen *screen)
{
    return screen->ascii ? " - " : " · ";
}

void view_add_part(struct buf *line, const struct screen *screen, const char *text)
{
    if (line->len > 0)
        buf_puts(line, view_dot(screen));
    buf_puts(line, text);
}

static void put_past_run(struct buf *line, const struct session_status *status)
{
    char time[32];
    if (status->run == RUN_NONE) {
        buf_puts(line, "waiting for a change");
        return;
    }
    view_seconds(time, sizeof time, status->run_ns, status->run_ns < 1000000000 ? 2 : 1);
    const char *verb = status->run == RUN_LOADED ? "loaded" : status->run == RUN_RED ? "reran" : "ran";
    buf_printf(line, "%s%s %zu in %s", status->stopped ? "stopped: " : "", verb, status->reran, time);
}

/* What of the run comes first because of what changed. */
static void put_first(struct buf *line, const struct screen *screen, const struct session_status *status)
{
    struct buf text = {0};
    if (status->risky + status->affected == 0)
        return;
    buf_puts(&text, "first ");
    if (status->risky > 0)
        buf_printf(&text, "%zu it broke before", status->risky);
    if (status->affected > 0)
        buf_printf(&text, "%s%zu it can affect", status->risky > 0 ? " and " : "", status->affected);
    view_add_part(line, screen, buf_str(&text));
    buf_release(&text);
}

void view_activity(struct buf *line, const struct screen *screen, const struct session_status *status)
{
    static const char *const running[] = {
        [RUN_NONE] = "running",
        [RUN_RED] = "running the red set",
        [RUN_ALL] = "running all",
        [RUN_ONE] = "running one test",
        [RUN_LOADED] = "loading",
        [RUN_LIST] = "running a list",
        [RUN_AFFECTED] = "running what that can affect",
    };
    if (status->state == LOOP_CANCELLING)
        buf_puts(line, "stopping");
    else if (status->state == LOOP_IDLE || status->all_in)
        put_past_run(line, status);
    else if (status->starting)
        buf_puts(line, "starting pytest");
    else if (status->collecting)
        buf_puts(line, "collecting");
    else
        buf_puts(line, running[status->run]);
    bool told = status->because != NULL && *status->because != '\0' && status->runner != NULL;
    bool asked = told && strcmp(status->because, "key") == 0; /* who pressed it knows */
    if (told && !asked && (status->state != LOOP_IDLE || status->run != RUN_NONE))
        view_add_part(line, screen, status->because);
    if (told && !asked && status->state == LOOP_RUNNING && !status->all_in)
        put_first(line, screen, status);
}
