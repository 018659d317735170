/* Scripts for the plan: a small fake project, what happens to it, and what the plan then wants, holds for
 * true, and holds for red. Played by test_loop.c, test_coverage.c and test_narrow.c. */
#ifndef ALOOF_TESTS_LOOP_SCRIPT_H
#define ALOOF_TESTS_LOOP_SCRIPT_H

#include "plan/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* project: what the files hold from now on, NULL: as before. "a::x=p": test x in file a passes (p), fails
 * (f), is skipped (s) or deselected (d); "b=c": file b cannot be collected; "conf=b": pytest itself gives up
 * over conf. does: one event. "do a::x": that test of the run ends. "end": all others do, then the run.
 * "die": it ends badly. expect: "what is wanted | verdict | red set", then "| notices" when there are any. A
 * run that is wanted names the files that are collected and behind "asks" the tests that are asked for. */
struct step {
    const char *project, *does, *expect;
};
struct script {
    const char *name;
    const char *known; /* the red set in history */
    struct step steps[16];
};

struct fixture {
    struct loop loop;
    struct model model;
    struct strings project; /* entries */
    struct strings files;   /* of the run */
    struct strings notices;
    bool all_files, broken;
    unsigned serial;
    int64_t now_ns;
};

static void words(struct strings *list, const char *text)
{
    strings_clear(list);
    while (text != NULL && *text != '\0') {
        size_t len = strcspn(text, " ");
        if (len > 0)
            strings_take(list, mem_dup(text, len));
        text += len + strspn(text + len, " ");
    }
}

static struct bytes id_of(const char *entry)
{
    return (struct bytes){entry, strcspn(entry, "=")};
}

static struct bytes group_of(const char *entry)
{
    const char *inside = strstr(entry, "::");
    return inside != NULL ? (struct bytes){entry, (size_t)(inside - entry)} : id_of(entry);
}

static char outcome_of(const char *entry)
{
    return entry[id_of(entry).len + 1];
}

static void apply(struct fixture *f, struct bytes id, enum event_status status, const char *tag,
                  const char *group)
{
    const struct bytes tags[] = {bytes_of(group), bytes_of(tag)};
    const struct event event = {.test_id = id,
                                .status = status,
                                .tags = tags,
                                .tag_count = tag != NULL ? 2 : 1,
                                .runnable = tag == NULL};
    model_apply(&f->model, &event, f->now_ns++);
}

static bool collects(const struct fixture *f, const char *entry)
{
    char *group = bytes_dup(group_of(entry));
    bool in = f->all_files || strings_find(&f->files, group, NULL) == 0;
    free(group);
    return in;
}

static void list(struct fixture *f, const char *entry)
{
    char *group = bytes_dup(group_of(entry));
    char *tag = mem_printf(TAG_GROUP "%s", group);
    char outcome = outcome_of(entry);
    if (outcome == 'c' || outcome == 'b')
        apply(f, id_of(entry), EVENT_FAIL, TAG_COLLECTION, "");
    else
        apply(f, id_of(entry), EVENT_EXISTS, outcome == 'd' ? TAG_DESELECTED : NULL, tag);
    free(tag);
    free(group);
}

/* What the session does when a run is wanted. */
static void begin(struct fixture *f)
{
    strings_clear(&f->files);
    f->all_files = !loop_files(&f->loop, &f->model, 0, &f->files);
    model_begin(&f->model, ++f->serial);
    f->broken = false;
    for (size_t i = 0; i < f->project.len; i++)
        if (outcome_of(f->project.items[i]) == 'b') {
            list(f, f->project.items[i]);
            f->broken = true;
        }
    for (size_t i = 0; !f->broken && i < f->project.len; i++)
        if (collects(f, f->project.items[i]))
            list(f, f->project.items[i]);
    loop_select(&f->loop, &f->model, 0, false);
}

static void do_test(struct fixture *f, const char *entry)
{
    size_t at = model_find(&f->model, id_of(entry));
    if (at == MAP_NONE || f->model.tests.items[at].state != TEST_ASKED)
        return;
    char outcome = outcome_of(entry);
    apply(f, id_of(entry), EVENT_INPROGRESS, NULL, "");
    apply(f, id_of(entry),
          outcome == 'f'   ? EVENT_FAIL
          : outcome == 's' ? EVENT_SKIP
                           : EVENT_SUCCESS,
          NULL, "");
}

static void do_named(struct fixture *f, const char *id)
{
    for (size_t i = 0; i < f->project.len; i++)
        if (bytes_is(id_of(f->project.items[i]), id)) {
            do_test(f, f->project.items[i]);
            return;
        }
    fail_msg("no test %s in the script's project", id);
}

static struct loop_action end_run(struct fixture *f)
{
    for (size_t i = 0; i < f->project.len; i++)
        do_test(f, f->project.items[i]);
    if (!f->broken)
        loop_retire(&f->loop, &f->model, 0, f->all_files ? NULL : &f->files, &f->notices);
    model_end(&f->model);
    return loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_ENDED, .ok = !f->broken});
}

