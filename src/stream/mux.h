/* What one of several commands that run at once says, as its part of a subunit stream of all of them: the
 * events of its standard output on a route of its own, and what else it prints there or on standard error as
 * files of that route, "stdout" and "stderr". Whole packets only, so that a command that dies in the middle
 * of one harms nobody else's. */
#ifndef ALOOF_STREAM_MUX_H
#define ALOOF_STREAM_MUX_H

#include "stream/roster.h"
#include "stream/stream.h"

struct mux_test;

struct mux {
    struct buf *to;
    char *name, *route;
    const struct stream_format *format; /* NULL: not known yet, and then … */
    struct buf head;                    /* … this may be the start of anything */
    void *reader, *writer;
    struct roster roster;
    VEC(struct mux_test) tests;
    uint64_t told, failed; /* outcomes */
    struct buf complaints; /* what could not be true, a line each */
    struct buf noise;      /* of what was just taken in */
    struct buf scratch;    /* a route */
    bool printed[2];       /* something is in the file of standard output, error */
};

/* How the command ended. */
struct mux_end {
    int code; /* its exit status, or 128 + signal, as shells have them; not 0 when it could not start */
    const char *how;  /* "killed by SIGSEGV", "exited with status 3" */
    bool interrupted; /* we were asked to stop, and ended it */
};

/* name: of the command, in its events. route: its own. format: of its standard output, NULL: to be found out.
 * What it says is appended to `to`, borrowed. Name and route are copied. */
void mux_init(struct mux *mux, const char *name, const char *route, const struct stream_format *format,
              struct buf *to);

/* Octets of its standard output, of its standard error. */
void mux_out(struct mux *mux, struct bytes octets);
void mux_err(struct mux *mux, struct bytes octets);

/* Nothing more came for a while: what was held back to see what follows it goes on. */
void mux_quiet(struct mux *mux);

/* The command is over. What it began and did not end has failed; so has the command itself, by its name, when
 * it failed and no failed test of it says so, or said what cannot be true. When it printed nothing that could
 * be read as tests it is one itself. */
void mux_end(struct mux *mux, const struct mux_end *end);

/* Whether anything failed; after mux_end. */
bool mux_failed(const struct mux *mux);

void mux_release(struct mux *mux);

#endif
