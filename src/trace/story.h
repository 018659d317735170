/* The lines a person reads about one failure, for every front end: heading,
 * frames with their locations ready for the editor, folded foreign frames, the
 * exception, the end of the output. Styles are names, colours are the front end's.
 * Lines begin behind the front end's own column (the cursor's), if it has one. */
#ifndef ALOOF_TRACE_STORY_H
#define ALOOF_TRACE_STORY_H

#include "trace/ink.h"
#include "trace/trace.h"

#include <stdint.h>

enum style {
    STYLE_PLAIN,
    STYLE_DIM,
    STYLE_BOLD,
    STYLE_RED,   /* failure headings, counts */
    STYLE_GREEN, /* passed, added */
    STYLE_YELLOW,
    STYLE_CYAN,    /* locations */
    STYLE_REMOVED, /* a diff's lines */
    STYLE_ADDED,
    STYLE_REVERSE,
    STYLE_KEYWORD, /* of source */
    STYLE_STRING,
    STYLE_COMMENT,
    STYLE_COUNT,
};

/* A run of text in one style. */
struct span {
    enum style style;
    char *text;
    bool printed;   /* a test's own words: the SGR sequences in it, which only hold up to its end, are kept */
    struct ink ink; /* of a printed one: the colours that are on where it begins */
};

struct story_line {
    VEC(struct span) spans;
    int frame;     /* index into the trace's frames that Enter opens on this line; -1: none */
    bool heading;  /* the first line of the story */
    bool location; /* the line that says where `frame` is; its source may follow, with the same frame */
    bool fold;     /* stands for frames that are not shown */
    unsigned hang; /* columns by which its further rows are indented when it is wrapped; 0: as it is itself */
};

struct story {
    VEC(struct story_line) lines;
};

struct story_input {
    const char *label; /* "FAIL", "CRASH", … */
    const char *id;
    bool harmless;       /* it is no failure */
    const char *detail;  /* "SIGSEGV", "deadline of 10 s", "in teardown"; NULL none */
    int64_t duration_ns; /* 0 unknown */
    unsigned red_runs;   /* "since 3 runs" when > 1 */
    bool flaky;          /* it passes now and then */
    const struct trace *trace;
    const char *editor;    /* the command in the location lines: "vim" */
    const char *here;      /* where the person stands: see place_from; never NULL */
    const char *output;    /* last output, for crashes and hangs and failures without frames; NULL none */
    unsigned output_lines; /* how many of its last lines to show */
    bool unfold;           /* show foreign frames */
    bool ascii;            /* no characters outside ASCII of our own */
};

/* A line that a test printed, as a span with a copy of it, in the colours that were on before it: *ink, which
 * becomes those that are on behind it. Zeroed at the start of what it printed. */
struct span story_printed(enum style style, struct bytes text, struct ink *ink);

/* Builds the lines; `story` is initialised by it. Control octets of the inputs are kept: the view strips
 * them. Of a long message the first 200 lines are shown, of a long line the first 2000 octets, of a deep
 * recursion its ends; each time a line says what was left out. */
void story_build(struct story *story, const struct story_input *input);
void story_release(struct story *story);

#endif
