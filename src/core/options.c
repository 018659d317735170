#include "core/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define AT(field) offsetof(struct settings, field)

static const struct option table[] = {
    {"once", 0, NULL, OPTION_FLAG, NULL, NULL, 0, AT(once), "run once, then exit with pytest's exit code"},
    {"plain", 0, "ui.plain", OPTION_FLAG, "true|false", NULL, 0, AT(plain),
     "the loop as lines and single keys, for screen readers and terminals without a cursor"},
    {"boxes", 'n', "boxes", OPTION_BOXES, "N|auto", NULL, 1, AT(boxes),
     "boxes that run at once (auto: one a processor)"},
    {"box", 0, "box", OPTION_CHOICE, "MODE", "auto|test|group", 0, AT(box),
     "what shares a box: test (one each), group (a file), auto (files, small ones together; alone after a "
     "crash or hang)"},
    {"boxed", 0, NULL, OPTION_FLAG, NULL, NULL, 0, AT(boxed), "the same as --box=test"},
    {"exitfirst", 'x', NULL, OPTION_FLAG, NULL, NULL, 0, AT(exitfirst), "stop a run at its first failure"},
    {"maxfail", 0, "maxfail", OPTION_COUNT, "N", NULL, 0, AT(maxfail),
     "stop a run after N failures (0: as pytest's own options say)"},
    {"retries", 0, "retries", OPTION_COUNT, "N", NULL, 0, AT(retries),
     "run a test that fails up to N times again: one that then passes is flaky, which is told"},
    {"timeout", 0, "timeout", OPTION_SECONDS, "SECONDS", NULL, 0, AT(timeout_ms),
     "deadline of each test (0: none); then a stack dump, then it is killed"},
    {NULL, 0, "grace", OPTION_SECONDS, "SECONDS", NULL, 0, AT(grace_ms), "from the stack dump to the kill"},
    {NULL, 'k', NULL, OPTION_TEXT, "EXPRESSION", NULL, 0, AT(keyword),
     "only tests that match, as pytest's -k"},
    {NULL, 'm', NULL, OPTION_TEXT, "EXPRESSION", NULL, 0, AT(marker),
     "only tests with these marks, as pytest's -m"},
    {"include", 0, NULL, OPTION_LIST, "REGEX", NULL, 0, AT(include),
     "only tests in whose ids it is found; of several, any"},
    {"exclude", 0, NULL, OPTION_LIST, "REGEX", NULL, 0, AT(exclude),
     "without tests in whose ids it is found"},
    {"load-list", 0, NULL, OPTION_TEXT, "FILE|-", NULL, 0, AT(load_list),
     "with --once: only the tests of a list, an id a line, in its order"},
    {"exclude-list", 0, NULL, OPTION_TEXT, "FILE|-", NULL, 0, AT(exclude_list),
     "without the tests of a list"},
    {"failing", 0, NULL, OPTION_FLAG, NULL, NULL, 0, AT(failing),
     "with --once: only the red tests, and nothing after them"},
    {"shard", 0, NULL, OPTION_TEXT, "I/N", NULL, 0, AT(shard),
     "with --once: one of N parts of the tests that take about the same time, by what was learned"},
    {"order", 0, NULL, OPTION_TEXT, "failed-first|slowest-first|fastest-first|random[:SEED]|given", NULL, 0,
     AT(order), "in which order tests run (given: of the list, or else the runner's)"},
    {"serial", 0, NULL, OPTION_FLAG, NULL, NULL, 0, AT(serial),
     "all tests in one box, one process, in the runner's order or that of --order"},
    {"repeat", 0, NULL, OPTION_COUNT, "N", NULL, 1, AT(repeat),
     "with --once: run N rounds, and count what fails in which; with -x up to the first that fails"},
    {"until-failure", 0, NULL, OPTION_FLAG, NULL, NULL, 0, AT(until_failure),
     "with --once: round after round until one fails (with --repeat at most N)"},
    {"partial", 0, NULL, OPTION_FLAG, NULL, NULL, 0, AT(partial),
     "no test leaves the red set for not being found in this run"},
    {"subunit", 0, NULL, OPTION_TEXT, "FILE|-", NULL, 0, AT(subunit), "write the run as a subunit v2 stream"},
    {"junit", 0, NULL, OPTION_TEXT, "FILE", NULL, 0, AT(junit), "write the run as JUnit XML"},
    {"locations", 0, "report.locations", OPTION_TEXT, "FILE", NULL, 0, AT(locations),
     "keep a file of where the red tests fail, for editors (path:line:column: message)"},
    {"recipe", 0, "recipe", OPTION_NAMES, "NAME[,NAME]", NULL, 0, AT(recipes),
     "how the tests are run, several side by side (else: the first that fits the project); see "
     "aloof-recipes(5)"},
    {"python", 0, "python", OPTION_TEXT, "PATH", NULL, 0, AT(python),
     "the interpreter (else: active virtualenv, .venv or venv here, python3)"},
    {"environment", 0, "environment", OPTION_TEXT, "NAME", NULL, 0, AT(environment),
     "keep outcomes and red tests apart from those of other environments (else: $TOX_ENV_NAME)"},
    {"color", 0, "color", OPTION_CHOICE, "WHEN", "auto|always|never", 0, AT(color), "use colours"},
    {"notify", 0, "notify.how", OPTION_CHOICE, "HOW", "none|bell|terminal|command", 0, AT(notify),
     "tell when red becomes green or green red: bell, the terminal's notification, or notify.command"},
    {NULL, 0, "notify.command", OPTION_TEXT, "COMMAND", NULL, 0, AT(notify_command),
     "what notifies: a template with {title} {body}"},
    {NULL, 0, "terminal.title", OPTION_FLAG, "true|false", NULL, 0, AT(title),
     "show the verdict in the terminal's title"},
    {NULL, 0, "editor.command", OPTION_TEXT, "COMMAND", NULL, 0, AT(editor_command),
     "what opens a location: a template with {file} {line} {column}"},
    {NULL, 0, "editor.window", OPTION_CHOICE, "WHERE", "here|tmux", 0, AT(editor_window),
     "where an editor in a terminal opens: in this one, or in a pane of tmux beside it"},
    {NULL, 0, "terminal.mouse", OPTION_FLAG, "true|false", NULL, 0, AT(mouse),
     "take clicks and the wheel (with shift the terminal's own selection)"},
    {NULL, 0, "ui.motion", OPTION_FLAG, "on|off", NULL, 0, AT(motion),
     "show times that go on (off: what is on the screen changes with news only)"},
    {NULL, 0, "ui.wrap", OPTION_FLAG, "true|false", NULL, 0, AT(wrap),
     "wrap lines that are longer than the screen is wide (w turns that over)"},
    {NULL, 0, "output.limit", OPTION_COUNT, "BYTES", NULL, 1024, AT(output_limit),
     "output kept of a test, head and tail; the rest is counted"},
    {NULL, 0, "files.command", OPTION_TEXT, "COMMAND", NULL, 0, AT(files_command),
     "what gets each file that comes with the results and is of no test: a template with {file} {name} "
     "{route}"},
    {NULL, 0, "history.keep", OPTION_KEEP, "RUNS|DAYSd|MBm", NULL, 0, AT(history_keep),
     "what the history keeps: runs, days, megabytes; of several, what all allow"},
    {NULL, 0, "loop.scope", OPTION_CHOICE, "SCOPE", "all|affected", 0, AT(loop_scope),
     "what runs when nothing is red: all tests, first those that a change can affect; or only these"},
    {NULL, 0, "watch.settle", OPTION_COUNT, "MS", NULL, 1, AT(settle_ms),
     "quiet time that ends a burst of changes"},
    {NULL, 0, "warm", OPTION_FLAG, "true|false", NULL, 0, AT(warm),
     "keep imported third-party modules warm between runs"},
    {NULL, 0, "runner.args", OPTION_LIST, "ARGUMENT", NULL, 0, AT(runner_args),
     "an argument for pytest, before those behind --; may be given many times"},
    {NULL, 0, "key.KEY", OPTION_BINDING, "COMMAND", NULL, 0, AT(bindings), "what a key does (none: nothing)"},
    {NULL, 0, "bind.COMMAND", OPTION_BINDING, "KEY", NULL, 0, AT(bindings),
     "another key for it, of any name (none: not those built in)"},
    {NULL, 'c', NULL, OPTION_ACTION, "KEY=VALUE", NULL, 0, 0, "set a configuration key"},
    {"help", 'h', NULL, OPTION_ACTION, NULL, NULL, 0, 0, "show this help"},
    {"version", 0, NULL, OPTION_ACTION, NULL, NULL, 0, 0, "show the version"},
};

