/* What a change can affect, and what it has broken before: learned from runs and kept, for the order of those
 * to come. */
#include "session/private.h"

static const char loads_fact[] = "loads", later_fact[] = "loads later", broke_fact[] = "broke";

/* What is learned of a team, on its way to the history. */
struct lesson {
    struct team *team;
    const char *kind, *subject;
};

static void learn_load(void *owner, const char *loaded)
{
    const struct lesson *lesson = owner;
    const struct history_fact fact = {lesson->team->recipe->name, lesson->kind, lesson->subject, loaded, 1};
    history_learn(lesson->team->session->history, &fact);
}

void session_learn_loads(struct team *team, const char *path, const char *how, const struct strings *loads)
{
    bool all = strcmp(how, "all") == 0, later = strcmp(how, "later") == 0;
    enum affects_how kind = all ? AFFECTS_ALL : later ? AFFECTS_LATER : AFFECTS_MORE;
    if (!affects_tell(&team->affects, path, kind, loads))
        return;
    struct lesson lesson = {team, later ? later_fact : loads_fact, path};
    const struct history_fact all_of_it = {team->recipe->name, loads_fact, path, NULL, 0};
    if (all)
        history_unlearn(team->session->history, &all_of_it);
    if (all)
        learn_load(&lesson, ""); /* that it is known, whatever it loads */
    affects_each(&team->affects, path, later, learn_load, &lesson);
    session_flush_soon(team->session);
}

static void keep_risk(void *owner, const struct risk *risk)
{
    struct team *team = owner;
    const struct history_fact fact = {team->recipe->name, broke_fact, risk->file,
                                      risk->test + strlen(team->prefix), risk->weight};
    if (risk->weight > 0)
        history_learn(team->session->history, &fact);
    else
        history_unlearn(team->session->history, &fact);
}

/* Whether the test passed until this run. A flaky one says nothing of what changed. */
static bool began_to_fail(const struct model *model, const struct test *test)
{
    bool passed = test->previous != OUTCOME_UNKNOWN && !outcome_is_red(test->previous);
    return test->state == TEST_DONE && test->run == model->run && passed && test->flaky == 0 &&
           outcome_is_red(test->outcome) && test->outcome != OUTCOME_NOT_RUN;
}

void session_learn_risks(struct session *session)
{
    const struct strings *changed = &session->loop_plan.since;
    for (size_t i = 0; changed->len > 0 && !session->model.loaded && i < session->team_count; i++) {
        struct team *team = &session->teams[i];
        struct strings tests = {0};
        const struct test *test;
        vec_each (test, &session->model.tests)
            if (test->team == team->number && began_to_fail(&session->model, test))
                strings_add(&tests, test->id);
        risks_learn(&team->risks, changed, &tests, keep_risk, team);
        strings_release(&tests);
    }
}

void session_recall_fact(struct team *team, const struct history_fact *fact)
{
    const struct strings one = {(char *[]){(char *)(uintptr_t)fact->object}, *fact->object != '\0', 1};
    bool later = strcmp(fact->kind, later_fact) == 0;
    if (strcmp(fact->kind, loads_fact) == 0 || later)
        affects_tell(&team->affects, fact->subject, later ? AFFECTS_LATER : AFFECTS_MORE, &one);
    if (strcmp(fact->kind, broke_fact) != 0)
        return;
    char *test = mem_printf("%s%s", team->prefix, fact->object);
    risks_recall(&team->risks, fact->subject, test, fact->value);
    free(test);
}

void session_facts_gather(const struct team *team, struct session_facts *to)
{
    const struct session *session = team->session;
    const struct strings *since = &session->loop_plan.since;
    *to = (struct session_facts){0};
    bool known = since->len > 0 && affects_find(&team->affects, since, &to->affected);
    risks_rank(&team->risks, since, &to->risky);
    to->schedule = (struct schedule_facts){
        .changed = &session->covered,
        .setups = &team->setups,
        .affected = known ? &to->affected : NULL,
        .risky = &to->risky,
    };
}

void session_facts_count(struct team *team, const struct session_facts *facts)
{
    struct session *session = team->session;
    const struct test *test;
    vec_each (test, &session->model.tests) {
        bool asked = test->state == TEST_ASKED && test->team == team->number;
        bool risky = map_get(&facts->risky, bytes_of(test->id)) != MAP_NONE;
        bool affected =
            facts->schedule.affected != NULL && map_get(&facts->affected, bytes_of(test->group)) != MAP_NONE;
        session->risky += asked && risky;
        session->affected += asked && affected && !risky;
    }
}

void session_facts_release(struct session_facts *facts)
{
    map_release(&facts->affected);
    map_release(&facts->risky);
}
