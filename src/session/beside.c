/* What else the project could be run by, when nobody said by what it is: found out in another thread, as
 * nothing waits for it. */
#include "session/private.h"

#include "project/recipe_beside.h"

#include <stdlib.h>

struct session_beside {
    struct session *session;
    uv_work_t work;
    char *shipped, *config, *found;
};

static void look(uv_work_t *work)
{
    struct session_beside *beside = work->data;
    const struct session *session = beside->session;
    const struct recipe_places places = {beside->shipped, beside->config, repo_root(session->repo),
                                         session->python, session->settings.python};
    beside->found = recipe_beside(&places, session->teams[0].recipe->name);
}

static void looked(uv_work_t *work, int status)
{
    struct session_beside *beside = work->data;
    struct session *session = beside->session;
    if (status == 0 && beside->found != NULL)
        session_tell_beside(session, beside->found);
    free(beside->found);
    free(beside->config);
    free(beside->shipped);
    free(beside);
    session_part_closed(session);
}

void session_beside_look(struct session *session)
{
    struct session_beside *beside = mem_zero(sizeof *beside);
    beside->session = session;
    beside->work.data = beside;
    beside->shipped = mem_printf("%s/../recipes", session->worker_source);
    beside->config = mem_printf("%s/.aloof.conf", repo_root(session->repo));
    session->open_parts++;
    if (uv_queue_work(session->loop, &beside->work, look, looked) != 0)
        looked(&beside->work, UV_ECANCELED);
}
