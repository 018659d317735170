/* Where a test spends its time, by its framework's own profiler. */
#include "command/capture.h"
#include "command/command.h"
#include "command/probe.h"

#include "project/remove.h"
#include "project/targets.h"
#include "trace/clean.h"
#include "trace/place.h"
#include "trace/profile.h"
#include "ui/open.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#define PROFILE_MAX (64 << 20)
#define OWN_SHOWN 20
#define OTHERS_SHOWN 10
#define LINE_MAX_LEN 64

enum exit_code {
    EXIT_INTERRUPTED = 2,
    EXIT_BROKEN = 3,
    EXIT_USAGE = 4,
    EXIT_NONE = 5, /* there is no such test */
};

struct view {
    struct project project;
    struct probe *probe;
    const char *typed; /* the test; borrowed */
    bool json;
    unsigned open;    /* the function to open; 0 none */
    size_t test;      /* in the model */
    char *id, *title; /* of the test; with what became of it */
    char *here;       /* where we stand below the root */
    struct buf raw;   /* of the worker: its attachment */
    struct profile profile;
    VEC(size_t) shown; /* rows, in their order */
};

static void help(void)
{
    printf(
        "Usage: aloof profile [--json] [--open N] TEST [OPTION...]\n\n"
        "Runs TEST, an id or a part of one, under its framework's profiler, and shows which functions took "
        "how\n"
        "long: those of the project first. On a terminal, a number and Enter open one in the editor.\n\n"
        "  --open N    opens the function of that number\n"
        "  --json      all functions, as an object\n"
        "  -h, --help  this text\n\n"
        "The other options are those of aloof; see aloof --help.\n"
        "Exit codes: 0 there is a profile, 2 interrupted, 3 the test cannot be run, 4 usage error or no "
        "profiler,\n"
        "5 no such test.\n");
}

static int set_open(struct view *view, const char *value, struct error *error)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (*end != '\0' || end == value || number < 1 || number > OWN_SHOWN + OTHERS_SHOWN)
        return error_set(error, -EINVAL, "profile: --open %s: expected a number from 1 to %d", value,
                         OWN_SHOWN + OTHERS_SHOWN);
    view->open = (unsigned)number;
    return 0;
}

/* Takes what is the command's own. 1: help is wanted. */
static int take_own(struct view *view, int argc, char *argv[], struct strings *rest, struct error *error)
{
    int bad = 0;
    bool ours = true; /* what stands behind -- is not */
    for (int i = 0; bad == 0 && i < argc; i++) {
        const char *value = NULL;
        ours = ours && strcmp(argv[i], "--") != 0;
        if (ours && (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0))
            return 1;
        if (ours && strcmp(argv[i], "--json") == 0)
            view->json = true;
        else if (ours && (value = project_value("--open", argc, argv, &i)) != NULL)
            bad = set_open(view, value, error);
        else
            strings_add(rest, argv[i]);
    }
    return bad;
}

static const struct test *test_of(const struct view *view)
{
    return &probe_model(view->probe)->tests.items[view->test];
}

static void on_event(void *owner, const struct event *event)
{
    struct view *view = owner;
    if (event->file_name.data != NULL && bytes_equal(event->file_name, bytes_of("profile")) &&
        event->test_id.data != NULL && bytes_equal(event->test_id, bytes_of(test_of(view)->id)))
        buf_add(&view->raw, event->file.data, event->file.len);
}

static const struct session_reporter reporter = {.event = on_event};

static int explain(const struct view *view, enum probe_end end, struct error *error)
{
    if (end == PROBE_INTERRUPTED)
        return EXIT_INTERRUPTED;
    error_set(error, -EIO, "the tests cannot be run: %s", probe_why(view->probe));
    return EXIT_BROKEN;
}

/* By Python's worker, in a box. 0, or the exit code. */
static int run_in_box(struct view *view, struct error *error)
{
    struct strings ids = {0};
    session_report_to(probe_session(view->probe), &reporter, view);
    strings_add(&ids, test_of(view)->id);
    enum probe_end end = probe_run(view->probe, &ids);
    strings_release(&ids);
    session_report_to(probe_session(view->probe), NULL, NULL);
    if (view->raw.len > 0)
        return profile_read(&view->profile, "cprofile", buf_bytes(&view->raw), error) < 0 ? EXIT_BROKEN : 0;
    if (end != PROBE_RAN)
        return explain(view, end, error);
    error_set(error, -EIO, "%s did not end by itself (%s): there is no profile", test_of(view)->id,
              outcome_label(test_of(view)->outcome));
    return EXIT_BROKEN;
}

