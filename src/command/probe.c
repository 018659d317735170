#include "command/probe.h"

#include "project/targets.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
#define STOPS (sizeof stops / sizeof *stops)

struct probe {
    uv_loop_t loop;
    uv_signal_t signals[STOPS];
    struct settings settings; /* as the project's, its strings borrowed; but failures end no run, and what
                                 runs in which order is asked for */
    const struct project *project;
    struct session *session; /* NULL: closed */
    char *broken;            /* NULL: it was not */
    bool interrupted, running;
};

static void on_changed(void *owner)
{
    (void)owner;
}

static void on_index(void *owner, size_t index)
{
    (void)owner;
    (void)index;
}

static void on_said(void *owner, const char *origin, const char *text)
{
    (void)owner;
    (void)origin;
    (void)text;
}

static void on_notice(void *owner, const char *text)
{
    (void)owner;
    (void)text;
}

static void on_run_begins(void *owner)
{
    (void)owner;
}

static void on_run_ended(void *owner, int exit_code, const char *broken)
{
    struct probe *probe = owner;
    bool failed = broken != NULL || exit_code == 3 || exit_code == 4;
    probe->running = false;
    free(probe->broken);
    probe->broken = failed ? mem_strdup(broken != NULL ? broken : "") : NULL;
    uv_stop(&probe->loop);
}

static void on_closed(void *owner)
{
    struct probe *probe = owner;
    probe->session = NULL;
}

static const struct session_events events = {
    .changed = on_changed,
    .failed = on_index,
    .result = on_index,
    .said = on_said,
    .notice = on_notice,
    .run_begins = on_run_begins,
    .run_ended = on_run_ended,
    .closed = on_closed,
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct probe *probe = handle->data;
    (void)number;
    probe->interrupted = true;
    if (probe->running)
        session_stop_run(probe->session);
    else
        uv_stop(&probe->loop);
}

static void catch_signals(struct probe *probe)
{
    for (size_t i = 0; i < STOPS; i++) {
        uv_signal_init(&probe->loop, &probe->signals[i]);
        probe->signals[i].data = probe;
        uv_signal_start(&probe->signals[i], on_signal, stops[i]);
        uv_unref((uv_handle_t *)&probe->signals[i]);
    }
}

int probe_open(struct probe **made, struct project *project, struct repo *repo, bool profile,
               struct error *error)
{
    struct probe *probe = mem_zero(sizeof *probe);
    probe->project = project;
    probe->settings = project->settings;
    probe->settings.maxfail = UINT_MAX;
    probe->settings.order = probe->settings.load_list = NULL;
    probe->settings.failing = false;
    uv_loop_init(&probe->loop);
    catch_signals(probe);
    const struct session_options options = {.settings = &probe->settings,
                                            .recipes = project->recipes,
                                            .recipe_count = project->recipe_count,
                                            .repo = repo,
                                            .cwd = repo_root(repo),
                                            .self = project->where.self,
                                            .worker = project->workers,
                                            .idle = true,
                                            .forgetful = true,
                                            .profile = profile};
    *made = probe;
    int bad = session_open(&probe->session, &probe->loop, &options, &events, probe, error);
    if (bad == 0)
        bad = session_start(probe->session, error);
    if (bad == 0)
        return 0;
    probe_close(probe);
    *made = NULL;
    return bad;
}

enum probe_end probe_run(struct probe *probe, const struct strings *ids)
{
    if (probe->interrupted)
        return PROBE_INTERRUPTED;
    probe->running = true;
    session_run_list(probe->session, ids, true);
    uv_run(&probe->loop, UV_RUN_DEFAULT);
    if (probe->interrupted)
        return PROBE_INTERRUPTED;
    return probe->broken != NULL ? PROBE_BROKEN : PROBE_RAN;
}

enum probe_end probe_list(struct probe *probe)
{
    static const struct strings none = {0};
    return probe_run(probe, &none);
}

const struct model *probe_model(const struct probe *probe)
{
    return session_model(probe->session);
}

struct session *probe_session(struct probe *probe)
{
    return probe->session;
}

const char *probe_why(const struct probe *probe)
{
    return probe->broken != NULL ? probe->broken : "";
}

/* The caller frees; NULL: there is no line. */
static char *last_line(const char *text)
{
    size_t end = strlen(text);
    while (end > 0 && strchr(" \t\r\n", text[end - 1]) != NULL)
        end--;
    size_t begin = end;
    while (begin > 0 && text[begin - 1] != '\n')
        begin--;
    return end > begin ? mem_dup(text + begin, end - begin) : NULL;
}

char *probe_reason(const struct probe *probe)
{
    static const char *const names[] = {"report", "traceback", "stderr", "stdout"};
    const struct test *test;
    char *said = NULL, *reason = NULL;
    vec_each (test, &probe_model(probe)->tests) {
        if (test->state != TEST_DONE || !outcome_is_red(test->outcome))
            continue;
        for (size_t i = 0; said == NULL && i < sizeof names / sizeof *names; i++) {
            char *text = result_text(test->result, names[i]);
            said = text != NULL ? last_line(text) : NULL;
            free(text);
        }
        reason = mem_printf("%s%s%s", test->id, said != NULL ? ": " : "", said != NULL ? said : "");
        free(said);
        return reason;
    }
    return last_line(probe_why(probe));
}

/* The test of that id, typed as it is or as a path from where the person stands. */
static size_t find_exactly(const struct probe *probe, const char *typed)
{
    const struct where *where = &probe->project->where;
    struct strings found = {0};
    size_t at = model_find(probe_model(probe), bytes_of(typed));
    if (at == MAP_NONE && target_resolve(typed, where->cwd, repo_root(where->repo), &found, NULL) == 0)
        at = model_find(probe_model(probe), bytes_of(found.items[0]));
    strings_release(&found);
    return at;
}

size_t probe_find(const struct probe *probe, const char *typed, struct error *error)
{
    const struct model *model = probe_model(probe);
    size_t exact = find_exactly(probe, typed), found = MAP_NONE, count = 0;
    for (size_t i = 0; i < model->listing.len; i++) {
        size_t at = model->listing.items[i];
        if (at == exact)
            return exact;
        if (strstr(model->tests.items[at].id, typed) == NULL)
            continue;
        found = at;
        count++;
    }
    if (count == 0)
        error_set(error, -ENOENT, "%s: there is no such test here", typed);
    else if (count > 1)
        error_set(error, -EINVAL,
                  "%s: this is in the ids of %zu tests, %s among them (give one of them whole)", typed, count,
                  model->tests.items[found].id);
    return count == 1 ? found : MAP_NONE;
}

void probe_close(struct probe *probe)
{
    if (probe == NULL)
        return;
    if (probe->session != NULL)
        session_close(probe->session);
    for (size_t i = 0; i < STOPS; i++)
        uv_close((uv_handle_t *)&probe->signals[i], NULL);
    uv_run(&probe->loop, UV_RUN_DEFAULT);
    int left = uv_loop_close(&probe->loop);
    assert(left == 0);
    (void)left;
    free(probe->broken);
    free(probe);
}
