/* The past of a test, as the history has it. */
#include "session_private.h"

static const char *run_of(const char *kind)
{
    static const char *const words[][2] = {
        {"all", "all tests"}, {"red", "red and changed tests"}, {"one", "this test"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], kind) == 0)
            return words[i][1];
    return "";
}

static bool take(void *owner, const struct history_past *result)
{
    struct past *past = owner;
    const struct past_result taken = {.outcome = outcome_parse(result->outcome),
                                      .run = run_of(result->run),
                                      .time_ns = result->time_ns,
                                      .duration_ns = result->duration_ns};
    vec_push(&past->results, taken);
    return true;
}

void session_history(struct session *session, size_t test, struct past *past)
{
    *past = (struct past){0};
    history_results(session->history, session->model.tests.items[test].id, PAST_RESULTS, take, past);
}
