/* What is learned from runs beside the outcomes of tests, and kept: what is set up for several tests. */
#include "session/private.h"

static const char *const setup_facts[SETUP_KINDS] = {
    [SETUP_BOX] = "setup of box", [SETUP_FILE] = "setup of file", [SETUP_CLASS] = "setup of class"};

/* The history does not know the team's prefix, which ids begin with. */
static void learn_setup(struct team *team, enum setup_kind kind, struct bytes place, int64_t ns)
{
    int64_t known_ns = setups_learn(&team->setups, kind, place, ns);
    if (known_ns < 0)
        return;
    char *subject = bytes_dup(place);
    const char *own = kind == SETUP_CLASS ? subject + strlen(team->prefix) : subject;
    const struct history_fact fact = {
        .recipe = team->recipe->name, .kind = setup_facts[kind], .subject = own, .value = known_ns};
    history_learn(team->session->history, &fact);
    free(subject);
}

int64_t session_usual(const struct session *session, const struct test *test)
{
    const struct setups *setups = &session->teams[test->team].setups;
    struct bytes group = bytes_of(test->group);
    if (test->usual_ns == 0)
        return 0;
    return test->usual_ns + setups_find(setups, SETUP_BOX, group) + setups_find(setups, SETUP_FILE, group) +
           setups_find(setups, SETUP_CLASS, setups_class_place(test->id));
}

void session_learn_test(struct team *team, const struct event *event, const struct test *test)
{
    const struct setup_told told = setup_read(event);
    schedule_learn(&team->schedule, test->duration_ns - test->setup_ns);
    learn_setup(team, SETUP_BOX, bytes_of(test->group), told.ns[SETUP_BOX]);
    learn_setup(team, SETUP_FILE, bytes_of(test->group), told.ns[SETUP_FILE]);
    learn_setup(team, SETUP_CLASS, setups_class_place(test->id), told.ns[SETUP_CLASS]);
}

static void recall_setup(struct team *team, enum setup_kind kind, const struct history_fact *fact)
{
    char *place = mem_printf("%s%s", kind == SETUP_CLASS ? team->prefix : "", fact->subject);
    setups_recall(&team->setups, kind, place, fact->value);
    free(place);
}

/* What is known of other recipes waits, as with their tests. */
static bool recall(void *owner, const struct history_fact *fact)
{
    struct session *session = owner;
    for (size_t i = 0; i < session->team_count; i++) {
        struct team *team = &session->teams[i];
        if (strcmp(team->recipe->name, fact->recipe) != 0)
            continue;
        session_recall_fact(team, fact);
        for (enum setup_kind kind = SETUP_BOX; kind < SETUP_KINDS; kind++)
            if (strcmp(fact->kind, setup_facts[kind]) == 0)
                recall_setup(team, kind, fact);
    }
    return true;
}

void session_learned_recall(struct session *session)
{
    history_facts(session->history, recall, session);
}
