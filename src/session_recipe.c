/* What the session does differently for one recipe and another: the worker's source, its arguments, the
 * debugger. */
#include "session_private.h"

#include "core/recipe_argv.h"
#include "core/words.h"
#include "project/ask.h"
#include "project/targets.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

char *session_recipe_source(const struct team *team)
{
    if (team->recipe->worker != WORKER_OWN)
        return NULL;
    json_t *args = json_array();
    const struct strings *given = &team->session->settings.runner_args;
    for (size_t i = 0; i < given->len; i++)
        json_array_append_new(args, json_string(given->items[i]));
    json_t *source = json_pack("{s:o, s:o}", "recipe", recipe_pack(team->recipe), "args", args);
    char *text = json_dumps(source, JSON_COMPACT);
    json_decref(source);
    return text;
}

/* What the recipe's command says, 0: it has none. -EINVAL with a line. */
static int ask_boxes(const struct team *team, unsigned *boxes, struct error *error)
{
    const struct strings *command = &team->recipe->boxes;
    struct buf answer = {0};
    *boxes = 0;
    if (command->len == 0)
        return 0;
    int status = ask(command, repo_root(team->session->repo), false, &answer, error);
    char *end, *line = words_join(command);
    unsigned long count = strtoul(buf_str(&answer), &end, 10);
    end += strspn(end, " \t\r\n");
    bool bad = status != 0 || answer.len == 0 || *end != '\0' || count < 1 || count > 1024;
    *boxes = bad ? 0 : (unsigned)count;
    if (bad && status >= 0)
        error_set(error, -EINVAL,
                  "boxes of recipe %s: %s: expected a number from 1 to 1024, got '%.40s' and exit status %d",
                  team->recipe->name, line, buf_str(&answer), status);
    free(line);
    buf_release(&answer);
    return bad ? -EINVAL : 0;
}

int session_recipe_boxes(struct session *session, struct error *error)
{
    unsigned boxes = session->settings.boxes, at_once = 0;
    int bad = 0;
    for (size_t i = 0; bad == 0 && boxes == 0 && i < session->team_count; i++)
        if (!session->teams[i].recipe->unsafe)
            bad = ask_boxes(&session->teams[i], &boxes, error);
    if (boxes == 0)
        boxes = uv_available_parallelism();
    for (size_t i = 0; i < session->team_count; i++)
        at_once += session->teams[i].recipe->unsafe ? 1 : boxes;
    session->settings.boxes = at_once < boxes ? at_once : boxes;
    return bad;
}

/* The configured options of Python's framework, -k and -m. */
static void add_options(struct team *team)
{
    const struct settings *settings = &team->session->settings;
    for (size_t i = 0; i < settings->runner_args.len; i++)
        strings_add(&team->args, settings->runner_args.items[i]);
    const char *const options[][2] = {{"-k", settings->keyword}, {"-m", settings->marker}};
    for (size_t i = 0; i < 2; i++) {
        if (options[i][1] == NULL)
            continue;
        strings_add(&team->args, options[i][0]);
        strings_add(&team->args, options[i][1]);
    }
}

/* What pytest understands and this recipe does not. */
static int refuse_options(const struct team *team, struct error *error)
{
    const struct settings *settings = &team->session->settings;
    const char *name = team->recipe->name;
    bool python = team->recipe->worker != WORKER_OWN;
    if (settings->marker != NULL || (settings->keyword != NULL && !python))
        return error_set(error, -EINVAL, "-%c: only pytest knows it, and the tests here are run by recipe %s",
                         settings->marker != NULL ? 'm' : 'k', name);
    if (!python && settings->runner_args.len > 0 && (team->recipe->holes & HOLE_ARGS) == 0)
        return error_set(error, -EINVAL, "%s: recipe %s has no place for arguments ({args} in its key run)",
                         settings->runner_args.items[0], name);
    return 0;
}

