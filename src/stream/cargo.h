/* What cargo says around the programs that it builds and runs, and by that, which program is whose turn. */
#ifndef ALOOF_STREAM_CARGO_H
#define ALOOF_STREAM_CARGO_H

#include "core/bytes.h"
#include "core/vec.h"

/* Zeroed is a beginning. */
struct cargo {
    struct strings paths, programs;      /* of what was built: executables, and what they are called */
    struct strings libraries, documents; /* likewise: libraries, and their examples in comments */
    struct buf program;                  /* that runs: "PACKAGE::NAME"; empty: none, or it is not known */
};

enum cargo_line {
    CARGO_NOT, /* it is not cargo's */
    CARGO_OWN,
    CARGO_TURN, /* the program has changed */
};

/* Takes in a line. Programs are known where cargo test has --message-format=json-render-diagnostics: that of
 * a library is PACKAGE, of tests/NAME.rs PACKAGE::NAME, of others PACKAGE::bin/NAME (example/, bench/), of
 * examples in comments PACKAGE/doc. */
enum cargo_line cargo_take(struct cargo *cargo, struct bytes line);

/* Whether it says that a program failed, or which ones did. */
bool cargo_is_end(struct bytes line);

void cargo_release(struct cargo *cargo);

#endif
