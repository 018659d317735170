#include "plan/commits.h"

#include <assert.h>

void commits_add(struct commits *commits)
{
    commits->bad = commits->nodes.len;
    vec_push(&commits->nodes, (struct commit_node){.mark = COMMIT_SUSPECT});
}

void commits_add_parent(struct commits *commits, size_t parent)
{
    size_t child = commits->nodes.len - 1;
    assert(parent < child);
    vec_push(&commits->nodes.items[child].parents, parent);
}

void commits_release(struct commits *commits)
{
    struct commit_node *node;
    vec_each (node, &commits->nodes)
        vec_release(&node->parents);
    vec_release(&commits->nodes);
}

bool commits_suspected(const struct commits *commits, size_t commit)
{
    return commits->nodes.items[commit].mark != COMMIT_CLEARED;
}

size_t commits_suspects(const struct commits *commits)
{
    size_t count = 0;
    for (size_t i = 0; i < commits->nodes.len; i++)
        count += commits_suspected(commits, i);
    return count;
}

unsigned commits_left(const struct commits *commits)
{
    unsigned left = 0;
    for (size_t suspects = commits_suspects(commits); suspects > 1; suspects = (suspects + 1) / 2)
        left++;
    return left;
}

/* Marks in `behind` the commit and all that it has behind it; parents come first, so one way back does. */
static void walk(const struct commits *commits, size_t commit, bool *behind)
{
    for (size_t i = 0; i <= commit; i++)
        behind[i] = i == commit;
    for (size_t i = commit + 1; i-- > 0;) {
        const struct commit_node *node = &commits->nodes.items[i];
        for (size_t p = 0; behind[i] && p < node->parents.len; p++)
            behind[node->parents.items[p]] = true;
    }
}

/* Where lines of history come together, what is behind both counts once. */
static size_t count_behind(const struct commits *commits, size_t commit, bool *behind)
{
    size_t count = 0;
    walk(commits, commit, behind);
    for (size_t i = 0; i <= commit; i++)
        count += behind[i] && commits_suspected(commits, i);
    return count;
}

/* A suspect's weight is one more than that of its only parent that is one. */
static void weigh(struct commits *commits)
{
    bool *behind = mem_zero((commits->nodes.len + 1) * sizeof *behind);
    for (size_t i = 0; i < commits->nodes.len; i++) {
        struct commit_node *node = &commits->nodes.items[i];
        size_t parents = 0;
        node->weight = 1;
        for (size_t p = 0; p < node->parents.len; p++) {
            const struct commit_node *parent = &commits->nodes.items[node->parents.items[p]];
            if (parent->mark == COMMIT_CLEARED)
                continue;
            parents++;
            node->weight = parent->weight + 1;
        }
        if (parents > 1 && commits_suspected(commits, i))
            node->weight = count_behind(commits, i, behind);
    }
    free(behind);
}

size_t commits_next(struct commits *commits)
{
    size_t count = commits_suspects(commits), best = MAP_NONE, most = 0;
    weigh(commits);
    for (size_t i = 0; i < commits->nodes.len; i++) {
        const struct commit_node *node = &commits->nodes.items[i];
        size_t rest = count - node->weight;
        size_t tells = node->weight < rest ? node->weight : rest;
        if (node->mark != COMMIT_SUSPECT || i == commits->bad || tells <= most)
            continue;
        best = i;
        most = tells;
    }
    return best;
}

void commits_answer(struct commits *commits, size_t commit, enum commit_mark mark)
{
    if (mark == COMMIT_SKIPPED) {
        commits->nodes.items[commit].mark = COMMIT_SKIPPED;
        return;
    }
    bool *behind = mem_zero((commits->nodes.len + 1) * sizeof *behind);
    walk(commits, commit, behind);
    for (size_t i = 0; i < commits->nodes.len; i++)
        if (behind[i] == (mark == COMMIT_CLEARED))
            commits->nodes.items[i].mark = COMMIT_CLEARED;
    free(behind);
    if (mark != COMMIT_BAD)
        return;
    commits->nodes.items[commit].mark = COMMIT_BAD;
    commits->bad = commit;
}
