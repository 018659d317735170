/* Traceback text -> frames. Foreign frames can be folded, runner frames are
 * dropped at both ends. Pure: what a path belongs to comes in from outside. */
#ifndef ALOOF_TRACE_TRACE_H
#define ALOOF_TRACE_TRACE_H

#include "core/bytes.h"
#include "core/vec.h"

enum frame_kind {
    FRAME_PROJECT,
    FRAME_FOREIGN, /* outside the project, or in ignored directories */
    FRAME_RUNNER,  /* of the test framework itself */
};

struct frame {
    char *path;      /* as given; relative to the root when inside of it */
    unsigned line;   /* from 1; 0 unknown */
    unsigned column; /* from 1; 0 unknown. Of a syntax error's caret, in the line as Python prints it:
                        unindented */
    char *function;  /* NULL: none (a syntax error) */
    char *source;    /* the source line, trimmed; NULL unknown */
    enum frame_kind kind;
    bool changed; /* the line differs from HEAD; set by the session */
    bool chained; /* begins another exception ("During handling …"): a separator goes before it */
    char *lead;   /* of a chained frame: the lines of that separator, first the text of the exception before;
                     else NULL */
    unsigned repeats; /* how many more times the frame comes here (recursion) */
};

struct trace {
    VEC(struct frame) frames;
    char *message; /* the exception's text, may have many lines: "AssertionError: assert 1 == 2\n…"; "" none.
                      Of an exception group: its own, then each of the exceptions in it, numbered */
    bool printed;  /* the frames are from what the test printed; set by the session */
    bool listed; /* the frames stand beside each other (a compiler's errors) instead of calling each other */
};

struct places; /* trace/places.h */

/* Answers what a path (absolute or relative to the root) belongs to; see trace_parse. */
struct trace_paths {
    const char *root; /* absolute, no trailing slash */
    /* Whether a path inside the root counts as foreign (ignored directory, virtualenv). May be NULL. */
    bool (*foreign)(void *owner, const char *path);
    /* What the tree calls a file that another machine, or a runtime that leaves directories out, calls
     * `path`. NULL: it is called so here too, or not known. May be NULL. Borrowed until the next call. */
    const char *(*here)(void *owner, const char *path);
    void *owner;
    const struct places *places; /* how other languages write a frame; NULL: only Python's are read */
};

/* Reads Python tracebacks ("File "x", line N, in f"), chained ones and exception groups included, out of any
 * text; also the dumps of faulthandler, of which the current thread counts (the last, which is the main one,
 * when none is). Runner frames before the first project frame and behind the last one are dropped, and of a
 * stack that begins in the runner everything before the first project frame; others stay, as foreign. Text
 * without a traceback is looked through for places as other languages write them; without any it gives no
 * frames and itself as message. Never fails; `trace` is initialised by it. */
void trace_parse(struct trace *trace, struct bytes text, const struct trace_paths *paths);
/* Where a dump of faulthandler begins in the text; text.len: there is none. What is before it is output. */
size_t trace_dump_start(struct bytes text);

/* Where a failure is most likely to be mended: the line that changed, else the deepest of the project's own
 * (of places beside each other the first).
 * NULL: there are no frames. Borrowed. */
const struct frame *trace_likely(const struct trace *trace);

void trace_release(struct trace *trace);

#endif
