#include "project/watch_parts.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LARGE_BURST = 50,    /* events */
    LARGE_QUIET_MS = 50, /* ends a large burst: a checkout, a formatter over everything */
    LOCK_QUIET_MS =
        3000, /* after so long without an event index.lock is stale, or held by a waiting editor */
    BURST_MAX_MS = 2000,
};

/* The clock of file times may lag so much behind the other one. */
static const int64_t CLOCK_LAG_NS = 20 * 1000 * 1000;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void watch_dirty_clear(struct watch_dirty *dirty)
{
    map_release(&dirty->known);
    strings_clear(&dirty->paths);
}

bool watch_dirty_add(struct watch_dirty *dirty, const char *path)
{
    if (map_get(&dirty->known, bytes_of(path)) != MAP_NONE)
        return false;
    strings_add(&dirty->paths, path);
    map_put(&dirty->known, bytes_of(dirty->paths.items[dirty->paths.len - 1]), 1);
    return true;
}

bool watch_mark(struct watch *watch, const char *path)
{
    return watch_dirty_add(&watch->dirty, path);
}

static bool is_overdue(const struct watch *watch)
{
    return uv_now(watch->loop) - watch->burst.first_ms >= BURST_MAX_MS;
}

static unsigned quiet_ms(const struct watch *watch)
{
    bool large = watch->burst.events > LARGE_BURST && watch->options.settle_ms < LARGE_QUIET_MS;
    return large ? LARGE_QUIET_MS : watch->options.settle_ms;
}

void watch_arm(struct watch *watch)
{
    struct watch_burst *burst = &watch->burst;
    burst->last_ms = uv_now(watch->loop);
    if (burst->events++ == 0) {
        burst->first_ms = burst->last_ms;
        burst->began_ns = now_ns() - CLOCK_LAG_NS;
    }
    burst->second_look = false;
    bool soon =
        uv_is_active((uv_handle_t *)&watch->settle) && uv_timer_get_due_in(&watch->settle) <= quiet_ms(watch);
    if (!soon || !is_overdue(watch))
        uv_timer_start(&watch->settle, watch_on_settle, quiet_ms(watch), 0);
}

/* Whether the set has to wait for git to finish: armed again for the moment when the lock counts as stale.
 * Its removal arrives as an event before that. */
static bool wait_for_git(struct watch *watch)
{
    uint64_t quiet = uv_now(watch->loop) - watch->burst.last_ms;
    if (watch->dirty.paths.len == 0 || quiet >= LOCK_QUIET_MS || !watch_git_busy(watch))
        return false;
    uv_timer_start(&watch->settle, watch_on_settle, LOCK_QUIET_MS - quiet, 0);
    return true;
}

/* Whether the path looks as if somebody were half-way through replacing it: missing, or emptied. */
static bool is_suspect(struct watch *watch, const char *path)
{
    const char *slash = strrchr(path, '/');
    const struct watch_dir *dir = tree_walk(watch->root, path, slash != NULL ? (size_t)(slash - path) : 0);
    if (dir == NULL || *path == '\0')
        return false;
    const char *name = slash != NULL ? slash + 1 : path;
    const struct watch_file *file = tree_file(dir, name);
    char *absolute = watch_absolute(watch, path);
    struct look look = look_at(absolute);
    free(absolute);
    if (look.kind == LOOK_GONE)
        return file != NULL || tree_dir(dir, name) != NULL;
    return look.kind == LOOK_FILE && look.size == 0 && (file == NULL || file->look.size > 0);
}

