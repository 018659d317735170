/* Which Python a team's tests are run by. */
#include "session/private.h"

#include "project/python.h"

#include <stdlib.h>

const char *session_python(const struct team *team)
{
    return team->python != NULL ? team->python : team->session->python;
}

bool session_python_instead(struct team *team, const struct pool_end *end)
{
    const struct session *session = team->session;
    bool lacks = team->runner == NULL && end->how == RUN_BROKEN && team->recipe->worker == WORKER_PYTEST &&
                 strstr(end->text, "No module named 'pytest'") != NULL;
    char *other = lacks && !session->closing
                      ? python_instead(session->settings.python, session_python(team), "pytest")
                      : NULL;
    if (other == NULL)
        return false;
    session_notice(team->session, "%s has no pytest: the tests are run by %s, as the command pytest is",
                   session_python(team), other);
    free(team->python);
    team->python = other;
    pool_set_python(team->pool, other);
    session_team_run(team);
    return true;
}
