#include "runner/runner.h"

#include "core/clip.h"
#include "core/words.h"
#include "runner/ahead.h"
#include "runner/process.h"
#include "runner/runner_slot.h"
#include "runner/scratch.h"
#include "runner/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECIPE_MAX (1 << 20)
#define TEXT_KEPT (16 * 1024) /* octets of what a broken build or list printed */
#define LIST_ID "list"
#define NO_COMMAND 126 /* from here on it is a shell that speaks */

enum exit_code { EXIT_FAILED = 1, EXIT_USAGE = 4 };

enum stage { STAGE_NONE, STAGE_BUILD, STAGE_LIST, STAGE_BOXES };

struct runner {
    struct recipe recipe;
    struct strings args;  /* the person's own, for the command line of `run` */
    unsigned boxes;       /* so many may run at once */
    struct strings scope; /* what the run is restricted to */
    struct wire wire;
    bool open; /* more commands may come */
    enum stage stage;
    json_int_t serial;
    struct process process; /* build or list */
    struct clip printed;    /* by it */
    struct listing listing;
    struct slots slots;
    char *scratch; /* where reports are written; NULL: nowhere */
};

static void end_run(struct runner *runner, int exit_code, int signal, const char *text)
{
    struct buf valid = {0};
    buf_add_utf8(&valid, bytes_of(text));
    json_t *ended = json_pack("{s:I, s:o, s:o, s:s}", "serial", runner->serial, "exit",
                              signal == 0 ? json_integer(exit_code) : json_null(), "signal",
                              signal != 0 ? json_integer(signal) : json_null(), "text", buf_str(&valid));
    buf_release(&valid);
    runner->stage = STAGE_NONE;
    slots_close(&runner->slots);
    listing_release(&runner->listing);
    clip_release(&runner->printed);
    wire_message(&runner->wire, "ended", CONTROL_NO_SLOT, ended);
}

/* Whether there is such a command; else the run ends. */
static bool have(struct runner *runner, const struct strings *command, const char *key)
{
    const char *name = command->items[0];
    const char *path = getenv("PATH");
    bool found = strchr(name, '{') != NULL || (strchr(name, '/') != NULL && access(name, X_OK) == 0);
    while (!found && strchr(name, '/') == NULL && path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        char *file = mem_printf("%.*s/%s", (int)len, path, name);
        found = access(file, X_OK) == 0;
        free(file);
        path += len + (path[len] == ':');
    }
    if (found)
        return true;
    char *text = mem_printf("%s: command not found, which recipe %s needs to %s the tests", name,
                            runner->recipe.name, key);
    end_run(runner, EXIT_USAGE, 0, text);
    free(text);
    return false;
}

static void start_stage(struct runner *runner, enum stage stage)
{
    bool build = stage == STAGE_BUILD;
    const struct strings *command = build ? &runner->recipe.build : &runner->recipe.list;
    if (!have(runner, command, build ? "build" : "list"))
        return;
    if (!build && !have(runner, &runner->recipe.run, "run"))
        return;
    struct strings argv = {0};
    const struct recipe_test none = {.id = "", .file = ""};
    recipe_argv(command, &none, 0, &(struct recipe_extra){.args = &runner->args, .boxes = runner->boxes},
                &argv);
    runner->stage = stage;
    clip_release(&runner->printed);
    runner->printed.limit = TEXT_KEPT;
    int code = process_start(&runner->process, &argv, false);
    if (code < 0)
        end_run(runner, EXIT_USAGE, 0, strerror(-code));
    else if (!build && runner->slots.all && ahead_can(&runner->recipe))
        runner->process.family.spared = slots_hurry(&runner->slots);
    strings_release(&argv);
}

static void tell_build(struct runner *runner, enum event_status status)
{
    const struct event event = {.status = status, .test_id = bytes_of(RECIPE_BUILD_ID)};
    wire_event(&runner->wire, &event);
    wire_flush(&runner->wire);
}

static void take_output(void *owner, bool errors, struct bytes octets)
{
    struct runner *runner = owner;
    if (runner->stage == STAGE_BUILD) {
        const struct event event = {.test_id = bytes_of(RECIPE_BUILD_ID),
                                    .file_name = bytes_of(errors ? "stderr" : "stdout"),
                                    .file = octets};
        wire_event(&runner->wire, &event);
        wire_flush(&runner->wire);
    } else if (errors) {
        clip_add(&runner->printed, octets);
    } else {
        listing_feed(&runner->listing, octets);
    }
}

