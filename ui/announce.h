/* What is said to a person who looks elsewhere: the terminal's title, and a
 * notification when red becomes green or green red. Pure. */
#ifndef ALOOF_UI_ANNOUNCE_H
#define ALOOF_UI_ANNOUNCE_H

#include "core/bytes.h"
#include "ui/snapshot.h"

enum announce_colour {
    ANNOUNCE_UNKNOWN, /* neither is certain: says nothing about what was before */
    ANNOUNCE_GREEN,
    ANNOUNCE_RED, /* a broken runner is red, too */
};

/* Appends the title: "✗ 2 jinja" red, "✓ jinja" green, "… jinja" while it runs with nothing known, "! jinja"
 * broken, else the project alone. Safe to send to a terminal. ascii: only ASCII characters. */
void announce_title(struct buf *to, const struct snapshot *snapshot, bool ascii);

/* The colour that a run has settled; unknown while results are still to come. */
enum announce_colour announce_colour(const struct snapshot *snapshot);

/* Whether `now` is another colour than *last, which then becomes `now`. What is unknown changes nothing, and
 * the first colour of all is no change. */
bool announce_change(enum announce_colour *last, enum announce_colour now);

/* Appends the notification of the snapshot's colour, each in one line and safe to send to a terminal: title
 * "jinja is red", body "2 of 851 tests fail". */
void announce_words(struct buf *title, struct buf *body, const struct snapshot *snapshot, bool ascii);

#endif