/* By the recipe's own command, which may write into a directory that is gone afterwards. */
static int run_command(struct view *view, const char *base, struct error *error)
{
    struct strings argv = {0};
    char *scratch = mem_printf("%s/aloof-profile-XXXXXX", base), *report = NULL;
    int code = EXIT_USAGE;
    if (mkdtemp(scratch) == NULL) {
        error_set(error, -errno, "%s: cannot be made: %s", scratch, strerror(errno));
        free(scratch);
        return code;
    }
    report = mem_printf("%s/profile", scratch);
    const char *format = session_profile_command(probe_session(view->probe), view->test, report, &argv);
    if (format == NULL) {
        error_set(error, -EINVAL, "recipe %s has no profiler (key profile, see aloof-recipes(5))",
                  view->project.recipes[test_of(view)->team].name);
    } else {
        int status = capture(&argv, repo_root(view->project.where.repo), PROFILE_MAX, &view->raw, error);
        code = status < 0                                                               ? EXIT_BROKEN
               : profile_read(&view->profile, format, buf_bytes(&view->raw), error) < 0 ? EXIT_BROKEN
                                                                                        : 0;
        if (status > 0 && code != 0)
            error_set(error, -EIO, "the profiler's command ended with status %d: there is no profile",
                      status);
    }
    remove_tree(scratch);
    strings_release(&argv);
    free(report);
    free(scratch);
    return code;
}

static bool is_own(void *owner, const char *path)
{
    struct view *view = owner;
    return !repo_ignored(view->project.where.repo, path, false);
}

/* The first of the project's functions, and the first of all others that are worth a line: a hundredth of
 * the whole. */
static void choose(struct view *view)
{
    size_t own = 0, others = 0;
    int64_t most_ns = 0;
    const struct profile_row *row;
    vec_each (row, &view->profile.rows)
        most_ns = row->total_ns > most_ns ? row->total_ns : most_ns;
    for (size_t i = 0; i < view->profile.rows.len; i++) {
        row = &view->profile.rows.items[i];
        if (row->project ? own++ < OWN_SHOWN : row->total_ns * 100 >= most_ns && others++ < OTHERS_SHOWN)
            vec_push(&view->shown, i);
    }
}

static char *place_of(const struct view *view, const struct profile_row *row)
{
    return row->file != NULL ? place_from(row->file, view->here) : NULL;
}

static void write_row(const struct view *view, size_t number, struct buf *to)
{
    const struct profile_row *row = &view->profile.rows.items[view->shown.items[number - 1]];
    char *place = place_of(view, row),
         *calls = row->calls >= 0 ? mem_printf("%lld", (long long)row->calls) : NULL;
    buf_printf(to, "%3zu %8.3f s %8.3f s %9s  %s", number, (double)row->own_ns / 1e9,
               (double)row->total_ns / 1e9, calls != NULL ? calls : "", row->function);
    if (place != NULL)
        buf_printf(to, "  %s:%u", place, row->line);
    buf_putc(to, '\n');
    free(calls);
    free(place);
}

static void print(const struct view *view)
{
    struct buf text = {0}, clean = {0};
    buf_printf(&text, "%s\n\n          own      total     calls\n", view->title);
    bool apart = true;
    for (size_t number = 1; number <= view->shown.len; number++) {
        bool own = view->profile.rows.items[view->shown.items[number - 1]].project;
        if (!own && apart)
            buf_puts(&text, "elsewhere\n");
        apart = own;
        write_row(view, number, &text);
    }
    if (view->shown.len == 0)
        buf_puts(&text, "    nothing that took any time\n");
    clean_text(&clean, buf_bytes(&text), false);
    fputs(buf_str(&clean), stdout);
    fflush(stdout);
    buf_release(&clean);
    buf_release(&text);
}

static json_t *pack_row(const struct profile_row *row)
{
    json_t *object =
        json_pack("{s:s, s:s?, s:b, s:f, s:f}", "function", row->function, "file", row->file, "project",
                  row->project, "own_s", (double)row->own_ns / 1e9, "total_s", (double)row->total_ns / 1e9);
    json_object_set_new(object, "line", row->file != NULL ? json_integer(row->line) : json_null());
    json_object_set_new(object, "calls", row->calls >= 0 ? json_integer(row->calls) : json_null());
    return object;
}

static void print_json(const struct view *view)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < view->profile.rows.len; i++)
        json_array_append_new(rows, pack_row(&view->profile.rows.items[i]));
    json_t *object = json_pack("{s:s, s:o}", "test", view->id, "functions", rows);
    char *text = json_dumps(object, JSON_INDENT(2));
    printf("%s\n", text);
    free(text);
    json_decref(object);
}