static bool wait_for_second_look(struct watch *watch)
{
    if (watch->burst.second_look || watch->root_gone || is_overdue(watch))
        return false;
    for (size_t i = 0; i < watch->dirty.paths.len; i++)
        if (is_suspect(watch, watch->dirty.paths.items[i])) {
            watch->burst.second_look = true;
            uv_timer_start(&watch->settle, watch_on_settle, quiet_ms(watch), 0);
            return true;
        }
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Directories come before what lies in them, so that a new one is scanned once, as a whole. */
static void check_dirty(struct watch *watch, struct strings *paths, struct watch_changes *changes)
{
    if (paths->len > 1)
        qsort(paths->items, paths->len, sizeof *paths->items, by_text);
    for (size_t i = 0; i < paths->len; i++)
        watch_check_path(watch, paths->items[i], changes);
}

static void tell_notices(struct watch *watch)
{
    if (watch->limit_code != 0 && !watch->limit_told) {
        watch->limit_told = true;
        strings_take(&watch->notices,
                     mem_printf("watch limit reached: polling %zu directories; raise fs.inotify.max_user_%s",
                                watch->polled, watch->limit_code == UV_EMFILE ? "instances" : "watches"));
    }
    struct strings notices = watch->notices;
    watch->notices = (struct strings){0};
    for (size_t i = 0; i < notices.len && !watch->closing; i++)
        watch->events.notice(watch->owner, notices.items[i]);
    strings_release(&notices);
}

static void release_changes(struct watch_changes *changes)
{
    for (size_t i = 0; i < changes->len; i++)
        free(changes->items[i].path);
    vec_release(changes);
}

static void refresh_repo(struct watch *watch)
{
    if (!watch->repo_changed && !watch->rules_changed)
        return;
    watch->repo_changed = false;
    repo_refresh(watch->repo);
    if (watch->events.repo_changed != NULL)
        watch->events.repo_changed(watch->owner);
}

/* Looks at everything that is dirty, and at the whole tree when that is not enough. */
static void collect(struct watch *watch, bool whole, bool rules, int64_t began_ns,
                    struct watch_changes *changes)
{
    struct strings paths = watch->dirty.paths;
    watch->dirty.paths = (struct strings){0};
    watch_dirty_clear(&watch->dirty);
    if (whole)
        watch_scan_dir(watch, watch->root, &(struct watch_scan){changes, 0, rules});
    else if (rules)
        watch_scan_dir(watch, watch->root, &(struct watch_scan){changes, began_ns, true});
    check_dirty(watch, &paths, changes);
    strings_release(&paths);
    watch_poll_when_needed(watch);
    watch_learn(watch);
}

static void settle(struct watch *watch)
{
    bool was_gone = watch->root_gone;
    if (watch->burst.events == 0 || wait_for_git(watch) || watch_root_missing(watch) ||
        wait_for_second_look(watch))
        return;
    bool whole = was_gone || watch->overflowed;
    bool rules = watch->rules_changed;
    int64_t began_ns = watch->burst.began_ns;
    refresh_repo(watch);
    watch->rules_changed = watch->overflowed = false;
    watch->burst = (struct watch_burst){0};
    if (watch->closing)
        return;
    struct watch_changes changes = {0};
    collect(watch, whole, rules, began_ns, &changes);
    if (changes.len > 0)
        watch->events.changed(watch->owner, &changes);
    release_changes(&changes);
}

static void do_nothing(uv_idle_t *idle)
{
    (void)idle;
}

static void on_polled(uv_check_t *check)
{
    struct watch *watch = check->data;
    uv_check_stop(&watch->after_poll);
    uv_idle_stop(&watch->no_wait);
    if (!watch->closing && !uv_is_active((uv_handle_t *)&watch->settle))
        settle(watch);
}

/* The loop runs timers before it reads events. If it was held up, there may be events of this very burst that
 * it has not read yet, so it is let through one poll (the idle handle makes that one not wait) before
 * anything is settled; an event arms the timer again. */
void watch_on_settle(uv_timer_t *timer)
{
    struct watch *watch = timer->data;
    tell_notices(watch);
    if (watch->closing || watch->burst.events == 0)
        return;
    uv_idle_start(&watch->no_wait, do_nothing);
    uv_check_start(&watch->after_poll, on_polled);
}
