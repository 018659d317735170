/* The plan, told as scripts: a small fake project, what happens to it, and what the plan then wants, holds
 * for true, and holds for red. */
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
    f->all_files = !loop_files(&f->loop, &f->model, &f->files);
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
    loop_select(&f->loop, &f->model);
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
        loop_retire(&f->loop, &f->model, f->all_files ? NULL : &f->files, &f->notices);
    model_end(&f->model);
    return loop_step(&f->loop, &f->model, &(struct loop_event){.kind = LOOP_ENDED, .ok = !f->broken});
}

static const struct {
    const char *verb;
    enum loop_event_kind kind;
} verbs[] = {
    {"start", LOOP_START}, {"change", LOOP_CHANGED}, {"die", LOOP_ENDED}, {"cancelled", LOOP_CANCELLED},
    {"r", LOOP_RERUN_RED}, {"a", LOOP_RUN_ALL},      {"s", LOOP_RUN_ONE}, {"x", LOOP_STOP},
    {"pause", LOOP_PAUSE}, {"resume", LOOP_RESUME},
};

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
        struct loop_event event = {.kind = verbs[i].kind, .paths = &paths};
        if (event.kind == LOOP_RUN_ONE)
            event.test = model_find(&f->model, bytes_of(rest));
        if (event.kind == LOOP_ENDED || event.kind == LOOP_CANCELLED)
            model_end(&f->model);
        struct loop_action action = loop_step(&f->loop, &f->model, &event);
        strings_release(&paths);
        return action;
    }
    fail_msg("the script says \"%s\"", does);
    return (struct loop_action){0};
}

