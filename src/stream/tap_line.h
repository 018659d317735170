/* One line of the Test Anything Protocol, taken apart. */
#ifndef ALOOF_STREAM_TAP_LINE_H
#define ALOOF_STREAM_TAP_LINE_H

#include "core/bytes.h"

#include <stdint.h>

enum tap_kind {
    TAP_OTHER, /* not of the protocol */
    TAP_VERSION,
    TAP_PLAN,     /* number: of points */
    TAP_POINT,    /* ok, number, text: the description, directive and reason, duration */
    TAP_SUBTEST,  /* text: its name */
    TAP_COMMENT,  /* text: without the mark */
    TAP_BAIL_OUT, /* text: the reason */
    TAP_YAML,     /* a YAML block begins */
    TAP_PRAGMA,
};

enum tap_directive {
    TAP_NONE,
    TAP_SKIP,
    TAP_TODO,
    TAP_EXPECTED, /* node's: it is ok because it failed */
    TAP_FLAKY,    /* node's: what came before the last of several tries is no outcome */
};

struct tap_line {
    enum tap_kind kind;
    size_t indent; /* spaces before it: 4 a level, 2 more of a YAML block */
    bool ok, numbered;
    uint64_t number;
    struct bytes text, reason; /* borrowed from the line; escapes are left in */
    struct bytes said;         /* of a point, by tap_dialect */
    enum tap_directive directive;
    int64_t duration_ns; /* "# time=12.5ms", as node-tap says it; 0 none */
};

/* Takes a line (without its end) apart. */
struct tap_line tap_line(struct bytes text);

/* The duration in a line of a YAML block ("duration_ms: 0.52"), 0 none. */
int64_t tap_yaml_duration(struct bytes text);

#endif
