/* aloof: A LOOp on Failing tests. The map of the house, in the order in which things depend on each other:
 *
 *   core/     event (the one type that every parser emits), bytes, vec, map, clip (bounded output), error,
 *             options and arguments (one table)                                pure
 *   stream/   subunit v2, both ways                                            pure: bytes in, events out
 *   plan/     model (what is known), loop (what to run next), schedule (order, and who shares a box)  pure
 *   trace/    traceback text -> frames, story (the lines of a failure), editor, clean (what may reach a terminal)  pure
 *   project/  repo (git), watch, config, python, targets
 *   store/    history (SQLite)
 *   run/      reaper, worker, pool (boxes, deadlines)                           libuv
 *   session   wires them: commands in, change notices out
 *   report/   plain (--once), JUnit, subunit
 *   ../ui/    the screen: views are pure, terminal_curses.c alone includes curses
 *
 * A file is saved -> watch: one settled change set -> session -> loop_step -> schedule -> pool -> worker (share/workers)
 * -> subunit packets -> events -> model, history -> one repaint. Keys go the other way, as commands to the session. */

#include "core/options.h"
#include "project/config.h"
#include "report/plain.h"
#include "report/reports.h"
#include "run/reaper.h"
#include "session.h"
#include "ui/app.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef ALOOF_DATADIR
#define ALOOF_DATADIR "/usr/local/share/aloof"
#endif

enum exit_code { EXIT_INTERNAL = 3, EXIT_USAGE = 4 };

static int fail(const struct error *error)
{
    fprintf(stderr, "aloof: %s\n", error->text);
    return EXIT_USAGE;
}

static int print(void write(struct buf *to))
{
    struct buf text = {0};
    write(&text);
    fputs(buf_str(&text), stdout);
    buf_release(&text);
    return fflush(stdout) == 0 ? 0 : EXIT_INTERNAL;
}

/* ~/.config/aloof/config, or below $XDG_CONFIG_HOME. NULL: no home. The caller frees. */
static char *user_config(void)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    if (base != NULL && base[0] == '/')
        return mem_printf("%s/aloof/config", base);
    const char *home = getenv("HOME");
    return home != NULL && *home != '\0' ? mem_printf("%s/.config/aloof/config", home) : NULL;
}

/* Settings in the order in which they win: defaults, the person's file, the project's, -c, the command line. */
static int read_settings(struct settings *settings, const struct repo *repo, int argc, char *argv[],
                         struct strings *configs, struct error *error)
{
    char *files[] = {user_config(), mem_printf("%s/.aloof.conf", repo_root(repo))};
    int bad = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (bad == 0 && files[i] != NULL)
            bad = config_read_file(settings, files[i], error);
        free(files[i]);
    }
    for (size_t i = 0; bad == 0 && i < configs->len; i++)
        bad = config_read_argument(settings, configs->items[i], error);
    enum arguments_action action;
    struct strings again = {0};
    if (bad == 0)
        bad = arguments_parse(settings, argc, (const char *const *)argv, &action, &again, error);
    strings_release(&again);
    return bad;
}

/* The worker's source: beside the build tree that this binary was made in, else where `make install` put it. */
static char *worker_source(const char *self)
{
    static const char *const places[] = {"/../../share/workers", "/../share/aloof/workers"};
    char dir[PATH_MAX];
    snprintf(dir, sizeof dir, "%s", self);
    char *slash = strrchr(dir, '/');
    if (slash != NULL)
        *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = mem_printf("%s%s/pytest_worker.py", dir, places[i]);
        if (access(path, R_OK) == 0)
            return path;
        free(path);
    }
    return mem_strdup(ALOOF_DATADIR "/workers/pytest_worker.py");
}
