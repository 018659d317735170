#include "command/bisect.h"

#include "command/command.h"
#include "trace/clean.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#define CHECKS 3
#define CHECKS_MAX 1000

static void help(void)
{
    printf(
        "Usage: aloof bisect [--checks N] [--json] TEST [OPTION...]\n"
        "       aloof bisect --commits GOOD..BAD [--json] TEST [OPTION...]\n\n"
        "Finds which tests before it make TEST fail, though it passes alone; or the first commit at which "
        "it fails.\n"
        "TEST is an id, or a part of one. Nothing of it goes into the red set or the history.\n\n"
        "  --commits GOOD..BAD  the commit, in a temporary work tree; yours stays as it is\n"
        "  --checks N           how often what is found must give the same answer (%d)\n"
        "  --json               the result as an object\n"
        "  -h, --help           this text\n\n"
        "The other options are those of aloof; see aloof --help.\n"
        "Exit codes: 0 found, 1 it fails alone (or at GOOD) too, 2 interrupted, 3 the tests cannot be run, "
        "4 usage\n"
        "error, 5 no such test, 6 it does not fail, 7 it is flaky, 8 what is left cannot be run.\n",
        CHECKS);
}

static int set_checks(struct bisect_request *request, const char *value, struct error *error)
{
    char *end;
    unsigned long count = strtoul(value, &end, 10);
    if (*end != '\0' || end == value || count < 1 || count > CHECKS_MAX)
        return error_set(error, -EINVAL, "bisect: --checks %s: expected a number from 1 to %d", value,
                         CHECKS_MAX);
    request->checks = (unsigned)count;
    return 0;
}

/* Takes what is the command's own; the rest, which is aloof's, is appended to `rest`. 1: help is wanted. */
static int take_own(struct bisect_request *request, int argc, char *argv[], struct strings *rest,
                    struct error *error)
{
    int bad = 0;
    bool ours = true; /* what stands behind -- is not */
    for (int i = 0; bad == 0 && i < argc; i++) {
        const char *value = NULL;
        ours = ours && strcmp(argv[i], "--") != 0;
        if (ours && (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0))
            return 1;
        if (ours && strcmp(argv[i], "--json") == 0)
            request->json = true;
        else if (ours && (value = project_value("--commits", argc, argv, &i)) != NULL)
            request->commits = value;
        else if (ours && (value = project_value("--checks", argc, argv, &i)) != NULL)
            bad = set_checks(request, value, error);
        else
            strings_add(rest, argv[i]);
    }
    return bad;
}

struct bisect_answer bisect_probe(struct probe *probe, const struct strings *ids, const char *test)
{
    uint64_t began = uv_hrtime();
    struct bisect_answer answer = {.end = probe_run(probe, ids)};
    const struct model *model = probe_model(probe);
    size_t at = model_find(model, bytes_of(test));
    answer.seconds = (double)(uv_hrtime() - began) / 1e9;
    if (at == MAP_NONE || model->tests.items[at].state != TEST_DONE)
        return answer;
    enum outcome outcome = model->tests.items[at].outcome;
    answer.ran = outcome != OUTCOME_NOT_RUN;
    answer.failed = outcome_is_red(outcome);
    answer.skipped = outcome == OUTCOME_SKIPPED;
    if (answer.ran && answer.end == PROBE_BROKEN)
        answer.end = PROBE_RAN;
    return answer;
}

const char *bisect_word(const struct bisect_answer *answer)
{
    return !answer->ran      ? "did not run"
           : answer->failed  ? "fails"
           : answer->skipped ? "is skipped"
                             : "passes";
}

static void put(FILE *to, const char *text)
{
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    fputs(buf_str(&clean), to);
    fflush(to);
    buf_release(&clean);
}

void bisect_say(const struct bisect_request *request, const char *format, ...)
{
    char *text = NULL;
    va_list values;
    va_start(values, format);
    if (vasprintf(&text, format, values) < 0)
        abort();
    va_end(values);
    put(request->json ? stderr : stdout, text);
    free(text);
}

void bisect_print(const struct bisect_request *request, const char *text, json_t *take_object)
{
    if (request->json) {
        char *dump = json_dumps(take_object, JSON_INDENT(2));
        printf("%s\n", dump);
        free(dump);
    } else {
        put(stdout, text);
    }
    json_decref(take_object);
}

int bisect_broken(const struct probe *probe, enum probe_end end, const char *test, struct error *error)
{
    if (end == PROBE_INTERRUPTED)
        return BISECT_EXIT_INTERRUPTED;
    if (end == PROBE_BROKEN)
        error_set(error, -EIO, "the tests cannot be run: %s", probe_why(probe));
    else
        error_set(error, -EIO, "%s was asked for, and did not run", test);
    return BISECT_EXIT_BROKEN;
}

json_t *bisect_strings(const struct strings *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

int command_bisect(int argc, char *argv[])
{
    struct bisect_request request = {.checks = CHECKS};
    struct strings rest = {0};
    struct error error = {0};
    int code = BISECT_EXIT_USAGE;
    int bad = take_own(&request, argc, argv, &rest, &error);
    if (bad == 0)
        bad = project_find(&request.project, (int)rest.len, (const char *const *)rest.items, &error);
    if (bad == 0)
        bad = project_take_test(&request.project, "bisect", &rest, &request.test, &request.options, &error);
    if (bad == 1) {
        help();
        code = 0;
    } else if (bad == 0) {
        code = request.commits != NULL ? bisect_commits(&request, &error) : bisect_tests(&request, &error);
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    project_release(&request.project);
    strings_release(&request.options);
    strings_release(&rest);
    return code;
}
