#include "plan/model.h"

#include "plan/flaky.h"
#include "plan/parts.h"
#include "plan/setups.h"

#define ARRIVAL_SLACK_NS INT64_C(1000000000) /* of what ran before its first event came */
#define CPU_MAX_US INT64_C(100000000000000)  /* three years on one processor */

void model_init(struct model *model, size_t clip_limit)
{
    *model = (struct model){.clip_limit = clip_limit};
}

static void drop_partial(struct test *test)
{
    result_free(test->partial);
    test->partial = NULL;
}

void model_release(struct model *model)
{
    struct test *test;
    vec_each (test, &model->tests) {
        free(test->id);
        result_free(test->result);
        result_free(test->partial);
    }
    vec_release(&model->tests);
    map_release(&model->by_id);
    strings_release(&model->groups);
    map_release(&model->by_group);
    vec_release(&model->listing);
    vec_release(&model->suspects);
    *model = (struct model){.clip_limit = model->clip_limit};
}

size_t model_find(const struct model *model, struct bytes id)
{
    return map_get(&model->by_id, id);
}

/* The model's only copy of the group's name, so that 100,000 tests do not hold as many. */
static const char *intern(struct model *model, struct bytes group)
{
    if (group.data == NULL || group.len == 0)
        return "";
    size_t at = map_get(&model->by_group, group);
    if (at != MAP_NONE)
        return model->groups.items[at];
    char *copy = bytes_dup(group);
    strings_take(&model->groups, copy);
    map_put(&model->by_group, (struct bytes){copy, group.len}, model->groups.len - 1);
    return copy;
}

size_t model_add(struct model *model, struct bytes id, struct bytes group)
{
    size_t at = model_find(model, id);
    if (at == MAP_NONE) {
        at = model->tests.len;
        struct test made = {.id = bytes_dup(id), .group = ""};
        vec_push(&model->tests, made);
        map_put(&model->by_id, (struct bytes){made.id, id.len}, at);
        model->generation++;
    }
    if (group.len > 0)
        model->tests.items[at].group = intern(model, group);
    return at;
}

void model_set_red(struct model *model, size_t at, bool red)
{
    struct test *test = &model->tests.items[at];
    if (test->red == red)
        return;
    test->red = red;
    if (red)
        model->red++;
    else
        model->red--;
    if (!red)
        test->red_runs = 0;
    model->generation++;
}

struct test *model_recall(struct model *model, const char *id, const char *group, enum outcome outcome)
{
    size_t at = model_add(model, bytes_of(id), bytes_of(group));
    struct test *test = &model->tests.items[at];
    test->outcome = test->previous = outcome;
    test->runnable = outcome != OUTCOME_COLLECTION;
    model_set_red(model, at, outcome_is_red(outcome));
    return test;
}

void model_begin(struct model *model, unsigned serial)
{
    struct test *test;
    vec_each (test, &model->tests) {
        test->state = TEST_IDLE;
        test->alone = false;
        test->again = false;
        test->retries = 0;
        drop_partial(test);
    }
    model->listing.len = 0;
    model->run = serial;
    model->loaded = false;
    model->heard_ns = 0;
    flaky_begin(model);
    model->damage = 0;
    model->asked = model->done = model->leaks = model->left_known = 0;
    model->left_ns = 0;
    memset(model->counts, 0, sizeof model->counts);
    model->generation++;
}

static void ask(struct model *model, const struct test *test)
{
    model->asked++;
    model->left_ns += test->usual_ns;
    model->left_known += test->usual_ns > 0;
}

void model_ask(struct model *model, size_t at)
{
    struct test *test = &model->tests.items[at];
    if (test->state != TEST_IDLE && test->state != TEST_LISTED)
        return;
    test->state = TEST_ASKED;
    ask(model, test);
    model->generation++;
}

void model_unask(struct model *model, size_t at)
{
    struct test *test = &model->tests.items[at];
    if (test->state != TEST_ASKED)
        return;
    test->state = TEST_LISTED;
    model->asked--;
    model->left_ns -= test->usual_ns;
    model->left_known -= test->usual_ns > 0;
    model->generation++;
}

void model_end(struct model *model)
{
    struct test *test;
    vec_each (test, &model->tests) {
        if (test->state == TEST_RUNNING)
            test->state = TEST_ASKED;
        drop_partial(test);
    }
    model->generation++;
}

/* A collector's failure carries no group: it is named by its file, perhaps by a class inside of it. */
static struct bytes group_of(const struct event *event)
{
    struct bytes group = event_tag_value(event, TAG_GROUP);
    if (group.data != NULL || !event_has_tag(event, TAG_COLLECTION))
        return group;
    const char *inside = memmem(event->test_id.data, event->test_id.len, "::", 2);
    size_t len = inside != NULL ? (size_t)(inside - event->test_id.data) : event->test_id.len;
    return (struct bytes){event->test_id.data, len};
}

static void list(struct model *model, const struct event *event)
{
    size_t at = model_add(model, event->test_id, group_of(event));
    struct test *test = &model->tests.items[at];
    vec_push(&model->listing, at);
    test->runnable = event->runnable;
    test->unknown = false;
    test->deselected = event_has_tag(event, TAG_DESELECTED);
    test->gone = false;
    if (test->state == TEST_IDLE)
        test->state = TEST_LISTED;
    model->generation++;
}

