/* Lines that Python's unittest prints, taken apart. */
#ifndef ALOOF_STREAM_UNITTEST_LINE_H
#define ALOOF_STREAM_UNITTEST_LINE_H

#include "core/event.h"

/* What stands for a test: "test_x (mod.Class.test_x)", or "test_x (mod.Class)" before Python 3.11. */
struct unittest_name {
    struct bytes name, place; /* "test_x", "mod.Class" */
    struct bytes rest;        /* what follows: of a subtest what it is called; " ... ok" */
    const char *tag;          /* of what is no test: a file that cannot be loaded, a class's set-up */
};

/* Takes the name off the start of a line. Returns whether there is one. */
bool unittest_name(struct bytes line, struct unittest_name *name);

/* Appends the id by which `python -m unittest` knows the test; "setUpClass (mod.Class)" of what it does not.
 */
void unittest_id(const struct unittest_name *name, struct buf *id);

/* "ok", "skipped 'no network'", …: how a test ended, EVENT_NONE: none of them. Sets the reason (absent:
 * none), borrowed. */
enum event_status unittest_verdict(struct bytes text, struct bytes *reason);

/* The start of a test somewhere in a line: where, or SIZE_MAX. */
size_t unittest_find(struct bytes line);

#endif