const struct option *options_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

/* Whether the key is called so. That of a binding has a name of its own behind the dot. */
static bool has_key(const struct option *option, const char *key)
{
    if (option->key == NULL || option->type != OPTION_BINDING)
        return option->key != NULL && strcasecmp(option->key, key) == 0;
    size_t section = strcspn(option->key, ".") + 1;
    return strncasecmp(option->key, key, section) == 0 && key[section] != '\0' &&
           strchr(key + section, '.') == NULL;
}

const struct option *options_by_key(const char *key)
{
    if (strncasecmp(key, "run.", 4) == 0 && strchr(key + 4, '.') == NULL)
        key += 4;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (has_key(&table[i], key))
            return &table[i];
    return NULL;
}

/* How the option is called where it was given: by its key in a configuration file, else as typed. */
static const char *called(const struct option *option, char name[static 64])
{
    if (option->name != NULL)
        snprintf(name, 64, "--%s", option->name);
    else if (option->letter != 0)
        snprintf(name, 64, "-%c", option->letter);
    else
        snprintf(name, 64, "%s", option->key);
    return name;
}

static int refuse(const struct option *option, const char *value, const char *where, const char *expected,
                  struct error *error)
{
    char name[64];
    return error_set(error, -EINVAL, "%s: %s = %s: expected %s", where, called(option, name),
                     *value != '\0' ? value : "(nothing)", expected);
}

