/* The plain front end: one run, as lines. Failures are printed as they happen; on
 * a terminal above a progress bar on the last line, which vanishes at the end. */
#ifndef ALOOF_REPORT_PLAIN_H
#define ALOOF_REPORT_PLAIN_H

#include "session/session.h"

struct plain_options {
    int fd;                      /* what is written on; stays open and the caller's */
    bool terminal;               /* isatty(fd) */
    bool utf8;                   /* the locale's characters are UTF-8 */
    bool still;                  /* the bar shows no times, which would go on by themselves */
    bool no_color;               /* $NO_COLOR is set and not empty */
    int color;                   /* the setting: 0 auto, 1 always, 2 never */
    const char *term;            /* $TERM, NULL none; "dumb": like no terminal */
    unsigned columns;            /* of the terminal; 0 unknown */
    const char *editor;          /* the command in location lines, "vim" */
    const char *host;            /* for hyperlinks; NULL: this one */
    const struct strings *paths; /* what was asked for, as typed; for the line that says where it looked */
};

struct plain; /* heap */

/* What plain wants to hear from the session; the owner to give with it is the plain. */
extern const struct session_events plain_events;

/* Makes one; prints nothing yet. options are copied, their texts borrowed for its life. */
struct plain *plain_new(uv_loop_t *loop, const struct plain_options *options);

/* Names the session whose events these are; between session_open and session_start. */
void plain_attach(struct plain *plain, struct session *session);

/* The terminal has so many columns now (SIGWINCH). */
void plain_resized(struct plain *plain, unsigned columns);

/* ^C or SIGTERM: stops the run, and closes the session once what is known has been printed. Again: closes it
 * now. */
void plain_interrupt(struct plain *plain);

/* The run's exit code (pytest's: 0 to 5), 3 when the output could not be written. Before a run has ended: 2.
 */
int plain_exit_code(const struct plain *plain);

/* After the loop has ended. */
void plain_free(struct plain *plain);

#endif
