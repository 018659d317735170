/* One line of what `go test -json` prints, taken apart. */
#ifndef ALOOF_STREAM_GO_LINE_H
#define ALOOF_STREAM_GO_LINE_H

#include "core/bytes.h"

#include <stdint.h>

enum go_action {
    GO_NONE,   /* the line is no event */
    GO_BROKEN, /* it begins like one, and is not well-formed */
    GO_START,
    GO_RUN,
    GO_PAUSE,
    GO_CONT,
    GO_OUTPUT,
    GO_PASS,
    GO_FAIL,
    GO_SKIP,
    GO_BUILD_OUTPUT,
    GO_BUILD_FAIL,
    GO_OTHER, /* an event that says nothing about an outcome */
};

/* Where texts with escapes are put: kept from line to line for their memory. Zeroed is empty. */
struct go_scratch {
    struct buf package, test, output, import_path, failed_build;
};

struct go_line {
    enum go_action action;
    struct bytes package, test, output, import_path, failed_build; /* empty where not told */
    bool has_time;
    int64_t time_ns, duration_ns;
};

/* Takes the line apart; its texts are borrowed from it or from the scratch. */
struct go_line go_line(struct bytes line, struct go_scratch *scratch);

void go_scratch_release(struct go_scratch *scratch);

#endif
