#include "project/watch.h"

#include "project/watch_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SETTLE_MS = 8, POLL_MS = 1000, QUEUE_LIMIT = 16384 };

char *watch_absolute(const struct watch *watch, const char *path)
{
    const char *root = repo_root(watch->repo);
    return *path != '\0' ? mem_printf("%s/%s", root, path) : mem_strdup(root);
}

char *watch_absolute_in(const struct watch *watch, const struct watch_dir *dir, const char *name)
{
    char *path = tree_path(dir, name), *absolute = watch_absolute(watch, path);
    free(path);
    return absolute;
}

void watch_tell(struct watch *watch, char *text)
{
    strings_take(&watch->notices, text);
    if (!uv_is_active((uv_handle_t *)&watch->settle))
        uv_timer_start(&watch->settle, watch_on_settle, 0, 0);
}

static void release(struct watch *watch)
{
    watch_dirty_clear(&watch->dirty);
    strings_release(&watch->dirty.paths);
    watch_ignored_release(&watch->ignored);
    strings_release(&watch->notices);
    strings_release(&watch->unread);
    free(watch);
}

void watch_part_closed(struct watch *watch)
{
    if (--watch->open > 0 || !watch->closing)
        return;
    const struct watch_events events = watch->events;
    void *owner = watch->owner;
    release(watch);
    events.closed(owner);
}

static void on_handle_closed(uv_handle_t *event)
{
    struct watch_handle *handle = event->data;
    struct watch *watch = handle->watch;
    free(handle->path);
    free(handle);
    watch_part_closed(watch);
}

/* libuv does not pass on that events were lost: its inotify reader skips IN_Q_OVERFLOW, which carries no
 * watch. But it hands over all that was queued within one turn of the loop, and the queue can only have
 * overflowed if that is as much as it holds; half of it is taken, since some events are for watches that are
 * closed by now. */
static void note_overflow(struct watch *watch)
{
    if (watch->heard_at_ms != uv_now(watch->loop))
        watch->heard = 0;
    watch->heard_at_ms = uv_now(watch->loop);
    if (++watch->heard != watch->queue_limit / 2)
        return;
    watch->overflowed = true;
    watch_arm(watch);
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    struct watch_handle *handle = event->data;
    if (handle->watch->closing || uv_is_closing((uv_handle_t *)event) || status < 0 || name == NULL)
        return;
    note_overflow(handle->watch);
    handle->heard(handle, name, (events & UV_RENAME) != 0);
}

struct watch_handle *watch_listen(struct watch *watch, const char *path, int *code,
                                  void (*heard)(struct watch_handle *, const char *, bool))
{
    struct watch_handle *handle = mem_zero(sizeof *handle);
    uv_fs_event_init(watch->loop, &handle->event);
    handle->event.data = handle;
    handle->watch = watch;
    handle->heard = heard;
    handle->path = mem_strdup(path);
    watch->open++;
    *code = uv_fs_event_start(&handle->event, on_event, path, 0);
    if (*code == 0)
        return handle;
    watch_unlisten(handle);
    return NULL;
}

void watch_unlisten(struct watch_handle *handle)
{
    if (handle != NULL)
        uv_close((uv_handle_t *)&handle->event, on_handle_closed);
}

/* How many events the system keeps for us. */
static size_t read_queue_limit(void)
{
    char text[32] = "";
    int fd = open("/proc/sys/fs/inotify/max_queued_events", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    unsigned long limit = got > 0 ? strtoul(text, NULL, 10) : 0;
    return limit > 0 ? limit : QUEUE_LIMIT;
}

static void init_handles(struct watch *watch)
{
    uv_timer_init(watch->loop, &watch->settle);
    uv_timer_init(watch->loop, &watch->poll);
    uv_idle_init(watch->loop, &watch->no_wait);
    uv_check_init(watch->loop, &watch->after_poll);
    uv_timer_init(watch->loop, &watch->ignored.timer);
    watch->settle.data = watch->poll.data = watch->no_wait.data = watch->after_poll.data = watch;
    watch->ignored.timer.data = watch;
    watch->open += 5;
}

int watch_start(struct watch **watch, uv_loop_t *loop, struct repo *repo, const struct watch_options *options,
                const struct watch_events *events, void *owner, struct error *error)
{
    *watch = NULL;
    if (access(repo_root(repo), R_OK | X_OK) != 0)
        return error_set(error, -errno, "%s: cannot be watched: %s", repo_root(repo), strerror(errno));
    struct watch *made = mem_zero(sizeof *made);
    made->loop = loop;
    made->repo = repo;
    made->options = *options;
    made->events = *events;
    made->owner = owner;
    made->queue_limit = read_queue_limit();
    if (made->options.settle_ms == 0)
        made->options.settle_ms = SETTLE_MS;
    if (made->options.poll_ms == 0)
        made->options.poll_ms = POLL_MS;
    init_handles(made);
    made->root = mem_zero(sizeof *made->root);
    made->root->name = mem_strdup("");
    watch_git_dir(made);
    watch_scan_dir(made, made->root, &(struct watch_scan){.since_ns = INT64_MAX});
    watch_poll_when_needed(made);
    watch_learn(made);
    *watch = made;
    return 0;
}

size_t watch_dirs(const struct watch *watch)
{
    return watch->native;
}

size_t watch_polled(const struct watch *watch)
{
    return watch->polled;
}

static void on_part_closed(uv_handle_t *handle)
{
    watch_part_closed(handle->data);
}

void watch_close(struct watch *watch)
{
    watch->closing = true;
    watch_forget_dir(watch, watch->root, NULL);
    watch_unlisten(watch->git);
    watch_unlisten(watch->info);
    watch_unlisten(watch->above);
    watch_learn_stop(watch);
    uv_close((uv_handle_t *)&watch->settle, on_part_closed);
    uv_close((uv_handle_t *)&watch->poll, on_part_closed);
    uv_close((uv_handle_t *)&watch->ignored.timer, on_part_closed);
    uv_close((uv_handle_t *)&watch->no_wait, on_part_closed);
    uv_close((uv_handle_t *)&watch->after_poll, on_part_closed);
}
