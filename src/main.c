/* aloof: A LOOp on Failing tests. The map of the house, in the order in which things depend on each other:
 *
 *   core/     event (the one type that every parser emits), bytes, vec, map, clip (bounded output), error,
 *             crash (last words), options and arguments (one table)                                pure
 *   stream/   subunit v2 and other protocols, one table of formats             pure: bytes in, events out
 *   plan/     model (what is known), loop (what to run next), schedule (order, and who shares a box),
 *             setups, affects, risks (what was learned of tests and changes, for the schedule), reach,
 *             progress (what is told of a box at work), flaky, bisect and commits (what made a test
 *             fail)                                                            pure
 *   trace/    traceback text -> frames, story (the lines of a failure), syntax, diff, editor, profile, clean
 *             and ink (what may reach a terminal)                              pure
 *   project/  repo (git), watch, config, recipe, testr (other tools' configuration), python, targets, share
 *             (what comes with the program)
 *   store/    history (SQLite)
 *   run/      worker, pool (boxes, deadlines)                                   libuv
 *   runner/   what runs in processes of its own: reaper; runner, the worker of recipes
 *   session/  wires them: commands in, change notices out; failure (of a test, told), past (what its last
 * runs gave), known (tests by other names), chatter: pure report/   plain (--once), JUnit, subunit, locations
 * (for editors) command/  what aloof does beside running tests: init; doctor, which asks ui/ too; convert,
 * emit, ls, mux, stats; load: what is read instead of run at first; bisect and profile, which run some by
 * probe
 *   ../ui/    the screen: views are pure, terminal_curses.c and canvas.c alone include curses;
 *             lines (--plain), the same loop without a screen
 *
 * A file is saved -> watch: one settled change set -> session -> loop_step -> schedule -> pool -> worker
 * (share/workers for pytest, runner/ for everything else) -> subunit packets -> events -> model, history ->
 * one repaint. Keys go the other way, as commands to the session. */

#include "command/command.h"
#include "command/load.h"
#include "command/project.h"
#include "core/crash.h"
#include "project/repo_worktree.h"
#include "report/plain.h"
#include "report/reports.h"
#include "runner/reaper.h"
#include "runner/runner.h"
#include "session/session.h"
#include "trace/editor.h"
#include "ui/app.h"
#include "ui/lines.h"

#include <assert.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum exit_code { EXIT_INTERNAL = 3, EXIT_USAGE = 4 };

static int print(void write(struct buf *to))
{
    struct buf text = {0};
    write(&text);
    fputs(buf_str(&text), stdout);
    buf_release(&text);
    return fflush(stdout) == 0 ? 0 : EXIT_INTERNAL;
}

static void help(struct buf *to)
{
    arguments_help(to);
    command_list(to);
}

static void version(struct buf *to)
{
    buf_printf(to, "aloof %s\n", ALOOF_VERSION);
}

struct house {
    uv_loop_t loop;
    struct project project;
    struct keymap keys;
    struct session *session;
    struct load_request load;                 /* what is to be loaded */
    uv_signal_t interrupt, terminate, resize; /* of the plain front end */
    struct plain *plain;
};

static unsigned columns_of(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct house *house = handle->data;
    if (number == SIGWINCH)
        plain_resized(house->plain, columns_of(STDOUT_FILENO));
    else
        plain_interrupt(house->plain);
}

static void catch_signal(struct house *house, uv_signal_t *handle, int number)
{
    uv_signal_init(&house->loop, handle);
    handle->data = house;
    uv_signal_start(handle, on_signal, number);
    uv_unref((uv_handle_t *)handle);
}

static void close_signals(struct house *house)
{
    uv_close((uv_handle_t *)&house->interrupt, NULL);
    uv_close((uv_handle_t *)&house->terminate, NULL);
    uv_close((uv_handle_t *)&house->resize, NULL);
    uv_run(&house->loop, UV_RUN_DEFAULT);
}

/* "--once": one run as lines; the exit code is the run's. */
static int run_once(struct house *house, const struct session_options *options, struct reports *reports,
                    struct error *error)
{
    const char *no_color = getenv("NO_COLOR");
    int fd = reports_on_stdout(reports) ? STDERR_FILENO : STDOUT_FILENO;
    const struct editor editor = {.config = house->project.settings.editor_command,
                                  .visual = getenv("VISUAL"),
                                  .editor = getenv("EDITOR")};
    const struct plain_options plain = {
        .fd = fd,
        .terminal = isatty(fd) && !house->project.settings.plain,
        .still = !house->project.settings.motion,
        .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
        .no_color = no_color != NULL && *no_color != '\0',
        .color = house->project.settings.color,
        .term = getenv("TERM"),
        .columns = columns_of(fd),
        .editor = editor_command(&editor),
        .paths = &house->project.settings.paths,
    };
    house->plain = plain_new(&house->loop, &plain);
    catch_signal(house, &house->interrupt, SIGINT);
    catch_signal(house, &house->terminate, SIGTERM);
    catch_signal(house, &house->resize, SIGWINCH);
    int code = EXIT_USAGE;
    if (session_open(&house->session, &house->loop, options, &plain_events, house->plain, error) == 0) {
        plain_attach(house->plain, house->session);
        reports_attach(reports, &house->loop, house->session);
        session_start(house->session, error);
        uv_run(&house->loop, UV_RUN_DEFAULT);
        code = plain_exit_code(house->plain);
    }
    close_signals(house);
    plain_free(house->plain);
    return code;
}