static int parse_flag(bool *flag, const char *value)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0) {
            *flag = i % 2 == 1;
            return 0;
        }
    return -EINVAL;
}

static int parse_count(unsigned *count, const char *value, unsigned min)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 || number < min || number > 1000000000)
        return -EINVAL;
    *count = (unsigned)number;
    return 0;
}

static int parse_seconds(unsigned *ms, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(seconds) || seconds < 0 || seconds > 1000000)
        return -EINVAL;
    *ms = (unsigned)(seconds * 1000 + 0.5);
    if (*ms == 0 && seconds > 0)
        *ms = 1;
    return 0;
}

static int parse_choice(int *choice, const char *choices, const char *value)
{
    size_t len = strlen(value);
    for (int i = 0; len > 0; i++) {
        size_t step = strcspn(choices, "|");
        if (step == len && memcmp(choices, value, len) == 0) {
            *choice = i;
            return 0;
        }
        if (choices[step] == '\0')
            break;
        choices += step + 1;
    }
    return -EINVAL;
}

/* -EINVAL: one of the names is empty. */
static int add_names(struct names *names, const char *value, const char *where)
{
    const char *colon = strrchr(where, ':');
    char *place = mem_dup(where, colon != NULL ? (size_t)(colon - where) : strlen(where));
    if (names->place == NULL || strcmp(names->place, place) != 0)
        strings_clear(&names->list);
    free(names->place);
    names->place = place;
    for (const char *p = value;; p++) {
        p += strspn(p, " ");
        size_t end = strcspn(p, ","), len = end;
        while (len > 0 && p[len - 1] == ' ')
            len--;
        if (len == 0)
            return -EINVAL;
        char *name = mem_dup(p, len);
        if (strings_find(&names->list, name, NULL) == 0)
            free(name);
        else
            strings_take(&names->list, name);
        p += end;
        if (*p == '\0')
            return 0;
    }
}