/* Whether it is no path: unittest's tests have the names of their modules. */
static bool is_name(const struct recipe *recipe, const char *typed, const char *cwd)
{
    if (recipe->worker != WORKER_UNITTEST && recipe->worker != WORKER_DJANGO)
        return false;
    char *path = mem_printf("%s/%s", cwd, typed);
    bool is = strchr(typed, '/') == NULL && access(path, F_OK) != 0;
    free(path);
    return is;
}

/* What was typed, relative to the root. */
static int add_targets(struct team *team, struct error *error)
{
    struct session *session = team->session;
    const struct settings *settings = &session->settings;
    bool packages = strings_find(&settings->runner_args, "--pyargs", NULL) == 0;
    for (size_t i = 0; i < settings->paths.len && session->load == NULL; i++) {
        const char *typed = settings->paths.items[i];
        bool name = is_name(team->recipe, typed, session->cwd);
        int bad = 0;
        if (packages || name)
            strings_add(&team->args, typed);
        else
            bad = target_resolve(typed, session->cwd, repo_root(session->repo), &team->args, error);
        if (bad != 0)
            return bad;
        if (name)
            strings_take(&session->loop_plan.scope, mem_printf("%s.", typed));
        else if (!packages)
            strings_add(&session->loop_plan.scope, team->args.items[team->args.len - 1]);
    }
    return 0;
}

int session_recipe_args(struct session *session, struct error *error)
{
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < session->team_count; i++) {
        struct team *team = &session->teams[i];
        if (team->recipe->worker != WORKER_PYTEST)
            bad = refuse_options(team, error);
        if (bad == 0 && team->recipe->worker != WORKER_OWN)
            add_options(team);
        if (bad == 0)
            bad = add_targets(team, error);
    }
    return bad;
}

/* Where the id is that a debugger reads: in a file of its own, written anew each time. The caller frees. */
static char *write_idfile(const struct session *session, const struct recipe_test *test)
{
    struct buf text = {0};
    char *path = mem_printf("%s/debug-ids", repo_state_dir(session->repo));
    FILE *file = fopen(path, "we");
    recipe_idfile(test, 1, &text);
    if (file != NULL) {
        fwrite(text.data, 1, text.len, file);
        fclose(file);
    }
    buf_release(&text);
    return path;
}

static void debug_own(const struct session *session, const struct recipe *recipe, const struct test *asked,
                      const char *id, struct strings *argv)
{
    bool part = !asked->runnable && asked->group[0] != '\0';
    const struct recipe_test one = {part ? asked->group : id, asked->group, 0};
    strings_add(argv, "env");
    for (size_t i = 0; i < recipe->env.len; i++)
        strings_add(argv, recipe->env.items[i]);
    const struct strings *command = recipe->debug.len > 0 ? &recipe->debug : &recipe->run;
    char *ids = recipe_wants_idfile(command) ? write_idfile(session, &one) : NULL;
    const struct recipe_extra extra = {.args = &session->settings.runner_args, .idfile = ids};
    recipe_argv(command, &one, 1, &extra, argv);
    free(ids);
}

void session_debug_command(const struct session *session, size_t test, struct strings *argv)
{
    const struct strings *extra = &session->settings.runner_args;
    const struct test *asked = &session->model.tests.items[test];
    const struct recipe *recipe = session_team_of(session, test)->recipe;
    const char *id = session_own_id(session, asked);
    static const char *const django[] = {"manage.py", "test", "--noinput", "--pdb"};
    if (recipe->worker == WORKER_OWN) {
        debug_own(session, recipe, asked, id, argv);
        return;
    }
    strings_add(argv, session->python);
    if (recipe->worker == WORKER_PYTEST) {
        strings_take(argv, mem_printf("%s/debug.py", session->worker_source));
        strings_add(argv, "--pdb");
        for (size_t i = 0; i < extra->len; i++)
            strings_add(argv, extra->items[i]);
    } else if (recipe->worker == WORKER_DJANGO) {
        for (size_t i = 0; i < sizeof django / sizeof *django; i++)
            strings_add(argv, django[i]);
    } else {
        strings_take(argv, mem_printf("%s/debug_unittest.py", session->worker_source));
        strings_add(argv, asked->group);
    }
    strings_add(argv, id);
}
