/* Runs of tests by name. */
#include "session_private.h"

void session_run_list(struct session *session, const struct strings *ids, bool one_box)
{
    session->list_in_one_box = one_box;
    session_step(session, &(struct loop_event){.kind = LOOP_RUN_LIST, .paths = ids});
}