static void finish_build(struct runner *runner, int status)
{
    tell_build(runner, status == 0 ? EVENT_SUCCESS : EVENT_FAIL);
    if (status == 0)
        start_stage(runner, STAGE_LIST);
    else
        end_run(runner, EXIT_FAILED, 0, "the build failed");
}

/* The end of what the list has between its tests: there it says why there are no more. */
static void add_noise(const struct runner *runner, struct buf *to)
{
    const struct buf *noise = &runner->listing.noise;
    size_t kept = noise->len < TEXT_KEPT ? noise->len : TEXT_KEPT;
    if (kept > 0)
        buf_add(to, noise->data + noise->len - kept, kept);
}

/* The project's own code does not let its tests be listed: that is red, as a build that fails is. */
static void tell_failed_list(struct runner *runner, int exit_code)
{
    struct buf said = {0}, report = {0};
    buf_add(&said, runner->listing.remarks.data, runner->listing.remarks.len);
    add_noise(runner, &said);
    clip_text(&runner->printed, &said);
    buf_printf(&report, "the tests cannot be listed: exit status %d\n", exit_code);
    buf_add(&report, runner->listing.damage.data, runner->listing.damage.len);
    const struct bytes tag = bytes_of(TAG_COLLECTION), id = bytes_of(LIST_ID);
    const struct event events[] = {
        {.test_id = id, .file_name = bytes_of("report"), .file = buf_bytes(&report)},
        {.test_id = id, .file_name = bytes_of("stderr"), .file = buf_bytes(&said)},
        {.test_id = id, .status = EVENT_FAIL, .tags = &tag, .tag_count = 1, .has_tags = true}};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        wire_event(&runner->wire, &events[i]);
    end_run(runner, EXIT_FAILED, 0, "the tests cannot be listed");
    buf_release(&said);
    buf_release(&report);
}

static void finish_list(struct runner *runner, int status)
{
    struct buf text = {0};
    listing_end(&runner->listing, status == 0);
    wire_flush(&runner->wire);
    if (status == 0 && runner->listing.damage.len == 0) {
        runner->stage = STAGE_BOXES;
        slots_listed(&runner->slots);
        wire_message(&runner->wire, "listed", CONTROL_NO_SLOT,
                     json_pack("{s:I, s:I, s:s}", "serial", runner->serial, "tests",
                               (json_int_t)runner->listing.tests.len, "rootdir", "."));
        return;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) > 0 && WEXITSTATUS(status) < NO_COMMAND) {
        tell_failed_list(runner, WEXITSTATUS(status));
        return;
    }
    char *command = words_join(&runner->recipe.list);
    buf_printf(&text, "the tests of recipe %s cannot be listed: %s: ", runner->recipe.name, command);
    if (WIFSIGNALED(status))
        buf_printf(&text, "killed by signal %d\n", WTERMSIG(status));
    else
        buf_printf(&text, "exit status %d\n", WEXITSTATUS(status));
    buf_add(&text, runner->listing.damage.data, runner->listing.damage.len);
    buf_add(&text, runner->listing.remarks.data, runner->listing.remarks.len);
    clip_text(&runner->printed, &text);
    end_run(runner, EXIT_USAGE, 0, buf_str(&text));
    buf_release(&text);
    free(command);
}

static void finish_stage(struct runner *runner)
{
    family_kill(&runner->process.family);
    process_drain(&runner->process, take_output, runner);
    int status = runner->process.family.status;
    if (runner->process.family.spared_ended)
        slots_lose_early(&runner->slots);
    process_forget(&runner->process);
    if (runner->stage == STAGE_BUILD)
        finish_build(runner, status);
    else if (runner->stage == STAGE_LIST)
        finish_list(runner, status);
}

/* Commands. */

static void begin_run(struct runner *runner, json_t *body)
{
    json_t *args = json_object_get(body, "args");
    runner->serial = json_integer_value(json_object_get(body, "serial"));
    runner->slots.all = json_is_true(json_object_get(body, "all"));
    strings_clear(&runner->scope);
    for (size_t i = 0; i < json_array_size(args); i++)
        strings_add(&runner->scope, json_string_value(json_array_get(args, i)));
    listing_init(&runner->listing, &runner->recipe, &runner->scope, &runner->wire);
    bool builds = runner->recipe.build.len > 0;
    if (builds)
        tell_build(runner, EVENT_INPROGRESS);
    start_stage(runner, builds ? STAGE_BUILD : STAGE_LIST);
}