/* The screen. Without a terminal it says so, and what to use instead. */
static int run_loop(struct house *house, const struct session_options *options, struct reports *reports,
                    struct error *error)
{
    struct app *app = app_new(&house->loop, &house->project.settings, &house->keys);
    int code = EXIT_USAGE;
    if (session_open(&house->session, &house->loop, options, &app_events, app, error) == 0) {
        reports_attach(reports, &house->loop, house->session);
        int bad = app_start(app, house->session, error);
        if (bad == 0) {
            bad = session_start(house->session, error);
            if (bad != 0)
                app_quit(app, EXIT_USAGE);
        } else {
            session_close(house->session);
        }
        uv_run(&house->loop, UV_RUN_DEFAULT);
        code = bad == 0 ? app_exit_code(app) : EXIT_USAGE;
    }
    app_free(app);
    return code;
}

/* The loop as lines; likewise. */
static int run_lines(struct house *house, const struct session_options *options, struct reports *reports,
                     struct error *error)
{
    struct lines *lines = lines_new(&house->loop, &house->project.settings, &house->keys);
    int code = EXIT_USAGE;
    if (session_open(&house->session, &house->loop, options, &lines_events, lines, error) == 0) {
        reports_attach(reports, &house->loop, house->session);
        int bad = lines_start(lines, house->session, error);
        if (bad != 0)
            session_close(house->session);
        else if ((bad = session_start(house->session, error)) != 0)
            lines_quit(lines, EXIT_USAGE);
        uv_run(&house->loop, UV_RUN_DEFAULT);
        code = bad == 0 ? lines_exit_code(lines) : EXIT_USAGE;
    }
    lines_free(lines);
    return code;
}

static int run(struct house *house, struct error *error)
{
    struct project *project = &house->project;
    struct reports *reports = NULL;
    int bad = reports_open(&reports, &house->project.settings, error);
    if (bad == 0 && !house->project.settings.once && reports_on_stdout(reports))
        bad =
            error_set(error, -EINVAL, "--subunit -: standard output is the screen's (use a file, or --once)");
    if (bad == 0 && house->load.wanted)
        bad = load_open(&house->load, &house->project.settings.paths, house->project.settings.once, error);
    if (bad == 0 && !house->project.settings.once && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        bad = error_set(error, -ENOTTY, "the loop needs a terminal (use aloof --once without one)");
    if (bad != 0) {
        reports_close(reports, NULL);
        return EXIT_USAGE;
    }
    uv_loop_init(&house->loop);
    const char *spare = getenv("TMPDIR");
    crash_install(ALOOF_VERSION, repo_state_dir(project->where.repo),
                  spare != NULL && *spare == '/' ? spare : "/tmp");
    const struct session_input input = {house->load.fd, house->load.name, house->load.format};
    const struct session_options options = {.settings = &house->project.settings,
                                            .recipes = project->recipes,
                                            .recipe_count = project->recipe_count,
                                            .repo = project->where.repo,
                                            .cwd = project->where.cwd,
                                            .self = project->where.self,
                                            .worker = project->workers,
                                            .load = house->load.wanted ? &input : NULL,
                                            .watch = !house->project.settings.once};
    project->where.repo = NULL; /* the session's from here on */
    int code = house->project.settings.once    ? run_once(house, &options, reports, error)
               : house->project.settings.plain ? run_lines(house, &options, reports, error)
                                               : run_loop(house, &options, reports, error);
    int left = uv_loop_close(&house->loop);
    assert(left == 0);
    (void)left;
    if (reports_close(reports, error) != 0 && code < 2)
        code = EXIT_INTERNAL;
    return code;
}

/* Finds out where we are, and what is wanted. */
static int set_up(struct house *house, int argc, char *argv[], struct error *error)
{
    int bad = project_find(&house->project, argc, (const char *const *)argv, error);
    const struct settings *settings = &house->project.settings;
    if (bad < 0)
        return bad;
    repo_worktrees_prune(house->project.where.repo);
    return keymap_init(&house->keys, settings->bindings.items, settings->bindings.len, error);
}

int main(int argc, char *argv[])
{
    if (argc > 3 && strcmp(argv[1], "--reaper") == 0)
        return reaper_main(atoi(argv[2]), argv + 3);
    if (argc == 3 && strcmp(argv[1], "--runner") == 0)
        return runner_main(atoi(argv[2]));
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    signal(SIGPIPE, SIG_IGN);
    const struct command_entry *command = argc > 1 ? command_find(argv[1]) : NULL;
    if (command != NULL && command->run != NULL)
        return command->run(argc - 1, argv + 1);

    struct house house = {0};
    struct error error = {0};
    struct strings configs = {0};
    struct settings asked;
    settings_init(&asked);
    enum arguments_action action = ARGUMENTS_RUN;
    int code = EXIT_USAGE;
    int bad = command != NULL ? load_arguments(&house.load, &argc, &argv, &error) : 0;
    if (bad == 0)
        bad = arguments_parse(&asked, argc, (const char *const *)argv, &action, &configs, &error);
    if (bad == 0 && action == ARGUMENTS_RUN)
        bad = options_check(&asked, house.load.wanted, &error);
    if (bad == 0 && action == ARGUMENTS_HELP)
        code = print(house.load.wanted ? load_help : help);
    else if (bad == 0 && action == ARGUMENTS_OPTIONS)
        code = print(arguments_table);
    else if (bad == 0 && action == ARGUMENTS_VERSION)
        code = print(version);
    else if (bad == 0 && set_up(&house, argc, argv, &error) == 0)
        code = run(&house, &error);
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    keymap_release(&house.keys);
    settings_release(&asked);
    project_release(&house.project);
    strings_release(&configs);
    return code;
}