static void tell_action(const struct fixture *f, const struct loop_action *action, struct buf *to)
{
    static const char *const runs[] = {"none", "red", "all", "one"};
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
    static const char *const verdicts[] = {"unknown", "red", "green", "partly"};
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

static void run_script(const struct script *script, const char *scope)
{
    struct fixture f = {.now_ns = 1};
    loop_init(&f.loop);
    model_init(&f.model, 1 << 16);
    words(&f.loop.scope, scope);
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

static void run_scripts(const struct script *scripts, size_t count, const char *scope)
{
    for (size_t i = 0; i < count; i++)
        run_script(&scripts[i], scope);
}
#define RUN(table, scope) run_scripts(table, sizeof table / sizeof *table, scope)

static const struct script starts[] = {
    {"nothing known: all at once",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"a red set is known: it runs first, then all",
     "a::x",
     {{"a::x=p a::z=p b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x a::z b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"no tests are found: that is not green",
     NULL,
     {{"", "start", "run all (start) asks | unknown |"},
      {NULL, "end", "wait | unknown |"},
      {"a::x=p", "change a", "run all (a changed) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"everything is deselected: not green",
     NULL,
     {{"a::x=d", "start", "run all (start) asks | unknown |"}, {NULL, "end", "wait | unknown |"}}},
};

static void test_start(void **state)
{
    (void)state;
    RUN(starts, NULL);
}

static const struct script loops[] = {
    {"red -> edit -> the red set only -> green -> full run",
     NULL,
     {{"a::x=f a::z=p b::y=p", "start", "run all (start) asks a::x a::z b::y | unknown |"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "change s", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p a::z=p b::y=p", "change s", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x a::z b::y | partly |"},
      {NULL, "end", "wait | green |"},
      {"a::x=p a::z=p b::y=f", "change s", "run all (s changed) asks a::x a::z b::y | partly |"},
      {NULL, "end", "wait | red | b::y"}}},
    {"a new failing test in an edited file is seen while red",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=f b::y=p b::new=f", "change b", "run red (b changed) a b asks a::x b::y b::new | red | a::x"},
      {NULL, "end", "wait | red | a::x b::new"},
      {"a::x=p b::y=p b::new=f", "change s",
       "run red (s changed) a b s asks a::x b::new | red | a::x b::new"},
      {NULL, "end", "wait | red | b::new"}}},
    {"a new test file is seen while red",
     "a::x",
     {{"a::x=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p new::n=f", "change new s",
       "run red (new and 1 more changed) a new s asks a::x new::n | red | a::x"},
      {NULL, "end", "wait | red | new::n"}}},
    {"a full run finds something new: the red set begins again",
     "a::x",
     {{"a::x=p b::y=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | red | b::y"},
      {NULL, "change s", "run red (s changed) b s asks b::y | red | b::y"}}},
    {"an empty change set is no change",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "change", "wait | green |"}}},
};

static void test_red_and_green(void **state)
{
    (void)state;
    RUN(loops, NULL);
}

static const struct script changes[] = {
    {"a change during a red run: cancel, then the union of what changed; what failed before is red and runs",
     "a::x",
     {{"a::x=f a::z=p b::y=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "change b", "cancel | red | a::x"},
      {NULL, "change c", "wait | red | a::x"},
      {NULL, "cancelled", "run red (c changed) a b c asks a::x b::y | red | a::x"},
      {NULL, "do b::y", "wait | red | a::x b::y"},
      {NULL, "change d", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run red (d changed) a b c d asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {NULL, "change e", "run red (e changed) a b e asks a::x b::y | red | a::x b::y"}}},
    {"a change during a full run that has found nothing: all over again, green only then",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown |"},
      {NULL, "change s", "cancel | unknown |"},
      {NULL, "cancelled", "run all (s changed) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"a test that failed in the cancelled full run is red and runs first",
     NULL,
     {{"a::x=f b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown | a::x"},
      {"a::x=p b::y=p", "change s", "cancel | unknown | a::x"},
      {NULL, "cancelled", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"the run ended by itself while its cancel was under way: it is over all the same",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "change s", "cancel | unknown |"},
      {NULL, "end", "run all (s changed) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"}}},
    {"a change in the middle of a full run that goes on (paused): not green",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "pause", "wait | unknown |"},
      {NULL, "change s", "wait | unknown |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "resume", "run all (s changed) asks a::x | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"a change while paused takes the green away and runs on resume, all of them together",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "change s", "wait | partly |"},
      {NULL, "change t", "wait | partly |"},
      {NULL, "resume", "run all (s and 1 more changed) asks a::x | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "resume", "wait | green |"}}},
    {"resume during a run: what was missed cancels it",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "pause", "wait | unknown |"},
      {NULL, "change s", "wait | unknown |"},
      {NULL, "resume", "cancel | unknown |"},
      {NULL, "cancelled", "run all (s changed) asks a::x | unknown |"},
      {NULL, "resume", "wait | unknown |"}}},
    {"a full run by key while paused covers what was missed",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "pause", "wait | green |"},
      {NULL, "change s", "wait | partly |"},
      {NULL, "a", "run all (key) asks a::x | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "resume", "wait | green |"}}},
};

static void test_changes_during_runs(void **state)
{
    (void)state;
    RUN(changes, NULL);
}

static const struct script retirements[] = {
    {"a renamed test leaves with a notice, the others stay",
     "a::x a::z b::y",
     {{"a::renamed=p a::z=f b::y=f", "change a",
       "run red (a changed) a b asks a::z b::y a::renamed | red | a::x a::z b::y"},
      {NULL, "end", "wait | red | a::z b::y | a::x is gone: left the red set"}}},
    {"the last red test is renamed and fails on",
     "a::x",
     {{"a::renamed=f", "change a", "run red (a changed) a asks a::renamed | red | a::x"},
      {NULL, "end", "wait | red | a::renamed | a::x is gone: left the red set"}}},
    {"the last red test is deleted: full run",
     "a::x",
     {{"a::z=p", "change s", "run red (s changed) a s asks | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::z | partly | | a::x is gone: left the red set"},
      {NULL, "end", "wait | green |"}}},
    {"a deleted file takes its tests along",
     "a::x b::y",
     {{"b::y=f", "change a", "run red (a changed) a b asks b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | b::y | a::x is gone: left the red set"}}},
    {"a red test of a file that the run did not cover stays",
     "a::x b::y",
     {{"a::x=f b::y=f", "start", "run red (start) a b asks a::x b::y | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"},
      {"a::x=f", "s a::x", "run one (key) a asks a::x | red | a::x b::y"},
      {NULL, "end", "wait | red | a::x b::y"}}},
    {"a file that cannot be collected is red by its name, empties nothing, and leaves when it can",
     "a::x b::y",
     {{"a=c b::y=p", "change a", "run red (a changed) a b asks b::y | red | a::x b::y a"},
      {NULL, "end", "wait | red | a::x a"},
      {"a::x=f a::z=p b::y=p", "change a", "run red (a changed) a asks a::x a::z | red | a::x a"},
      {NULL, "end", "wait | red | a::x | a no longer fails to collect: left the red set"}}},
    {"a file that cannot be collected, found by a full run, then deleted",
     NULL,
     {{"a=c b::y=p", "start", "run all (start) asks b::y | unknown | a"},
      {NULL, "end", "wait | red | a"},
      {NULL, "change a", "run red (a changed) a asks | red | a"},
      {NULL, "end", "wait | red | a"},
      {"b::y=p", "change a", "run red (a changed) a asks | red | a"},
      {NULL, "end",
       "run all (the red set passed) asks b::y | partly | | a no longer fails to collect: left the red set"},
      {NULL, "end", "wait | green |"}}},
    {"a full run retires what it does not list, but nothing behind a broken conftest or package",
     "d/a::x e/b::y f::z",
     {{"d/conftest.py=c e/__init__.py=c", "a",
       "run all (key) asks | red | d/a::x e/b::y f::z d/conftest.py e/__init__.py"},
      {NULL, "end",
       "wait | red | d/a::x e/b::y d/conftest.py e/__init__.py | f::z is gone: left the red set"}}},
    {"the last red test is skipped: red until the full run confirms it",
     "a::x",
     {{"a::x=s b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | red | a::x"},
      {NULL, "end", "wait | green | | a::x is skipped: left the red set"}}},
    {"one is skipped, one still fails: both stay",
     "a::x a::z",
     {{"a::x=s a::z=f", "start", "run red (start) a asks a::x a::z | red | a::x a::z"},
      {NULL, "end", "wait | red | a::x a::z"}}},
    {"the last red test is deselected: never green",
     "a::x",
     {{"a::x=d b::y=p", "start", "run red (start) a asks | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks b::y | red | a::x"},
      {NULL, "end", "wait | red | a::x"}}},
};

static void test_retirements(void **state)
{
    (void)state;
    RUN(retirements, NULL);
}

static const struct script keys[] = {
    {"r with nothing red runs nothing, at rest and during a run",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "r", "wait | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "r", "wait | green |"}}},
    {"r at rest, during a red run and during a full run",
     "a::x",
     {{"a::x=f b::y=f", "r", "run red (key) a asks a::x | red | a::x"},
      {NULL, "r", "cancel | red | a::x"},
      {NULL, "r", "wait | red | a::x"},
      {NULL, "cancelled", "run red (key) a asks a::x | red | a::x"},
      {NULL, "end", "wait | red | a::x"},
      {NULL, "a", "run all (key) asks a::x b::y | red | a::x"},
      {NULL, "do b::y", "wait | red | a::x b::y"},
      {NULL, "r", "cancel | red | a::x b::y"},
      {NULL, "cancelled", "run red (key) a b asks a::x b::y | red | a::x b::y"}}},
    {"a during a run, during a cancel, and over a pending change",
     "a::x",
     {{"a::x=f", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "a", "cancel | red | a::x"},
      {NULL, "change s", "wait | red | a::x"},
      {NULL, "cancelled", "run all (key) asks a::x | red | a::x"},
      {NULL, "change s", "cancel | red | a::x"},
      {NULL, "a", "wait | red | a::x"},
      {NULL, "cancelled", "run all (key) asks a::x | red | a::x"}}},
    {"a full run by key on green keeps the green until something speaks against it",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "a", "run all (key) asks a::x | green |"},
      {NULL, "x", "cancel | green |"},
      {NULL, "cancelled", "wait | green |"},
      {"a::x=f", "a", "run all (key) asks a::x | green |"},
      {NULL, "end", "wait | red | a::x"}}},
    {"s never makes the loop green, and leaves a green one so",
     NULL,
     {{"a::x=f b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | red | a::x"},
      {"a::x=p b::y=p", "s a::x", "run one (key) a asks a::x | red | a::x"},
      {NULL, "end", "wait | partly |"},
      {NULL, "a", "run all (key) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "s b::y", "run one (key) b asks b::y | green |"},
      {NULL, "end", "wait | green |"}}},
    {"s during a run and during a cancel; a change during it starts the plan over",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "s a::x", "cancel | red | a::x"},
      {NULL, "s a::x", "wait | red | a::x"},
      {NULL, "cancelled", "run one (key) a asks a::x | red | a::x"},
      {NULL, "change b", "cancel | red | a::x"},
      {NULL, "cancelled", "run red (b changed) a b asks a::x b::y | red | a::x"}}},
    {"s of a test that is gone asks for nothing",
     "a::x",
     {{"a::z=p", "s a::x", "run one (key) a asks | red | a::x"},
      {NULL, "end", "wait | partly | | a::x is gone: left the red set"}}},
    {"x stops and waits for the next change, which runs what was not covered",
     "a::x",
     {{"a::x=f b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "change b", "cancel | red | a::x"},
      {NULL, "x", "wait | red | a::x"},
      {NULL, "cancelled", "wait | red | a::x"},
      {NULL, "x", "wait | red | a::x"},
      {NULL, "change s", "run red (s changed) a b s asks a::x b::y | red | a::x"},
      {NULL, "x", "cancel | red | a::x"},
      {NULL, "change t", "wait | red | a::x"},
      {NULL, "cancelled", "run red (t changed) a b s t asks a::x b::y | red | a::x"}}},
    {"x in a full run: it is still due",
     "a::x",
     {{"a::x=p b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "x", "cancel | partly |"},
      {NULL, "cancelled", "wait | partly |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
};

static void test_keys(void **state)
{
    (void)state;
    RUN(keys, NULL);
}

static const struct script broken[] = {
    {"a broken conftest: red, waits, and the full run is still due",
     NULL,
     {{"d/conftest.py=b", "start", "run all (start) asks | unknown | d/conftest.py"},
      {NULL, "end", "wait | red | d/conftest.py"},
      {NULL, "change s", "run all (s changed) asks | red | d/conftest.py"},
      {NULL, "end", "wait | red | d/conftest.py"},
      {"d/a::x=p", "change d/conftest.py",
       "run all (d/conftest.py changed) asks d/a::x | red | d/conftest.py"},
      {NULL, "end", "wait | green | | d/conftest.py no longer fails to collect: left the red set"}}},
    {"a conftest that breaks during a red run: the red set stays and runs again",
     "d/a::x",
     {{"d/conftest.py=b", "start", "run red (start) d/a asks | red | d/a::x d/conftest.py"},
      {NULL, "end", "wait | red | d/a::x d/conftest.py"},
      {"d/a::x=p", "change s",
       "run red (s changed) d/a d/conftest.py s asks d/a::x | red | d/a::x d/conftest.py"},
      {NULL, "end",
       "run all (the red set passed) asks d/a::x | partly | "
       "| d/conftest.py no longer fails to collect: left the red set"},
      {NULL, "end", "wait | green |"}}},
    {"the worker dies in a full run: no verdict, no restart",
     NULL,
     {{"a::x=p b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown |"},
      {NULL, "die", "wait | unknown |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "a", "run all (key) asks a::x b::y | green |"},
      {NULL, "die", "wait | unknown |"}}},
    {"a full run cut short by maxfail: red first, then all of it again",
     NULL,
     {{"a::x=f b::y=p", "start", "run all (start) asks a::x b::y | unknown |"},
      {NULL, "do a::x", "wait | unknown | a::x"},
      {NULL, "die", "wait | red | a::x"},
      {"a::x=p b::y=p", "change s", "run red (s changed) a s asks a::x | red | a::x"},
      {NULL, "end", "run all (the red set passed) asks a::x b::y | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"the red set passed, then the worker died: all is due",
     "a::x",
     {{"a::x=p b::y=p", "start", "run red (start) a asks a::x | red | a::x"},
      {NULL, "do a::x", "wait | red |"},
      {NULL, "die", "wait | unknown |"},
      {NULL, "r", "wait | unknown |"},
      {NULL, "change s", "run all (s changed) asks a::x b::y | unknown |"}}},
    {"one test and a dying worker: the verdict that was stands",
     NULL,
     {{"a::x=p", "start", "run all (start) asks a::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "s a::x", "run one (key) a asks a::x | green |"},
      {NULL, "die", "wait | green |"}}},
};

static void test_broken_runs(void **state)
{
    (void)state;
    RUN(broken, NULL);
}

static const struct script scoped[] = {
    {"what lies outside of the scope is neither run, waited for nor retired",
     "a::x b::y",
     {{"a::x=p", "start", "run red (start) a asks a::x | red | a::x b::y"},
      {NULL, "end", "run all (the red set passed) asks a::x | red | b::y"},
      {NULL, "end", "wait | red | b::y"}}},
    {"what cannot be collected always counts",
     "",
     {{"conftest.py=c", "start", "run all (start) asks | unknown | conftest.py"},
      {NULL, "end", "wait | red | conftest.py"},
      {"a::x=p", "change s", "run red (s changed) conftest.py s asks | red | conftest.py"},
      {NULL, "end",
       "run all (the red set passed) asks a::x | partly | | conftest.py no longer fails to collect: left the "
       "red set"},
      {NULL, "end", "wait | green |"}}},
};

static void test_scope(void **state)
{
    (void)state;
    RUN(scoped, "a");
    RUN(scoped, "a/");
    RUN(scoped, "c a::x");
}

static void test_scope_is_by_whole_names(void **state)
{
    (void)state;
    static const struct {
        const char *scope, *id, *group;
        bool in;
    } cases[] = {
        {NULL, "t/a.py::x", "t/a.py", true},
        {".", "t/a.py::x", "t/a.py", true},
        {"t", "t/a.py::x", "t/a.py", true},
        {"t/", "t/a.py::x", "t/a.py", true},
        {"t/a.py", "t/a.py::x", "t/a.py", true},
        {"t/a", "t/a.py::x", "t/a.py", false},
        {"t/a.py::x", "t/a.py::x[1]", "t/a.py", true},
        {"t/a.py::x", "t/a.py::xy", "t/a.py", false},
        {"t/a.py::T", "t/a.py::T::x", "t/a.py", true},
        {"u", "t/a.py::x", "t/a.py", false},
        {"u t", "t/a.py::x", "t/a.py", true},
        {"pkg", "Test.one", "pkg/one", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct loop loop;
        struct model model;
        loop_init(&loop);
        model_init(&model, 1024);
        words(&loop.scope, cases[i].scope);
        const struct test *test = model_recall(&model, cases[i].id, cases[i].group, OUTCOME_FAILED);
        if (loop_in_scope(&loop, test) != cases[i].in)
            fail_msg("%s in scope %s", cases[i].id, cases[i].scope);
        model_release(&model);
        loop_release(&loop);
    }
}

static void test_unknown_group_collects_everything(void **state)
{
    (void)state;
    struct loop loop;
    struct model model;
    struct strings files = {0};
    loop_init(&loop);
    model_init(&model, 1024);
    model_recall(&model, "a::x", "a", OUTCOME_FAILED);
    model_recall(&model, "TestSomewhere", NULL, OUTCOME_FAILED);
    struct loop_action action = loop_step(&loop, &model, &(struct loop_event){.kind = LOOP_START});
    assert_int_equal(action.run, RUN_RED);
    assert_false(loop_files(&loop, &model, &files));
    assert_int_equal(files.len, 0);
    strings_release(&files);
    model_release(&model);
    loop_release(&loop);
}

static void test_thousands_of_changed_files(void **state)
{
    (void)state;
    struct loop loop;
    struct model model;
    struct strings paths = {0}, files = {0};
    loop_init(&loop);
    model_init(&model, 1024);
    for (int i = 0; i < 20000; i++)
        strings_take(&paths, mem_printf("t/test_%d.py", i));
    model_recall(&model, "t/test_7.py::x", "t/test_7.py", OUTCOME_FAILED);
    const struct loop_event event = {.kind = LOOP_CHANGED, .paths = &paths};
    assert_int_equal(loop_step(&loop, &model, &event).kind, LOOP_RUN);
    assert_int_equal(loop_step(&loop, &model, &event).kind, LOOP_CANCEL);
    assert_int_equal(loop.changed.len, 20000);
    assert_true(loop_files(&loop, &model, &files));
    assert_int_equal(files.len, 20000);
    strings_release(&files);
    strings_release(&paths);
    model_release(&model);
    loop_release(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_red_and_green),
        cmocka_unit_test(test_changes_during_runs),
        cmocka_unit_test(test_retirements),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_broken_runs),
        cmocka_unit_test(test_scope),
        cmocka_unit_test(test_scope_is_by_whole_names),
        cmocka_unit_test(test_unknown_group_collects_everything),
        cmocka_unit_test(test_thousands_of_changed_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