static void on_terminal(void *owner)
{
    (void)owner; /* what was printed stays */
}

static void say(void *owner, const char *text)
{
    (void)owner;
    fprintf(stderr, "aloof: %s\n", text);
}

/* Waits for an editor that has the terminal; one with a window of its own is left alone. */
static void open_row(struct view *view, size_t number)
{
    static const struct opener_events events = {on_terminal, on_terminal, say, on_terminal};
    if (number < 1 || number > view->shown.len) {
        fprintf(stderr, "aloof: there is no function %zu\n", number);
        return;
    }
    const struct profile_row *row = &view->profile.rows.items[view->shown.items[number - 1]];
    char *place = place_of(view, row);
    if (place == NULL || access(place, R_OK) != 0) {
        fprintf(stderr, "aloof: %s has no source here\n", row->function);
        free(place);
        return;
    }
    const struct editor editor = opener_editor(&view->project.settings, view->project.where.cwd);
    struct opener opener;
    uv_loop_t loop;
    uv_loop_init(&loop);
    opener_init(&opener, &loop, &editor, &events, view);
    opener_open(&opener, place, row->line, 0);
    while (opener.busy && uv_run(&loop, UV_RUN_ONCE) != 0)
        continue;
    opener_close(&opener);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    free(place);
}

/* A number opens; anything else, or nothing, ends. */
static void converse(struct view *view)
{
    char line[LINE_MAX_LEN];
    for (;;) {
        printf("\nnumber to open, Enter to end: ");
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL || *line < '0' || *line > '9')
            break;
        open_row(view, strtoul(line, NULL, 10));
    }
}

static void show(struct view *view)
{
    profile_settle(&view->profile, repo_root(view->project.where.repo), is_own, view);
    choose(view);
    if (view->json) {
        print_json(view);
        return;
    }
    print(view);
    if (view->open > 0)
        open_row(view, view->open);
    else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && view->shown.len > 0)
        converse(view);
}

/* From here on ^C ends us, as it does others. */
static void forget_session(struct view *view)
{
    const struct test *test = test_of(view);
    view->id = mem_strdup(test->id);
    view->title = test->state == TEST_DONE ? mem_printf("%s %s", test->id, outcome_name(test->outcome))
                                           : mem_strdup(test->id);
    probe_close(view->probe);
    view->probe = NULL;
}

static int run(struct view *view, struct error *error)
{
    const struct where *where = &view->project.where;
    const char *base = getenv("TMPDIR");
    struct repo *repo = NULL;
    char *notice = NULL;
    int bad = repo_open(&repo, where->cwd, &notice, error);
    free(notice);
    if (bad < 0 || probe_open(&view->probe, &view->project, repo, true, error) < 0)
        return EXIT_USAGE;
    view->here = target_here(where->cwd, repo_root(where->repo));
    enum probe_end end = probe_list(view->probe);
    if (end != PROBE_RAN && probe_model(view->probe)->listing.len == 0)
        return explain(view, end, error);
    view->test = probe_find(view->probe, view->typed, error);
    if (view->test == MAP_NONE)
        return EXIT_NONE;
    const struct recipe *recipe = &view->project.recipes[test_of(view)->team];
    int code = recipe->worker != WORKER_OWN
                   ? run_in_box(view, error)
                   : run_command(view, base != NULL && *base == '/' ? base : "/tmp", error);
    if (code != 0)
        return code;
    forget_session(view);
    show(view);
    return 0;
}

int command_profile(int argc, char *argv[])
{
    struct view view = {0};
    struct strings rest = {0}, others = {0};
    struct error error = {0};
    int code = EXIT_USAGE;
    int bad = take_own(&view, argc, argv, &rest, &error);
    if (bad == 0)
        bad = project_find(&view.project, (int)rest.len, (const char *const *)rest.items, &error);
    if (bad == 0)
        bad = project_take_test(&view.project, "profile", &rest, &view.typed, &others, &error);
    if (bad == 1)
        help();
    code = bad == 1 ? 0 : bad == 0 ? run(&view, &error) : EXIT_USAGE;
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    probe_close(view.probe);
    profile_release(&view.profile);
    project_release(&view.project);
    vec_release(&view.shown);
    buf_release(&view.raw);
    strings_release(&others);
    strings_release(&rest);
    free(view.here);
    free(view.id);
    free(view.title);
    return code;
}
