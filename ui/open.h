/* Opens the editor at a place: in the terminal, which it gets and gives back, or
 * beside it when it has a window of its own; lends it to other programs (a debugger), and runs some beside
 * it. */
#ifndef ALOOF_UI_OPEN_H
#define ALOOF_UI_OPEN_H

#include "core/error.h"
#include "core/options.h"
#include "core/words.h"
#include "trace/editor.h"

#include <stdbool.h>
#include <uv.h>

struct opener_events {
    /* An editor is about to get the terminal; it has ended (or could not be started), and the terminal is
     * free. */
    void (*give)(void *owner);
    void (*take)(void *owner);
    /* A line for the person: it is missing, or it failed. */
    void (*say)(void *owner, const char *text);
    /* opener_close is through; the only place where it may be freed. */
    void (*closed)(void *owner);
};

struct opened;

/* Embedded; must not move between opener_init and `closed`. */
struct opener {
    uv_loop_t *loop;
    struct editor editor; /* borrowed texts */
    const struct opener_events *events;
    void *owner;
    struct opened *opened; /* the programs that run */
    bool busy;             /* one of them has the terminal */
    bool closing;
};

/* The editor that settings and environment name. cwd: NULL not known; borrowed with all else for its life. */
struct editor opener_editor(const struct settings *settings, const char *cwd);

void opener_init(struct opener *opener, uv_loop_t *loop, const struct editor *editor,
                 const struct opener_events *events, void *owner);

/* Opens the file, as a path from the working directory, at line and column (0: unknown). Nothing happens
 * while an editor has the terminal. What goes wrong is said. */
void opener_open(struct opener *opener, const char *file, unsigned line, unsigned column);

/* Gives the terminal to another program, in that directory: argv[0] with its arguments. Nothing happens while
 * somebody has the terminal. How it ended is said: `passed` when its status is 0. */
void opener_lend(struct opener *opener, struct strings *argv, const char *directory, const char *passed);

/* Runs a program beside the terminal, without input; its output is dropped. command: a template, split by
 * words_split and then filled by words_fill. setting: the one that holds it. What goes wrong is said. */
void opener_run(struct opener *opener, const char *command, const struct words_hole *holes, size_t count,
                const char *setting);

/* Ends an editor in the terminal with SIGTERM, leaves others alone; `closed` follows, at the earliest when
 * the loop turns. */
void opener_close(struct opener *opener);

#endif
