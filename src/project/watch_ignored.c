#include "project/watch_parts.h"

enum { QUIET_MS = 100, BURST_MAX_MS = 2000 };

static void tell(struct watch *watch, enum watch_reason reason)
{
    struct watch_dirty *of = &watch->ignored.of[reason];
    if (of->paths.len > 0 && !watch->closing)
        watch->events.ignored(watch->owner, reason, of->paths.items[0], of->paths.len - 1);
    watch_dirty_clear(of);
}

static void on_timer(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    uint64_t now = uv_now(watch->loop), quiet = now - watch->ignored.last_ms;
    if (quiet < QUIET_MS && now - watch->ignored.first_ms < BURST_MAX_MS) {
        uv_timer_start(timer, on_timer, QUIET_MS - quiet, 0);
        return;
    }
    for (int reason = 0; reason < WATCH_REASONS; reason++)
        tell(watch, (enum watch_reason)reason);
}

/* However many there are, they cost no more than what is remembered of the first ones. */
void watch_ignore(struct watch *watch, enum watch_reason reason, const char *path)
{
    struct watch_ignored *ignored = &watch->ignored;
    if (watch->events.ignored == NULL || watch->closing)
        return;
    ignored->last_ms = uv_now(watch->loop);
    if (!uv_is_active((uv_handle_t *)&ignored->timer)) {
        ignored->first_ms = ignored->last_ms;
        uv_timer_start(&ignored->timer, on_timer, QUIET_MS, 0);
    }
    if (ignored->of[reason].paths.len <= WATCH_OTHERS_MAX)
        watch_dirty_add(&ignored->of[reason], path);
}

void watch_ignored_release(struct watch_ignored *ignored)
{
    for (int reason = 0; reason < WATCH_REASONS; reason++) {
        watch_dirty_clear(&ignored->of[reason]);
        strings_release(&ignored->of[reason].paths);
    }
}
