/* What the session does differently for one recipe and another: the worker's source, the boxes, the debugger.
 */
#include "session/private.h"

#include "core/recipe_argv.h"
#include "core/words.h"
#include "project/ask.h"

#include <errno.h>
#include <stdlib.h>

char *session_recipe_source(const struct team *team)
{
    if (team->recipe->worker != WORKER_OWN)
        return NULL;
    json_t *args = json_array();
    const struct strings *given = session_runner_args(team);
    for (size_t i = 0; i < given->len; i++)
        json_array_append_new(args, json_string(given->items[i]));
    json_t *source = json_pack("{s:o, s:o, s:i}", "recipe", recipe_pack(team->recipe), "args", args, "boxes",
                               (int)team->session->settings.boxes);
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
    if (session->settings.serial)
        boxes = 1;
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

/* A command of the recipe, for that one test. */
static void write_own(const struct team *team, const struct test *asked, const struct strings *command,
                      const char *report, struct strings *argv)
{
    const struct session *session = team->session;
    const struct recipe *recipe = team->recipe;
    const char *id = session_own_id(session, asked);
    bool part = !asked->runnable && asked->group[0] != '\0';
    const struct recipe_test one = {.id = part ? asked->group : id, .file = asked->group};
    strings_add(argv, "env");
    for (size_t i = 0; i < recipe->env.len; i++)
        strings_add(argv, recipe->env.items[i]);
    char *ids = recipe_wants_idfile(command) ? write_idfile(session, &one) : NULL;
    const struct recipe_extra extra = {.args = session_runner_args(team), .report = report, .idfile = ids};
    recipe_argv(command, &one, 1, &extra, argv);
    free(ids);
}

void session_debug_command(const struct session *session, size_t test, struct strings *argv)
{
    const struct team *team = session_team_of(session, test);
    const struct strings *extra = session_runner_args(team);
    const struct test *asked = &session->model.tests.items[test];
    const struct recipe *recipe = team->recipe;
    const char *id = session_own_id(session, asked);
    static const char *const django[] = {"manage.py", "test", "--noinput", "--pdb"};
    if (recipe->worker == WORKER_OWN) {
        write_own(team, asked, recipe->debug.len > 0 ? &recipe->debug : &recipe->run, NULL, argv);
        return;
    }
    strings_add(argv, session_python(team));
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

const char *session_profile_command(const struct session *session, size_t test, const char *report,
                                    struct strings *argv)
{
    const struct team *team = session_team_of(session, test);
    const struct recipe *recipe = team->recipe;
    if (recipe->worker != WORKER_OWN || recipe->profile.len == 0)
        return NULL;
    write_own(team, &session->model.tests.items[test], &recipe->profile, report, argv);
    return recipe_profile_format(recipe);
}
