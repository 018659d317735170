/* How a path looked at one moment: what it is, its stamp, and (when read) a
 * hash of its content. Two looks tell whether the content really changed. */
#ifndef ALOOF_PROJECT_WATCH_LOOK_H
#define ALOOF_PROJECT_WATCH_LOOK_H

#include <stdbool.h>
#include <stdint.h>

enum { LOOK_LIMIT = 8 << 20 }; /* octets; larger files are told apart by their stamps */

enum look_kind {
    LOOK_GONE,
    LOOK_FILE, /* or a symbolic link to one */
    LOOK_DIR,
    LOOK_OTHER, /* a pipe, a socket, a symbolic link to a directory */
};

struct look {
    enum look_kind kind;
    bool hashed;
    bool fresh; /* touched so shortly before that a further change might leave the same stamp */
    uint64_t size, device, inode;
    int64_t mtime_ns, ctime_ns;
    uint64_t hash;
};

/* Asks for the stamp only. path is absolute. */
struct look look_at(const char *path);

/* Reads the content too, when it is a file of at most LOOK_LIMIT that can be read. May run in any thread. */
struct look look_into(const char *path);

/* Whether both have the same stamp and it can be trusted. */
bool look_untouched(const struct look *before, const struct look *now);

/* Whether the content differs, as far as it is known; an unread file differs when its stamp does. */
bool look_differs(const struct look *before, const struct look *now);

#endif
