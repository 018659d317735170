/* The insides of lines, for the files that are it: lines.c (its life, what the session says),
 * lines_act.c (what keys do), lines_tell.c (what they have told of tests), lines_reds.c (which failure they
 * are about) and lines_narrow.c (the filter, and steps through failures). */
#ifndef ALOOF_UI_LINES_PRIVATE_H
#define ALOOF_UI_LINES_PRIVATE_H

#include "report/paper.h"
#include "ui/lines.h"
#include "ui/list.h"
#include "ui/log.h"
#include "ui/open.h"
#include "ui/teletype.h"
#include "ui/tell.h"
#include "ui/view.h"

enum lines_state { LINES_NEW, LINES_OPEN, LINES_QUITTING };

struct lines {
    uv_loop_t *loop;
    const struct settings *settings;
    struct session *session; /* NULL: closed */
    struct teletype *teletype;
    char *cwd;
    struct opener opener;
    struct terminal_say say; /* no more than its bell */
    struct tell tell;
    enum lines_state state;
    int exit_code;
    struct paper paper;
    struct buf out; /* of one turn; and what is to be written once the terminal is ours again */
    struct snapshot snapshot;
    struct story log;
    VEC(bool) fixed;      /* by test: that it is has been said */
    bool verdict_due;     /* a run ended, and no other has begun */
    size_t test;          /* the failure that keys are about, as an index into the model; MAP_NONE none */
    struct list list;     /* of all tests, for those that are the slowest */
    bool asking;          /* a filter is being typed; what else there is to say waits */
    struct buf typed;     /* of it */
    size_t step;          /* the test that has been said to be stepped to; MAP_NONE none */
    int input;            /* the key that was pressed, */
    enum command command; /* and what the one before it asked for */
};

/* Adds a line; a text from outside is made safe. */
void lines_put(struct lines *lines, enum style style, const char *text);
void lines_printf(struct lines *lines, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a text of many lines that a test printed, with its colours if there are any. */
void lines_printed(struct lines *lines, const char *text);

/* Adds all lines of a story. */
void lines_story(struct lines *lines, const struct story *story);

/* Brings the snapshot up to date. */
void lines_look(struct lines *lines);

/* Adds how it stands: the verdict, and that it is paused. */
void lines_verdict(struct lines *lines);

/* The failure that keys are about: the one gone to last, else the first. Says so when there is none (NULL).
 */
const struct failure *lines_selected(struct lines *lines);

/* The test that failed. Borrowed. */
const struct test *lines_test(const struct lines *lines, const struct failure *failure);

/* Where the failure is most likely to be mended; of one without frames its file. False: not known. The path,
 * from where the person stands, is the caller's to free. */
bool lines_place(const struct lines *lines, const struct failure *failure, char **path, unsigned *line,
                 unsigned *column);

/* Goes to another failure: by `step` from the current one, or (0) to that end of them; to that of the number
 * that was pressed. */
void lines_go(struct lines *lines, int step, bool last);
void lines_jump(struct lines *lines);

/* Adds a failure in a line, and its place as it can be pasted: "2 of 3: FAIL id: what". before: comes first.
 */
void lines_tell_failure(struct lines *lines, const struct failure *failure, const char *before, size_t number,
                        size_t count);

/* Writes what was added, if the terminal is ours and nothing is being typed. */
void lines_flush(struct lines *lines);

/* A key was pressed; owner is the lines. */
void lines_key(void *owner, int input);

void lines_pasted(void *owner, int character);

/* What the keys of the filter and of the steps ask for. */
void lines_filter(struct lines *lines);
void lines_step(struct lines *lines);

/* A key was pressed: whether it is for the filter that is being typed, or for the steps. */
bool lines_narrow_key(struct lines *lines, int input, enum command command);

/* The terminal is ours again, with nothing on its line: writes again what was typed so far. */
void lines_filter_again(struct lines *lines);

/* Gives up what is being typed. */
void lines_filter_leave(struct lines *lines);

/* Adds which failure is stepped to, if that has not been said. The snapshot is up to date. */
void lines_tell_step(struct lines *lines);

/* What keys ask to be told of the failure that they are about: with all of its frames; all that there is; its
 * history. */
void lines_unfold(struct lines *lines);
void lines_story_whole(struct lines *lines);
void lines_history(struct lines *lines);

/* The red tests, or when that was asked for before, all; the slowest. The snapshot is up to date. */
void lines_tests(struct lines *lines);
void lines_slowest(struct lines *lines);

#endif
