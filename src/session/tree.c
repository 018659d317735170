/* What the work tree is at, which takes another thread a while to find out: for the header, and for the
 * history, which tells what runs were of. */
#include "session/private.h"

static void look(uv_work_t *work)
{
    struct session_tree *tree = work->data;
    tree->code = repo_state(tree->session->repo, &tree->state);
}

static void remember(struct session *session, const struct repo_state *state)
{
    struct buf dirty = {0};
    for (size_t i = 0; i < state->dirty.len; i++)
        buf_printf(&dirty, "%s\n", state->dirty.items[i]);
    history_set_tree(session->history,
                     &(struct history_tree){state->commit, state->fingerprint, buf_str(&dirty)});
    buf_release(&dirty);
}

static void looked(uv_work_t *work, int status)
{
    struct session_tree *tree = work->data;
    struct session *session = tree->session;
    if (status == 0 && tree->code == 0) {
        session->added = tree->state.added;
        session->modified = tree->state.modified;
        if (tree->number != 0 && tree->number == session->model.tree)
            remember(session, &tree->state);
        session_touch(session);
    }
    repo_state_release(&tree->state);
    tree->busy = false;
    if (tree->again && !session->closing)
        session_tree_look(session);
    session_part_closed(session);
}

void session_tree_look(struct session *session)
{
    struct session_tree *tree = &session->tree_look;
    tree->again = tree->busy;
    if (tree->busy)
        return;
    tree->session = session;
    tree->work.data = tree;
    tree->number = session->model.tree;
    tree->busy = uv_queue_work(session->loop, &tree->work, look, looked) == 0;
    session->open_parts += tree->busy;
}

/* While the loop watches, a look follows each run, when its boxes are gone. */
void session_tree_begin(struct session *session, struct history_run *run)
{
    struct session_tree *tree = &session->tree_look;
    run->no_tree = session->model.loaded;
    run->new_tree = tree->newest != session->model.tree;
    tree->newest = session->model.tree;
    if (!session->watching && !run->no_tree)
        session_tree_look(session);
}