/* When something happened, and by whose clock. */
struct moment {
    int64_t time_ns, now_ns; /* as told, by our own */
    uint64_t clock;          /* of time_ns: of the route that told it; 0 it is our own */
};

static struct moment moment_of(struct model *model, const struct event *event, int64_t now_ns)
{
    if (model->heard_ns == 0)
        model->heard_ns = now_ns;
    struct moment moment = {now_ns, now_ns, 0};
    if (event->has_time) {
        moment.time_ns = event->time_ns;
        moment.clock = hash_bytes(event->route) | 1;
    }
    return moment;
}

static void start_clock(struct test *test, const struct moment *moment)
{
    test->started_ns = moment->time_ns;
    test->heard_ns = moment->now_ns;
    test->clock = moment->clock;
}

/* The first sign of an execution. A later one of the same id (listed twice) changes nothing: one
 * test is done once a run. */
static void start(struct model *model, struct test *test, const struct moment *moment)
{
    if (test->state == TEST_RUNNING || test->state == TEST_DONE)
        return;
    if (test->state != TEST_ASKED)
        ask(model, test);
    test->state = TEST_RUNNING;
    start_clock(test, moment);
    test->leaked = test->gone = false;
    model->generation++;
}

static void attach(struct model *model, struct test *test, const struct event *event)
{
    bool late = test->state == TEST_DONE && outcome_is_red(test->outcome) && !test->again;
    struct result **to = late ? &test->result : &test->partial;
    if (*to == NULL)
        *to = mem_zero(sizeof **to);
    result_add(*to, event, model->clip_limit);
    model->generation++;
}

static enum outcome outcome_of(const struct event *event)
{
    static const struct {
        const char *tag;
        enum outcome outcome;
    } failures[] = {
        {TAG_CRASH, OUTCOME_CRASHED},         {TAG_TIMEOUT, OUTCOME_TIMEOUT}, {TAG_NOT_RUN, OUTCOME_NOT_RUN},
        {TAG_COLLECTION, OUTCOME_COLLECTION}, {TAG_ERROR, OUTCOME_ERROR},
    };
    switch (event->status) {
    case EVENT_SUCCESS:
        return event_has_tag(event, TAG_FLAKY) ? OUTCOME_FLAKY : OUTCOME_PASSED;
    case EVENT_SKIP:
        return OUTCOME_SKIPPED;
    case EVENT_XFAIL:
        return OUTCOME_XFAILED;
    case EVENT_UXSUCCESS:
        return OUTCOME_XPASSED;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (event_has_tag(event, failures[i].tag))
            return failures[i].outcome;
    return OUTCOME_FAILED;
}

/* Which of two outcomes of one test in one run stands: "not run" says less than any failure. */
static int severity(enum outcome outcome)
{
    return outcome == OUTCOME_NOT_RUN ? 2 * OUTCOME_FAILED - 1 : 2 * (int)outcome;
}

static void take_result(struct test *test)
{
    test->recalled_ns = 0;
    result_free(test->result);
    test->result = test->partial;
    test->partial = NULL;
    bool reason = test->outcome == OUTCOME_SKIPPED || test->outcome == OUTCOME_XFAILED;
    if (test->result == NULL || outcome_is_red(test->outcome) || test->outcome == OUTCOME_FLAKY)
        return;
    if (reason && result_keep_only(test->result, "reason"))
        return;
    result_free(test->result);
    test->result = NULL;
}

/* In ns, 0 where nothing (credible) is said. */
static int64_t cpu_of(const struct event *event)
{
    struct bytes value = event_tag_value(event, TAG_CPU);
    int64_t us = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '9' || us > CPU_MAX_US)
            return 0;
        us = us * 10 + (value.data[i] - '0');
    }
    return us * 1000;
}

/* How long the test took that now ends; 0: nothing credible is said of it. */
static int64_t duration_of(const struct model *model, const struct test *test, const struct event *event,
                           const struct moment *end)
{
    int64_t told_ns = end->clock == test->clock ? end->time_ns - test->started_ns : -1;
    int64_t most_ns = model->loaded ? INT64_MAX : end->now_ns - model->heard_ns + ARRIVAL_SLACK_NS;
    int64_t waited_ns = model->loaded ? 0 : end->now_ns - test->heard_ns;
    if (event->duration_ns > 0)
        return event->duration_ns;
    if (told_ns >= 0 && told_ns <= most_ns)
        return told_ns;
    return waited_ns > 0 ? waited_ns : 0; /* a clock set back says nothing */
}

static void take_time(struct model *model, struct test *test, const struct event *event,
                      const struct moment *end)
{
    const struct setup_told told = setup_read(event);
    test->cpu_ns = cpu_of(event);
    test->duration_ns = duration_of(model, test, event, end);
    test->setup_ns = setup_sum(&told);
    int64_t own_ns = test->duration_ns - test->setup_ns;
    own_ns = own_ns > 0 ? own_ns : 1;
    bool whole = !model->loaded && !(test->alone && test->runnable);
    if (whole && test->outcome < OUTCOME_COLLECTION && test->duration_ns > 0)
        test->usual_ns = test->usual_ns > 0 ? (3 * test->usual_ns + own_ns) / 4 : own_ns;
}

