/* Inside of the reader of `go test -json`: what go.c, which follows the lines, and go_results.c, which says
 * how tests and packages ended, share. */
#ifndef ALOOF_STREAM_GO_READER_H
#define ALOOF_STREAM_GO_READER_H

#include "stream/go_builds.h"
#include "stream/go_line.h"
#include "stream/go_tests.h"
#include "stream/lines.h"
#include "stream/names.h"
#include "stream/testcase.h"

struct go_reader {
    const struct event_sink *sink;
    void *owner;
    struct lines lines;
    struct go_scratch scratch;
    struct go_tests tests;
    struct go_builds builds;
    struct names names;
    struct buf key, id, text; /* scratch */
    bool any;                 /* there was an event */
};

/* Something about `who` ("" nobody) cannot be true. */
void go_damage(struct go_reader *reader, const struct line *line, const char *who, const char *what);

/* A test says how it ended; then it is gone. */
void go_result(struct go_reader *reader, struct go_package *package, struct go_test *test,
               const struct go_line *said);

/* A package ended, at this line: so do the tests that still run in it. The package stays open. */
void go_package_result(struct go_reader *reader, struct go_package *package, const struct go_line *said,
                       const struct line *line);

/* A package failed, and no test of it did. */
void go_package_failed(struct go_reader *reader, struct go_package *package, const struct go_line *said);

/* Hands over what tests of a package wrote that never ended: somebody else knows why, and has its output now.
 */
void go_unfinished(struct go_reader *reader, const struct go_package *package);

#endif
