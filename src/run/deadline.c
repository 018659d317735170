#include "run/deadline.h"

#define KILL_PATIENCE_MS 2000

void deadline_init(struct deadline *deadline, uv_loop_t *loop, const struct deadline_events *events,
                   void *owner, unsigned grace_ms)
{
    *deadline = (struct deadline){.events = events, .owner = owner, .grace_ms = grace_ms};
    uv_timer_init(loop, &deadline->timer);
    deadline->timer.data = deadline;
}

static void pass(uv_timer_t *timer)
{
    struct deadline *deadline = timer->data;
    switch (deadline->stage) {
    case DEADLINE_OFF:
        break;
    case DEADLINE_SET:
        deadline->stage = DEADLINE_DUMPED;
        uv_timer_start(timer, pass, deadline->grace_ms, 0);
        deadline->events->dump(deadline->owner);
        break;
    case DEADLINE_DUMPED:
        deadline->stage = DEADLINE_KILLED;
        uv_timer_start(timer, pass, KILL_PATIENCE_MS, 0);
        deadline->events->kill(deadline->owner);
        break;
    case DEADLINE_KILLED:
        deadline->events->stuck(deadline->owner);
        break;
    }
}

void deadline_set(struct deadline *deadline, unsigned timeout_ms, size_t test)
{
    if (timeout_ms == 0 || deadline->stage == DEADLINE_KILLED)
        return;
    deadline->stage = DEADLINE_SET;
    deadline->test = test;
    uv_timer_start(&deadline->timer, pass, timeout_ms, 0);
}

void deadline_lift(struct deadline *deadline)
{
    if (deadline->stage != DEADLINE_KILLED)
        deadline_reset(deadline);
}

void deadline_reset(struct deadline *deadline)
{
    deadline->stage = DEADLINE_OFF;
    uv_timer_stop(&deadline->timer);
}

bool deadline_passed(const struct deadline *deadline)
{
    return deadline->stage >= DEADLINE_DUMPED;
}