int options_set(struct settings *settings, const struct option *option, const char *value, const char *where,
                struct error *error)
{
    char expected[64];
    void *at = (char *)settings + option->offset;
    switch (option->type) {
    case OPTION_FLAG:
        return parse_flag(at, value) == 0 ? 0 : refuse(option, value, where, "true or false", error);
    case OPTION_TEXT:
        if (*value == '\0')
            return refuse(option, value, where, option->argument, error);
        free(*(char **)at);
        *(char **)at = mem_strdup(value);
        return 0;
    case OPTION_COUNT:
        snprintf(expected, sizeof expected, "a whole number from %u", option->min);
        return parse_count(at, value, option->min) == 0 ? 0 : refuse(option, value, where, expected, error);
    case OPTION_BOXES:
        if (strcmp(value, "auto") == 0) {
            *(unsigned *)at = 0;
            return 0;
        }
        return parse_count(at, value, 1) == 0 && *(unsigned *)at <= 1024
                   ? 0
                   : refuse(option, value, where, "auto or a number from 1 to 1024", error);
    case OPTION_KEEP:
        return keep_parse(at, value) == 0 ? 0 : refuse(option, value, where, KEEP_EXPECTED, error);
    case OPTION_SECONDS:
        return parse_seconds(at, value) == 0 ? 0 : refuse(option, value, where, "seconds, 0 or more", error);
    case OPTION_CHOICE:
        return parse_choice(at, option->choices, value) == 0
                   ? 0
                   : refuse(option, value, where, option->choices, error);
    case OPTION_LIST:
        strings_add(at, value);
        return 0;
    case OPTION_NAMES:
        return add_names(at, value, where) == 0 ? 0 : refuse(option, value, where, option->argument, error);
    case OPTION_BINDING:
    case OPTION_ACTION:
        break;
    }
    return error_set(error, -EINVAL, "%s: not a setting", where);
}

static void put_choice(struct buf *to, const char *choices, int choice)
{
    for (; choice > 0; choice--)
        choices += strcspn(choices, "|") + 1;
    buf_add(to, choices, strcspn(choices, "|"));
}

void options_default(const struct option *option, struct buf *to)
{
    struct settings settings;
    settings_init(&settings);
    const void *at = (const char *)&settings + option->offset;
    switch (option->type) {
    case OPTION_FLAG:
        buf_puts(to, *(const bool *)at ? "true" : "false");
        break;
    case OPTION_COUNT:
        buf_printf(to, "%u", *(const unsigned *)at);
        break;
    case OPTION_BOXES:
        buf_puts(to, "auto");
        break;
    case OPTION_KEEP:
        keep_write(at, to);
        break;
    case OPTION_SECONDS:
        buf_printf(to, "%g", *(const unsigned *)at / 1000.0);
        break;
    case OPTION_CHOICE:
        put_choice(to, option->choices, *(const int *)at);
        break;
    case OPTION_TEXT:
    case OPTION_LIST:
    case OPTION_NAMES:
    case OPTION_BINDING:
    case OPTION_ACTION:
        break;
    }
    settings_release(&settings);
}

void settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .warm = true,
        .title = true,
        .mouse = true,
        .motion = true,
        .repeat = 1,
        .grace_ms = 500,
        .output_limit = 1024 * 1024,
        .history_keep.runs = 500,
        .settle_ms = 4,
    };
}

void settings_release(struct settings *settings)
{
    strings_release(&settings->recipes.list);
    free(settings->recipes.place);
    free(settings->python);
    free(settings->environment);
    free(settings->keyword);
    free(settings->marker);
    strings_release(&settings->include);
    strings_release(&settings->exclude);
    free(settings->load_list);
    free(settings->exclude_list);
    free(settings->shard);
    free(settings->order);
    free(settings->subunit);
    free(settings->junit);
    free(settings->locations);
    free(settings->editor_command);
    free(settings->notify_command);
    free(settings->files_command);
    strings_release(&settings->paths);
    strings_release(&settings->runner_args);
    struct binding *binding;
    vec_each (binding, &settings->bindings) {
        free(binding->name);
        free(binding->value);
        free(binding->where);
    }
    vec_release(&settings->bindings);
    *settings = (struct settings){0};
}
