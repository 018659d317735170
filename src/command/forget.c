#include "store/forget.h"
#include "command/command.h"
#include "command/recall.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static const char help[] =
    "Usage: aloof forget [OPTION...] TEST|RUN...\n\n"
    "Takes tests out of the history, with all that they came to, or whole runs: what the runs before say of "
    "their\ntests counts again. A red test that is forgotten is no longer red. All of them are forgotten, or "
    "none.\n"
    "TEST: an id, or a part of the id of one test only. RUN: a number, last, last~1 (see aloof runs).\n"
    "Exit codes: 0, 4 usage error, or there is no such test or run.\n\n" RECALL_HELP;

struct target {
    char *id, *recipe; /* NULL: it is a run */
    int64_t run;
};

struct forgetting {
    VEC(struct target) targets;
};

static bool take_test(void *owner, const struct archive_test *test)
{
    struct forgetting *forgetting = owner;
    const struct history_name *name = &test->known.name;
    vec_push(&forgetting->targets, (struct target){mem_strdup(name->id), mem_strdup(name->recipe), 0});
    return false;
}

static bool take_run(void *owner, const struct archive_run *run)
{
    struct forgetting *forgetting = owner;
    vec_push(&forgetting->targets, (struct target){.run = run->id});
    return false;
}

static bool is_run(const char *word)
{
    return strcmp(word, "last") == 0 || strncmp(word, "last~", 5) == 0 ||
           (*word != '\0' && word[strspn(word, "0123456789")] == '\0');
}

static int find_all(struct recall *recall, struct forgetting *forgetting, int count, char *words[],
                    struct error *error)
{
    int bad = 0;
    if (count == 0)
        return error_set(error, -EINVAL, "forget: which test or run? See aloof forget --help");
    for (int i = 0; i < count && bad == 0; i++)
        bad = is_run(words[i]) ? recall_run(recall, words[i], take_run, forgetting, error)
                               : recall_test(recall, words[i], take_test, forgetting, error);
    return bad;
}

static void add_count(struct buf *to, const char *before, size_t count, const char *what, const char *after)
{
    if (count > 0)
        buf_printf(to, "%s%zu %s%s%s", before, count, what, count == 1 ? "" : "s", after);
}

static void tell(struct recall *recall, const struct target *target, const struct forgotten *done)
{
    struct buf *to = &recall->text;
    if (target->id == NULL) {
        buf_printf(to, "forgot run %lld", (long long)target->run);
        add_count(to, ", in which ", done->results, "test", " ended");
        add_count(to, "; ", done->green, "test", " no longer red");
        add_count(to, "; ", done->red, "test", " red again");
        add_count(to, "; ", done->unknown, "test", " of which nothing else is known");
    } else {
        buf_puts(to, "forgot ");
        paper_put(&recall->paper, to, STYLE_PLAIN, target->id);
        add_count(to, ", and what it came to in ", done->results, "run", "");
        buf_puts(to, done->green > 0 ? "; it was red" : "");
    }
    buf_putc(to, '\n');
}

static json_t *json_of(const struct target *target, const struct forgotten *done)
{
    const struct history_name name = {target->recipe, target->id};
    json_t *object = target->id != NULL ? recall_json_name(&name) : json_pack("{s:I}", "run", target->run);
    json_object_set_new(object, "results", json_integer((json_int_t)done->results));
    json_object_set_new(object, "no_longer_red", json_integer((json_int_t)done->green));
    json_object_set_new(object, "red_again", json_integer((json_int_t)done->red));
    json_object_set_new(object, "unknown", json_integer((json_int_t)done->unknown));
    return object;
}

static int forget_one(struct recall *recall, struct forget *forget, const struct target *target,
                      struct error *error)
{
    const struct history_name name = {target->recipe, target->id};
    struct forgotten done;
    int bad = target->id != NULL ? forget_test(forget, name, &done, error)
                                 : forget_run(forget, target->run, &done, error);
    if (bad == 0 && recall->json)
        json_array_append_new(json_object_get(recall->answer, "forgot"), json_of(target, &done));
    else if (bad == 0)
        tell(recall, target, &done);
    return bad;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    struct forgetting *forgetting = owner;
    struct forget *forget = NULL;
    int bad = find_all(recall, forgetting, count, words, error);
    if (bad != 0)
        return bad;
    if (recall->json)
        recall->answer = json_pack("{s:[]}", "forgot");
    bad = forget_begin(&forget, repo_state_dir(recall->where.repo), error);
    for (size_t i = 0; i < forgetting->targets.len && bad == 0; i++)
        bad = forget_one(recall, forget, &forgetting->targets.items[i], error);
    int end = forget_end(forget, bad == 0, error);
    return bad != 0 ? bad : end;
}

int command_forget(int argc, char *argv[])
{
    static const struct option options[] = {RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, INT_MAX, help, NULL, answer};
    struct forgetting forgetting = {0};
    int code = recall_main(argc, argv, &command, &forgetting);
    struct target *target;
    vec_each (target, &forgetting.targets) {
        free(target->id);
        free(target->recipe);
    }
    vec_release(&forgetting.targets);
    return code;
}