static void recolour(struct model *model, size_t at, bool first)
{
    struct test *test = &model->tests.items[at];
    if (outcome_is_red(test->outcome)) {
        model_set_red(model, at, true);
        if (first || test->red_runs == 0)
            test->red_runs++;
    } else if (test->outcome != OUTCOME_SKIPPED && !parts_left_red(model, test)) {
        model_set_red(model, at, false);
    }
}

void model_again(struct model *model, size_t at)
{
    const struct test *whole = &model->tests.items[at];
    size_t len = strlen(whole->id);
    struct test *test;
    vec_each (test, &model->tests) {
        bool part = !test->runnable && test->team == whole->team && strncmp(test->id, whole->id, len) == 0 &&
                    strchr("/ :.[", test->id[len]) != NULL;
        if ((test == whole || part) && test->state == TEST_DONE && outcome_is_red(test->outcome))
            test->again = true;
    }
}

/* The outcome of one that was run again. What a flaky one leaves behind is how it failed. */
static size_t finish_again(struct model *model, size_t at, const struct event *event,
                           const struct moment *moment)
{
    struct test *test = &model->tests.items[at];
    enum outcome outcome = outcome_of(event);
    bool passed = outcome == OUTCOME_PASSED || outcome == OUTCOME_XFAILED || outcome == OUTCOME_XPASSED;
    test->again = false;
    model->counts[test->outcome]--;
    if (passed || (outcome_is_red(outcome) && outcome != OUTCOME_NOT_RUN)) {
        test->outcome = passed ? OUTCOME_FLAKY : outcome;
        take_time(model, test, event, moment);
    }
    model->counts[test->outcome]++;
    if (!passed && test->partial != NULL && test->outcome == outcome)
        take_result(test);
    drop_partial(test);
    if (passed)
        test->flaky = FLAKY_PASSES;
    test->fragile |= outcome == OUTCOME_CRASHED || outcome == OUTCOME_TIMEOUT;
    recolour(model, at, false);
    model->generation++;
    return at;
}

static size_t finish(struct model *model, size_t at, const struct event *event, const struct moment *moment)
{
    struct test *test = &model->tests.items[at];
    enum outcome outcome = outcome_of(event);
    bool first = test->state != TEST_DONE;
    if (test->again)
        return finish_again(model, at, event, moment);
    if (!first && severity(outcome) <= severity(test->outcome)) {
        drop_partial(test);
        return MAP_NONE;
    }
    if (first) {
        start(model, test, moment);
        test->previous = test->outcome;
        model->done++;
        model->left_ns -= test->usual_ns;
        model->left_known -= test->usual_ns > 0;
    } else {
        model->counts[test->outcome]--;
    }
    test->outcome = outcome;
    model->counts[outcome]++;
    if (first)
        take_time(model, test, event, moment);
    if (first || test->partial != NULL)
        take_result(test);
    test->state = TEST_DONE;
    test->run = model->run;
    test->fragile |= !model->loaded && (outcome == OUTCOME_CRASHED || outcome == OUTCOME_TIMEOUT);
    flaky_judge(model, at, first);
    recolour(model, at, first);
    model->generation++;
    return at;
}

static void note_leak(struct model *model, struct test *test)
{
    if (test->leaked)
        return;
    test->leaked = true;
    model->leaks++;
    model->generation++;
}

static void interrupt(struct model *model, struct test *test)
{
    if (test->state == TEST_RUNNING)
        test->state = TEST_ASKED;
    drop_partial(test);
    model->generation++;
}

/* Whether the event says anything about the test that the model keeps. */
static bool tells(const struct event *event)
{
    return event->status != EVENT_NONE || event->file_name.data != NULL || event_has_tag(event, TAG_LEAK) ||
           event_has_tag(event, TAG_INTERRUPTED);
}

size_t model_apply(struct model *model, const struct event *event, int64_t now_ns)
{
    if (event->test_id.data == NULL || !tells(event))
        return MAP_NONE;
    if (event->status == EVENT_EXISTS) {
        list(model, event);
        return MAP_NONE;
    }
    size_t at = model_add(model, event->test_id, group_of(event));
    struct test *test = &model->tests.items[at];
    struct moment moment = moment_of(model, event, now_ns);
    test->runnable |= event->runnable;
    if (event->status == EVENT_INPROGRESS || event->file_name.data != NULL)
        start(model, test, &moment);
    if (event->status == EVENT_INPROGRESS && test->again)
        start_clock(test, &moment);
    if (event->file_name.data != NULL)
        attach(model, test, event);
    if (event_is_final(event))
        at = finish(model, at, event, &moment);
    if (event_has_tag(event, TAG_LEAK))
        note_leak(model, test);
    if (event_has_tag(event, TAG_INTERRUPTED))
        interrupt(model, test);
    return event_is_final(event) ? at : MAP_NONE;
}
