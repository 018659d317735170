/* The views: pure functions from a snapshot of the session, the view's own state
 * and a size to a screen of cells. Also how the cursor moves over the failures. */
#ifndef ALOOF_UI_VIEW_H
#define ALOOF_UI_VIEW_H

#include "ui/blocks.h"
#include "ui/reading.h"
#include "ui/snapshot.h"

/* Where the needle was found last. */
struct found {
    bool known;
    size_t test;   /* MAP_NONE: in the runner's own words */
    size_t line;   /* of its story with all frames, */
    size_t shown;  /* and of the one that showed then */
    size_t cursor; /* the test and frame under the cursor then */
    int frame;
};

/* What the person has chosen to look at. Zeroed is not a state: use view_init. */
struct view_state {
    size_t test; /* the failure under the cursor, as an index into the model; MAP_NONE: none */
    int frame;   /* the frame under the cursor, -1: the failure's heading */
    size_t at;   /* the block under the cursor, for when its test is gone */
    int rows;    /* of the failures area when the cursor was last tied to it */
    long row;    /* the cursor's row in the failures area; outside of it after paging through a long text */
    bool unfold; /* foreign frames are shown, */
    VEC(size_t) excepted; /* but for these tests; or, if they are not, only of these */
    struct reading reading;
    struct found found;
    char *message; /* one line for the person, shown until a key is pressed; NULL none */
};

enum hit_kind { HIT_NONE, HIT_FAILURE, HIT_KEY };

/* What lies at a place of the screen. */
struct hit {
    enum hit_kind kind;
    size_t block; /* HIT_FAILURE: its position among the blocks, */
    int frame;    /* and the frame whose lines these are; -1: its heading */
    int input;    /* HIT_KEY: what the hint's key sends */
};

void view_init(struct view_state *state);
void view_release(struct view_state *state);

/* Sets or (NULL) removes the message. */
void view_say(struct view_state *state, const char *text);

/* Why the runner could not run, where no failure tells it already (a file that cannot be collected); NULL
 * none. */
const char *view_broken(const struct snapshot *snapshot);

/* How it stands, in words: "RED 2 of 851"; "" while nothing is known. */
struct verdict_line {
    char text[64];
    enum style style;
};

/* Red is red at once, before the plan has come to a verdict. */
struct verdict_line view_verdict(const struct snapshot *snapshot);

/* Whether the foreign frames of the test show; turns that over, for it or for all tests alike. */
bool view_unfolded(const struct view_state *state, size_t test);
void view_unfold(struct view_state *state, size_t test);
void view_unfold_all(struct view_state *state);

/* How many rows the failures have on a screen of so many. */
int view_area_rows(int rows);

/* Ties the cursor to what the blocks hold now; to be called after blocks_update and before drawing. The line
 * under the cursor keeps its row as far as it can. */
void view_follow(struct view_state *state, const struct blocks *blocks, int area_rows);

/* Scrolls to the first line, even when the cursor gets out of sight by it. */
void view_home(struct view_state *state);

/* Moves the cursor as the command says (those of movement; others change nothing). */
void view_move(struct view_state *state, const struct blocks *blocks, int area_rows, enum command command);

/* Puts the cursor on a hit (HIT_FAILURE); the text stays where it is. */
void view_put(struct view_state *state, const struct blocks *blocks, const struct hit *hit);

/* Scrolls by so many lines (negative: up), and takes the cursor along to the nearest place that shows. */
void view_scroll(struct view_state *state, const struct blocks *blocks, int area_rows, int lines);

/* Puts the cursor on the block's heading, and shows it. view_follow must have been called. */
void view_jump(struct view_state *state, const struct blocks *blocks, int area_rows, size_t block);

/* Takes a key that is about reading: what is typed of a search, wrapping, scrolling sideways, going from one
 * place of the needle to the next, by which foreign frames may unfold. False: it is none. */
bool view_read(struct view_state *state, struct blocks *blocks, const struct snapshot *snapshot,
               int area_rows, int input, enum command command);

/* The row of the blocks on the area's first one, as view_follow left it. */
long view_top(const struct view_state *state, const struct blocks *blocks);

/* Draws the session: header, failures, what runs, how far it is, hints. view_follow must have been called. */
void view_run(struct screen *screen, const struct snapshot *snapshot, const struct view_state *state,
              const struct blocks *blocks);

/* What view_run draws at that row and column. Of the screen only size and ascii count; it needs no cells. */
struct hit view_hit(const struct screen *screen, const struct snapshot *snapshot,
                    const struct view_state *state, const struct blocks *blocks, int row, int col);

/* Draws what is typed, or the message, if there is one, over the last row. view_run does so itself. */
void view_message(struct screen *screen, const struct view_state *state);

/* Rows of the session's screen: the tests that run now (or what waits), and how far the run is. */
void view_running(struct screen *screen, int row, const struct snapshot *snapshot);
void view_bar(struct screen *screen, int row, const struct snapshot *snapshot);

/* The row of keys that do something now, and the input of the one at that column; INPUT_NONE none. */
void view_hints(struct screen *screen, int row, const struct snapshot *snapshot,
                const struct view_state *state);
int view_hint_at(const struct screen *screen, const struct snapshot *snapshot, const struct view_state *state,
                 int col);

/* A duration for a person, with that many digits behind the point below 10 s: "0.04 s", "12 s", "3 min 5 s".
 */
void view_seconds(char *text, size_t size, int64_t ns, int digits);

#endif
