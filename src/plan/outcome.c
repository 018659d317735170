#include "plan/model.h"

static const struct {
    const char *name;    /* in the history, never changes */
    const char *label;   /* heading of a failure */
    const char *counted; /* behind a number */
} words[OUTCOME_COUNT] = {
    [OUTCOME_UNKNOWN] = {"unknown", "?", "unknown"},
    [OUTCOME_PASSED] = {"passed", "ok", "passed"},
    [OUTCOME_SKIPPED] = {"skipped", "SKIP", "skipped"},
    [OUTCOME_XFAILED] = {"xfailed", "XFAIL", "xfailed"},
    [OUTCOME_XPASSED] = {"xpassed", "XPASS", "xpassed"},
    [OUTCOME_FLAKY] = {"flaky", "FLAKY", "flaky"},
    [OUTCOME_FAILED] = {"failed", "FAIL", "failed"},
    [OUTCOME_ERROR] = {"error", "ERROR", "errors"},
    [OUTCOME_COLLECTION] = {"collection", "COLLECT", "not collected"},
    [OUTCOME_CRASHED] = {"crashed", "CRASH", "crashed"},
    [OUTCOME_TIMEOUT] = {"timeout", "TIMEOUT", "timed out"},
    [OUTCOME_NOT_RUN] = {"not-run", "NOT RUN", "not run"},
};

bool outcome_is_red(enum outcome outcome)
{
    return outcome >= OUTCOME_FAILED;
}

const char *outcome_label(enum outcome outcome)
{
    return words[outcome].label;
}

const char *outcome_counted(enum outcome outcome)
{
    return words[outcome].counted;
}

const char *outcome_name(enum outcome outcome)
{
    return words[outcome].name;
}

enum outcome outcome_parse(const char *name)
{
    if (name == NULL)
        return OUTCOME_UNKNOWN;
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (strcmp(words[i].name, name) == 0)
            return (enum outcome)i;
    return OUTCOME_UNKNOWN;
}