static void kill_all(struct runner *runner)
{
    runner->process.family.spared = 0;
    family_kill(&runner->process.family);
}

static void stop_run(struct runner *runner)
{
    kill_all(runner);
    process_forget(&runner->process);
    slots_forget(&runner->slots);
    end_run(runner, -1, SIGKILL, "");
}

static void take_message(void *owner, const struct control *message)
{
    struct runner *runner = owner;
    const char *verb = message->verb;
    bool on = runner->stage != STAGE_NONE;
    if (strcmp(verb, "run") == 0 && !on)
        begin_run(runner, message->body);
    else if (strcmp(verb, "stop") == 0 && on)
        stop_run(runner);
    else if (strcmp(verb, "end") == 0 && on)
        end_run(runner, 0, 0, "");
    else if (runner->stage == STAGE_BOXES && message->slot >= 0)
        slots_send(&runner->slots, (unsigned)message->slot, message);
}

/* The recipe comes first: a decimal length, a newline, and so many octets of JSON. */
static int read_source(struct buf *text)
{
    size_t len = 0;
    char c = '0';
    for (; c != '\n'; len = c != '\n' ? len * 10 + (size_t)(c - '0') : len)
        if (read(STDIN_FILENO, &c, 1) != 1 || (c != '\n' && (c < '0' || c > '9')) || len > RECIPE_MAX)
            return -EINVAL;
    while (text->len < len) {
        ssize_t got = read(STDIN_FILENO, buf_reserve(text, len - text->len), len - text->len);
        if (got <= 0 && errno != EINTR)
            return -EINVAL;
        text->len += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static int read_recipe(struct runner *runner, struct error *error)
{
    struct buf text = {0};
    json_t *source = NULL;
    if (read_source(&text) == 0)
        source = json_loadb(text.data, text.len, 0, NULL);
    buf_release(&text);
    int bad = recipe_unpack(&runner->recipe, json_object_get(source, "recipe"), error);
    json_t *args = json_object_get(source, "args");
    for (size_t i = 0; bad == 0 && i < json_array_size(args); i++)
        strings_add(&runner->args, json_string_value(json_array_get(args, i)));
    runner->boxes = (unsigned)json_integer_value(json_object_get(source, "boxes"));
    json_decref(source);
    for (size_t i = 0; i < runner->recipe.env.len; i++)
        putenv(runner->recipe.env.items[i]);
    return bad;
}

static void work(struct runner *runner)
{
    wire_message(&runner->wire, "hello", CONTROL_NO_SLOT,
                 json_pack("{s:s, s:s, s:s}", "runner", runner->recipe.name, "python", "", "executable", ""));
    while (runner->open) {
        if (process_wait(&runner->process, STDIN_FILENO, -1, take_output, runner))
            runner->open = wire_receive(&runner->wire);
        if (runner->process.family.ended)
            finish_stage(runner);
        if (runner->stage == STAGE_BOXES) /* before that not all of our children are slots */
            slots_bury(&runner->slots);
    }
}

int runner_main(int packet_fd)
{
    struct runner runner = {.open = true, .process = {.fds = {-1, -1}}};
    struct error error;
    const char *scratch = getenv(SCRATCH_ENV);
    runner.scratch = scratch != NULL ? mem_strdup(scratch) : NULL;
    unsetenv(SCRATCH_ENV); /* no test needs to know */
    fcntl(packet_fd, F_SETFD, FD_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
    process_prepare();
    family_adopt();
    int bad = read_recipe(&runner, &error);
    if (bad == 0) {
        wire_init(&runner.wire, STDIN_FILENO, packet_fd, take_message, &runner);
        slots_init(&runner.slots, &runner.recipe, &runner.args, runner.boxes, &runner.listing, &runner.wire,
                   runner.scratch);
        work(&runner);
        kill_all(&runner);
        slots_forget(&runner.slots);
        slots_release(&runner.slots);
        wire_release(&runner.wire);
    } else {
        fprintf(stderr, "%s\n", error.text);
    }
    listing_release(&runner.listing);
    clip_release(&runner.printed);
    strings_release(&runner.args);
    strings_release(&runner.scope);
    recipe_release(&runner.recipe);
    free(runner.scratch);
    return bad == 0 ? 0 : EXIT_USAGE;
}
