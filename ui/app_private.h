/* The app's insides, for the files that are the app: app.c (its life, painting, what
 * the session says), act.c (what keys and the mouse do) and show.c (which test they are about, and its
 * pages). */
#ifndef ALOOF_UI_APP_PRIVATE_H
#define ALOOF_UI_APP_PRIVATE_H

#include "ui/app.h"
#include "ui/list.h"
#include "ui/open.h"
#include "ui/page.h"
#include "ui/prompt.h"
#include "ui/tell.h"
#include "ui/terminal_curses.h"
#include "ui/view.h"

enum app_state { APP_NEW, APP_OPEN, APP_QUITTING };

struct app {
    uv_loop_t *loop;
    const struct settings *settings;
    struct session *session;
    struct terminal *terminal;
    char *cwd;
    struct opener opener;
    struct tell tell;
    uv_timer_t timer; /* the next paint; stopped when nothing changes by itself */
    uint64_t painted_ms;
    enum app_state state;
    int exit_code;
    struct view_state view;
    struct blocks blocks;
    struct snapshot snapshot;
    struct page page; /* what covers the session's screen */
    struct story log;
    struct list list;     /* of all tests */
    struct prompt prompt; /* of the filter */
    struct clicks clicks;
    bool failed_once;      /* in this run */
    bool chatting;         /* the message that shows is only what a process printed */
    unsigned message_runs; /* runs begun while the message shows */
};

/* Has the screen painted when this turn of the loop is over, but not more often than people can see. What
 * they wait for (urgent) does not wait. */
void app_touch(struct app *app, bool urgent);

/* The test under the cursor, in the list or among the failures; MAP_NONE none. */
size_t app_selected_test(const struct app *app);

/* Its failure; NULL none. */
const struct failure *app_selected(const struct app *app);

/* Opens the page of that test: all that is known of it; its history. */
void app_show_story(struct app *app);
void app_show_history(struct app *app);

/* Brings snapshot, blocks and list up to date. */
void app_look(struct app *app);

/* A line for the person: shown until the next key, and kept in the log. */
void app_say(struct app *app, const char *text);

/* What the terminal tells; owner is the app. */
void app_key(void *app, int input);
void app_pasted(void *app, int character);
void app_mouse(void *app, const struct mouse *mouse, uint64_t time_ms);

#endif
