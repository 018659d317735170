/* What the files of watch share. Only they include this.
 *
 * An event marks a path dirty and arms the settle timer (watch_settle); when it is quiet the dirty paths are
 * looked at again (watch_scan), which compares them with the memory (watch_tree) and collects the changes.
 * What led to nothing is told by watch_ignored.
 * watch_root looks after what is not the tree itself: the git dir, and the root when it is gone. watch_learn
 * reads content in the background after the start. */
#ifndef ALOOF_PROJECT_WATCH_PARTS_H
#define ALOOF_PROJECT_WATCH_PARTS_H

#include "core/map.h"
#include "project/watch.h"
#include "project/watch_tree.h"

/* A native watch of one directory. */
struct watch_handle {
    uv_fs_event_t event;
    struct watch *watch;
    struct watch_dir *dir; /* NULL: not one of the tree */
    char *path;            /* absolute, as it was when the watch began */
    void (*heard)(struct watch_handle *handle, const char *name, bool renamed);
};

/* What waits to be looked at when it is quiet. */
struct watch_dirty {
    struct strings paths; /* the keys of the map */
    struct map known;
};

/* The events since the last settled set. */
struct watch_burst {
    size_t events;
    uint64_t first_ms, last_ms; /* of the loop's clock */
    int64_t began_ns;           /* UTC, when first_ms was, less the lag of file times */
    bool second_look;           /* what was missing or empty was given its second chance */
};

/* What was touched and is no change, until it is told. */
struct watch_ignored {
    struct watch_dirty of[WATCH_REASONS];
    uint64_t first_ms, last_ms; /* of the loop's clock */
    uv_timer_t timer;           /* active while there is something to tell */
};

struct watch {
    uv_loop_t *loop;
    struct repo *repo;
    struct watch_options options;
    struct watch_events events;
    void *owner;
    size_t open; /* handles and background work not yet closed */
    bool closing;

    struct watch_dir *root;
    size_t native, polled; /* directories */
    int limit_code;        /* why native watches ran out; 0: they did not */
    bool limit_told;
    size_t queue_limit, heard; /* events that the system keeps; heard in this turn of the loop */
    uint64_t heard_at_ms;
    bool overflowed; /* some may have been lost */

    uv_timer_t settle, poll;
    uv_idle_t no_wait;
    uv_check_t after_poll;
    struct watch_dirty dirty;
    struct watch_burst burst;
    struct watch_ignored ignored;
    bool rules_changed, repo_changed;
    struct strings notices; /* to be told on the next turn of the loop */

    struct watch_handle *git, *info; /* the git dir, and info/ of the common one */
    bool root_gone;
    struct watch_handle *above; /* the nearest directory that is there while the root is gone */

    struct strings unread;       /* paths whose content is to be learnt */
    struct watch_lesson *lesson; /* under way; NULL none */
    uint64_t learnt_bytes;
};

/* What a scan is to do with files that it did not know. */
struct watch_scan {
    struct watch_changes *changes; /* NULL: nothing is reported */
    int64_t since_ns;              /* new files count as changes when touched at or after this time */
    bool rules_too;                /* the rules changed: known files may be ignored now */
};

/* watch.c */
struct watch_handle *watch_listen(struct watch *watch, const char *path, int *code,
                                  void (*heard)(struct watch_handle *, const char *, bool));
void watch_unlisten(struct watch_handle *handle);
void watch_tell(struct watch *watch, char *text);                  /* takes text; told on the next turn */
char *watch_absolute(const struct watch *watch, const char *path); /* the caller frees */
char *watch_absolute_in(const struct watch *watch, const struct watch_dir *dir,
                        const char *name); /* likewise */
void watch_part_closed(struct watch *watch);

/* watch_settle.c */
bool watch_mark(struct watch *watch, const char *path); /* dirty; false: it was already. Does not arm */
void watch_arm(struct watch *watch);                    /* something happened: quiet counts from now */
void watch_on_settle(uv_timer_t *timer);
bool watch_dirty_add(struct watch_dirty *dirty, const char *path); /* false: it was in it already */
void watch_dirty_clear(struct watch_dirty *dirty);

/* watch_ignored.c: notes it, and tells of it when there is quiet. */
void watch_ignore(struct watch *watch, enum watch_reason reason, const char *path);
void watch_ignored_release(struct watch_ignored *ignored);

/* watch_scan.c */
void watch_heard_in_dir(struct watch_handle *handle, const char *name, bool renamed);
void watch_scan_dir(struct watch *watch, struct watch_dir *dir, const struct watch_scan *scan);
void watch_check_path(struct watch *watch, const char *path, struct watch_changes *changes);
void watch_leave_dir(struct watch *watch, struct watch_dir *dir); /* no longer watched; its memory stays */
void watch_forget_dir(struct watch *watch, struct watch_dir *dir, struct watch_changes *changes);

/* Why it is none of the tree, WATCH_COUNTS: it is. */
enum watch_reason watch_leaves_out(struct watch *watch, const struct watch_dir *dir, const char *name,
                                   bool is_dir);

/* watch_poll.c */
void watch_on_poll(uv_timer_t *timer);
void watch_poll_when_needed(struct watch *watch); /* starts or stops the poll timer */

/* watch_root.c */
void watch_git_dir(struct watch *watch);
bool watch_git_busy(const struct watch *watch); /* index.lock is there */
bool watch_root_missing(struct watch *watch);   /* whether it is; changes over to waiting for it and back */

/* watch_learn.c */
void watch_learn(struct watch *watch); /* begins on what is unread, unless it is under way */
void watch_learn_stop(struct watch *watch);

#endif
