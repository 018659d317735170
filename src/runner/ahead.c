#include "runner/ahead.h"

#define KEPT_MAX (16 * 1024 * 1024) /* octets; with more it has to wait */

bool ahead_can(const struct recipe *recipe)
{
    return recipe->run_all.len > 0 && !recipe->feed && (recipe->holes & HOLE_REPORT) == 0;
}

void ahead_begin(struct ahead *ahead, struct process *process, const struct recipe *recipe,
                 const struct recipe_extra *extra)
{
    const struct recipe_test none = {.id = "", .file = ""};
    struct strings argv = {0};
    recipe_argv(&recipe->run_all, &none, 0, extra, &argv);
    ahead->on = process_start(process, &argv, recipe->merge != 0) == 0;
    strings_release(&argv);
}

static void keep(void *owner, bool errors, struct bytes octets)
{
    struct ahead *ahead = owner;
    buf_add(&ahead->printed[errors], octets.data, octets.len);
}

bool ahead_wait(struct ahead *ahead, struct process *process, int commands_fd)
{
    if (ahead->printed[0].len + ahead->printed[1].len >= KEPT_MAX)
        return true; /* and reading that blocks */
    return process_wait(process, commands_fd, -1, keep, ahead);
}

static void forget(struct ahead *ahead)
{
    buf_release(&ahead->printed[0]);
    buf_release(&ahead->printed[1]);
    ahead->on = false;
}

void ahead_take(struct ahead *ahead, process_taker *take, void *owner)
{
    for (int errors = 0; errors < 2; errors++)
        if (ahead->printed[errors].len > 0)
            take(owner, errors, buf_bytes(&ahead->printed[errors]));
    forget(ahead);
}

void ahead_drop(struct ahead *ahead, struct process *process)
{
    if (!ahead->on)
        return;
    family_kill(&process->family);
    process_forget(process);
    forget(ahead);
}
