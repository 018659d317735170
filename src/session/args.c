/* What of the command line is for which team: options of its runner, and what it is restricted to. */
#include "session/private.h"

#include "project/targets.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const struct strings *session_runner_args(const struct team *team)
{
    static const struct strings none = {0};
    return team->number == 0 ? &team->session->settings.runner_args : &none;
}

/* The configured options of Python's framework, -k and -m. */
static void add_options(struct team *team)
{
    const struct settings *settings = &team->session->settings;
    const struct strings *given = session_runner_args(team);
    for (size_t i = 0; i < given->len; i++)
        strings_add(&team->args, given->items[i]);
    const char *const options[][2] = {{"-k", settings->keyword}, {"-m", settings->marker}};
    for (size_t i = 0; i < 2; i++) {
        if (options[i][1] == NULL)
            continue;
        strings_add(&team->args, options[i][0]);
        strings_add(&team->args, options[i][1]);
    }
}

static bool is_python(const struct team *team)
{
    return team->recipe->worker != WORKER_OWN;
}

/* What pytest understands and this recipe does not. */
static int refuse_options(const struct team *team, struct error *error)
{
    const struct settings *settings = &team->session->settings;
    const struct strings *given = session_runner_args(team);
    const char *name = team->recipe->name;
    if (settings->marker != NULL || (settings->keyword != NULL && !is_python(team)))
        return error_set(error, -EINVAL, "-%c: only pytest knows it, and %s tests here are run by recipe %s",
                         settings->marker != NULL ? 'm' : 'k', team->session->team_count > 1 ? "some" : "the",
                         name);
    if (!is_python(team) && given->len > 0 && (team->recipe->holes & HOLE_ARGS) == 0)
        return error_set(error, -EINVAL, "%s: recipe %s has no place for arguments ({args} in its key run)",
                         given->items[0], name);
    return 0;
}

/* Whether it is no path: unittest's tests have the names of their modules. */
static bool is_name(const struct team *team, const char *typed)
{
    if (team->recipe->worker != WORKER_UNITTEST && team->recipe->worker != WORKER_DJANGO)
        return false;
    char *path = mem_printf("%s/%s", team->session->cwd, typed);
    bool is = strchr(typed, '/') == NULL && access(path, F_OK) != 0;
    free(path);
    return is;
}

/* The team that "jest: src/cart.test.js" names; *rest: what is behind that. NULL: none. */
static const struct team *named_team(const struct session *session, const char *typed, const char **rest)
{
    for (size_t i = 0; i < session->team_count; i++) {
        const char *name = session->teams[i].recipe->name;
        size_t len = strlen(name);
        if (strncmp(typed, name, len) != 0 || strncmp(typed + len, ": ", 2) != 0)
            continue;
        *rest = typed + len + 2;
        return &session->teams[i];
    }
    return NULL;
}

static bool any_python(const struct session *session)
{
    for (size_t i = 0; i < session->team_count; i++)
        if (is_python(&session->teams[i]))
            return true;
    return false;
}

/* Whether the target is the team's when nobody says whose it is: where there are others beside Python's,
 * files of Python are for that, and no others. */
static bool is_for(const struct team *team, const char *target)
{
    const struct session *session = team->session;
    if (session->team_count == 1 || !any_python(session))
        return true;
    const char *names = strstr(target, "::");
    size_t len = names != NULL ? (size_t)(names - target) : strlen(target);
    char *path = mem_printf("%s/%.*s", repo_root(session->repo), (int)len, target);
    struct stat file;
    bool directory = stat(path, &file) == 0 && S_ISDIR(file.st_mode);
    bool python = len > 3 && memcmp(target + len - 3, ".py", 3) == 0;
    free(path);
    return directory || python == is_python(team);
}

/* The team is asked for the target, by its runner's name for that. The plan knows its tests by the prefix,
 * their files without. */
static void ask_for(struct team *team, const char *target, const char *inside)
{
    struct strings *scope = &team->session->loop_plan.scope;
    strings_add(&team->args, target);
    strings_take(scope, mem_printf("%s%s", target, inside));
    if (team->prefix[0] != '\0')
        strings_take(scope, mem_printf("%s%s%s", team->prefix, target, inside));
    team->idle = false;
}

/* Whether what is no file may be a test of the team's, or what several of them begin with. */
static bool lists_tests(const struct team *team)
{
    return team->recipe->worker == WORKER_OWN && team->recipe->unit == UNIT_TEST;
}

static bool any_lists_tests(const struct session *session)
{
    for (size_t i = 0; i < session->team_count; i++)
        if (lists_tests(&session->teams[i]))
            return true;
    return false;
}

/* Whether it is known only by the listing what is meant: no file, and perhaps a test. The team is asked for
 * it then, if it may be its own. only: the team that was named; NULL: none. */
static bool ask_by_name(struct team *team, const struct team *only, const char *typed)
{
    struct session *session = team->session;
    if (only != NULL ? !lists_tests(only) : !any_lists_tests(session))
        return false;
    if ((only != NULL && only != team) || !lists_tests(team))
        return true;
    ask_for(team, typed, "");
    if (strings_find(&session->names, typed, NULL) != 0)
        strings_add(&session->names, typed);
    return true;
}

/* What was typed, relative to the root; it is the team's, or nothing is added. */
static int add_target(struct team *team, const char *typed, struct error *error)
{
    const struct session *session = team->session;
    const struct team *only = named_team(session, typed, &typed);
    struct strings found = {0};
    if ((only == NULL || only == team) && is_name(team, typed)) {
        ask_for(team, typed, ".");
        return 0;
    }
    int bad = target_resolve(typed, session->cwd, repo_root(session->repo), &found, error);
    if (bad == -ENOENT && ask_by_name(team, only, typed))
        return 0;
    if (bad == 0 && (only != NULL ? only == team : is_for(team, found.items[0])))
        ask_for(team, found.items[0], "");
    strings_release(&found);
    return bad;
}

/* Packages are pytest's; as it is asked for them by its own options, it is the first recipe. */
static int add_targets(struct team *team, struct error *error)
{
    const struct session *session = team->session;
    const struct strings *paths = &session->settings.paths;
    bool packages = strings_find(&session->settings.runner_args, "--pyargs", NULL) == 0;
    size_t count = session->load == NULL ? paths->len : 0;
    int bad = 0;
    team->idle = count > 0 && (!packages || team->number > 0);
    for (size_t i = 0; bad == 0 && i < count; i++)
        if (!packages)
            bad = add_target(team, paths->items[i], error);
        else if (!team->idle)
            strings_add(&team->args, paths->items[i]);
    return bad;
}

int session_team_args(struct team *team, struct error *error)
{
    if (is_python(team))
        add_options(team);
    int bad = add_targets(team, error);
    return bad == 0 && !team->idle && team->recipe->worker != WORKER_PYTEST ? refuse_options(team, error)
                                                                            : bad;
}

static bool is_there(const struct session *session, const char *name)
{
    const struct test *test;
    vec_each (test, &session->model.tests)
        if (!test->gone && loop_place_holds(name, session_own_id(session, test), test))
            return true;
    return false;
}

const char *session_missing_name(const struct session *session)
{
    for (size_t i = 0; i < session->names.len; i++)
        if (!is_there(session, session->names.items[i]))
            return session->names.items[i];
    return NULL;
}
