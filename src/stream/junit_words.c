#include "stream/junit_words.h"

static bool is_one_of(struct bytes text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (bytes_is(text, *words))
            return true;
    return false;
}

enum event_status junit_status(struct bytes status, struct bytes result)
{
    static const char *const fails[] = {"fail", "failed", "failure", "error", NULL};
    static const char *const skips[] = {"notrun", "disabled", "skipped", "ignored", "suppressed", NULL};
    if (is_one_of(status, fails) || is_one_of(result, fails))
        return EVENT_FAIL;
    if (is_one_of(status, skips) || is_one_of(result, skips))
        return EVENT_SKIP;
    return bytes_is(status, event_status_name(EVENT_UXSUCCESS)) ? EVENT_UXSUCCESS : EVENT_SUCCESS;
}

const char *junit_tag(struct bytes message, struct bytes type)
{
    static const struct {
        const char *start, *type, *tag;
    } known[] = {
        {"failed on setup", NULL, TAG_ERROR},
        {"failed on teardown", NULL, TAG_ERROR},
        {"test setup failure", NULL, TAG_ERROR},
        {"test teardown failure", NULL, TAG_ERROR},
        {"error in setup or teardown", NULL, TAG_ERROR},
        {"collection failure", NULL, TAG_COLLECTION},
        {NULL, "setup", TAG_ERROR},
        {NULL, "collection", TAG_COLLECTION},
        {NULL, "crash", TAG_CRASH},
        {NULL, "timeout", TAG_TIMEOUT},
        {NULL, "not-run", TAG_NOT_RUN},
        {NULL, "interrupted", TAG_INTERRUPTED},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].start != NULL ? message.data != NULL && bytes_starts(message, known[i].start)
                                   : bytes_is(type, known[i].type))
            return known[i].tag;
    return NULL;
}

bool junit_not_run(struct bytes message)
{
    static const char *const known[] = {"Unable to find", "Required Files Missing",
                                        "Fixture dependency failed", "Failed to start"};
    for (size_t i = 0; message.data != NULL && i < sizeof known / sizeof *known; i++)
        if (bytes_starts(message, known[i]))
            return true;
    return false;
}

enum junit_part junit_part(const char *name)
{
    static const struct {
        const char *name;
        enum junit_part part;
    } parts[] = {
        {"failure", PART_FAILURE},    {"error", PART_FAILURE},    {"skipped", PART_SKIPPED},
        {"rerunFailure", PART_RERUN}, {"rerunError", PART_RERUN}, {"flakyFailure", PART_RERUN},
        {"flakyError", PART_RERUN},   {"system-out", PART_OUT},   {"system-err", PART_ERR},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(name, parts[i].name) == 0)
            return parts[i].part;
    return PART_NONE;
}