static const struct {
    const char *verb;
    enum loop_event_kind kind;
} verbs[] = {
    {"start", LOOP_START}, {"change", LOOP_CHANGED},  {"die", LOOP_ENDED},    {"cancelled", LOOP_CANCELLED},
    {"r", LOOP_RERUN_RED}, {"a", LOOP_RUN_ALL},       {"s", LOOP_RUN_ONE},    {"x", LOOP_STOP},
    {"pause", LOOP_PAUSE}, {"resume", LOOP_RESUME},   {"f", LOOP_FILTER},     {"i", LOOP_STEP},
    {"n", LOOP_STEP_NEXT}, {"N", LOOP_STEP_PREVIOUS}, {"out", LOOP_STEP_OUT}, {"list", LOOP_RUN_LIST},
};

/* The red set, as a screen would have it. */
static size_t *red_of(const struct fixture *f, size_t *count)
{
    size_t *order = mem_zero(f->model.tests.len * sizeof *order);
    *count = 0;
    for (size_t i = 0; i < f->model.tests.len; i++)
        if (f->model.tests.items[i].red)
            order[(*count)++] = i;
    return order;
}

static struct loop_action act(struct fixture *f, const char *does)
{
    size_t len = strcspn(does, " ");
    const char *rest = does[len] == ' ' ? does + len + 1 : "";
    struct bytes verb = {does, len};
    if (bytes_is(verb, "end"))
        return end_run(f);
    if (bytes_is(verb, "do")) {
        do_named(f, rest);
        return (struct loop_action){0};
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!bytes_is(verb, verbs[i].verb))
            continue;
        struct strings paths = {0};
        words(&paths, rest);
        size_t red, *order = red_of(f, &red);
        struct loop_event event = {
            .kind = verbs[i].kind, .paths = &paths, .pattern = rest, .order = order, .order_count = red};
        if (event.kind == LOOP_RUN_ONE || event.kind == LOOP_STEP)
            event.test = model_find(&f->model, bytes_of(rest));
        if (event.kind == LOOP_ENDED || event.kind == LOOP_CANCELLED)
            model_end(&f->model);
        struct loop_action action = loop_step(&f->loop, &f->model, &event);
        strings_release(&paths);
        free(order);
        return action;
    }
    fail_msg("the script says \"%s\"", does);
    return (struct loop_action){0};
}

static void tell_action(const struct fixture *f, const struct loop_action *action, struct buf *to)
{
    static const char *const runs[] = {"none", "red", "all", "one", "load", "list", "affected"};
    if (action->kind != LOOP_RUN) {
        buf_puts(to, action->kind == LOOP_WAIT ? "wait" : "cancel");
        return;
    }
    buf_printf(to, "run %s (%s)", runs[action->run], action->because);
    for (size_t i = 0; !f->all_files && i < f->files.len; i++)
        buf_printf(to, " %s", f->files.items[i]);
    buf_puts(to, " asks");
    const struct test *test;
    vec_each (test, &f->model.tests)
        if (test->state == TEST_ASKED)
            buf_printf(to, " %s", test->id);
}

static void tell_state(const struct fixture *f, struct buf *to)
{
    static const char *const verdicts[] = {"unknown", "red", "green", "partly", "affected"};
    buf_printf(to, " | %s |", verdicts[f->loop.verdict]);
    const struct test *test;
    vec_each (test, &f->model.tests)
        if (test->red)
            buf_printf(to, " %s", test->id);
    for (size_t i = 0; i < f->notices.len; i++)
        buf_printf(to, " | %s", f->notices.items[i]);
}

static void play(struct fixture *f, const struct script *script, const struct step *step)
{
    if (step->project != NULL)
        words(&f->project, step->project);
    strings_clear(&f->notices);
    struct loop_action action = act(f, step->does);
    if (action.kind == LOOP_RUN)
        begin(f);
    else
        assert_true(action.kind == LOOP_CANCEL || action.because == NULL);
    struct buf told = {0};
    tell_action(f, &action, &told);
    tell_state(f, &told);
    if (strcmp(buf_str(&told), step->expect) != 0)
        fail_msg("%s: after \"%s\"\n  expected: %s\n  but it is: %s", script->name, step->does, step->expect,
                 buf_str(&told));
    buf_release(&told);
}

/* affects: NULL, or what the plan knows that changes can affect. */
static void run_script(const struct script *script, const char *scope, const struct affects *affects)
{
    struct fixture f = {.now_ns = 1};
    loop_init(&f.loop);
    model_init(&f.model, 1 << 16);
    words(&f.loop.scope, scope);
    if (affects != NULL)
        vec_push(&f.loop.affects, affects);
    struct strings known = {0};
    words(&known, script->known);
    for (size_t i = 0; i < known.len; i++) {
        char *group = bytes_dup(group_of(known.items[i]));
        bool file = strstr(known.items[i], "::") == NULL;
        model_recall(&f.model, known.items[i], group, file ? OUTCOME_COLLECTION : OUTCOME_FAILED);
        free(group);
    }
    for (const struct step *step = script->steps; step->does != NULL; step++)
        play(&f, script, step);
    strings_release(&known);
    strings_release(&f.project);
    strings_release(&f.files);
    strings_release(&f.notices);
    loop_release(&f.loop);
    model_release(&f.model);
}

static void run_scripts(const struct script *scripts, size_t count, const char *scope,
                        const struct affects *affects)
{
    for (size_t i = 0; i < count; i++)
        run_script(&scripts[i], scope, affects);
}
#define RUN(table, scope) run_scripts(table, sizeof table / sizeof *table, scope, NULL)
#define RUN_REACH(table, affects) run_scripts(table, sizeof table / sizeof *table, "", affects)

#endif
