/* What the builds before a run of `go test` printed: as events, or on plain lines in versions before 1.20. */
#ifndef ALOOF_STREAM_GO_BUILDS_H
#define ALOOF_STREAM_GO_BUILDS_H

#include "core/bytes.h"
#include "core/vec.h"

struct go_build {
    char *name;      /* of the package; of a test's "package [package.test]" */
    struct buf text; /* what the compiler said, its start */
    bool failed, told;
};

/* Zeroed is empty. Bounded. */
struct go_builds {
    VEC(struct go_build) builds;
    size_t kept; /* octets of text */
    bool plain;  /* plain lines belong to that at: */
    size_t at;
};

void go_builds_add(struct go_builds *builds, struct bytes name, struct bytes text);
void go_builds_fail(struct go_builds *builds, struct bytes name);

/* All of which nobody took what was said have failed. */
void go_builds_fail_rest(struct go_builds *builds);

/* Takes a line that is no event: "# package" begins what its compiler says. Returns whether it says that a
 * package was not built; then sets the package, borrowed from the line. */
bool go_builds_plain(struct go_builds *builds, struct bytes line, struct bytes *package);

/* A line that is an event came: plain lines behind it belong to no build. */
void go_builds_interrupt(struct go_builds *builds);

/* Appends what was said about the build of that name; where there is none, about the package; else all that
 * nobody has taken. */
void go_builds_take(struct go_builds *builds, struct bytes name, struct bytes package, struct buf *to);

/* The next build that failed and that nobody took, borrowed until the next call. */
bool go_builds_left(struct go_builds *builds, struct bytes *name);

void go_builds_release(struct go_builds *builds);

#endif
