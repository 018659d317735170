#include "runner/runner_slot.h"

#include "runner/ahead.h"
#include "runner/box_tests.h"
#include "runner/job.h"
#include "runner/process.h"
#include "runner/report.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEFT_MAX 16       /* processes that are named of those that one left */
#define LEFT_ROOM 3500    /* octets for all that a box left, so that its end is told in one write */
#define LEFT_GRACE_MS 200 /* for what a box left to end by itself */
#define FED_GRACE_MS 2000 /* for a process that gets no more tests, likewise */

struct runner_slot {
    const struct runner_slot_work *work;
    struct wire wire;
    bool open;              /* more commands may come */
    VEC(json_t *) boxes;    /* the messages for each that is not done; the first is the one that runs */
    struct process process; /* of that box; none: its family has no child */
    struct ahead ahead;     /* that process, while it is of no box */
    struct job job;
    struct recipe_test *fed; /* what a process that is fed has got last; NULL: none runs */
    bool killed;             /* on command */
    char route[16];
};

static void tell(void *owner, const struct event *event)
{
    struct runner_slot *slot = owner;
    struct event routed = *event;
    struct buf route = {0};
    buf_puts(&route, slot->route);
    if (event->route.data != NULL) { /* of a stream that others have put together */
        buf_putc(&route, '/');
        buf_add(&route, event->route.data, event->route.len);
    }
    routed.route = buf_bytes(&route);
    wire_event(&slot->wire, &routed);
    buf_release(&route);
}

static void take_output(void *owner, bool errors, struct bytes octets)
{
    struct runner_slot *slot = owner;
    job_feed(&slot->job, errors, octets);
    wire_flush(&slot->wire);
}

/* Whether a dump or kill is about the process that runs; 0 means whichever does. */
static bool is_meant(const struct runner_slot *slot, json_t *body)
{
    pid_t child = slot->process.family.child;
    json_int_t pid = json_integer_value(json_object_get(body, "pid"));
    return child > 0 && !slot->process.family.ended && (pid == 0 || pid == child);
}

static void take_message(void *owner, const struct control *message)
{
    struct runner_slot *slot = owner;
    json_t *tests = json_object_get(message->body, "tests");
    int number = recipe_signal(slot->work->recipe);
    if (strcmp(message->verb, "box") == 0 && json_array_size(tests) > 0) {
        vec_push(&slot->boxes, json_incref(message->body));
    } else if (strcmp(message->verb, "listed") == 0) {
        listing_read(slot->work->listing, slot->work->early_fd);
    } else if (strcmp(message->verb, "dump") == 0 && is_meant(slot, message->body) && number != 0) {
        killpg(slot->process.family.child, number);
    } else if (strcmp(message->verb, "kill") == 0 && is_meant(slot, message->body)) {
        slot->killed = true;
        family_kill(&slot->process.family);
    }
}

static void wait_once(struct runner_slot *slot, int timeout_ms)
{
    int commands = slot->open ? slot->wire.in_fd : -1;
    if (process_wait(&slot->process, commands, timeout_ms, take_output, slot))
        slot->open = wire_receive(&slot->wire);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Adds a process to those that the box left. id: of the test that left it, NULL unknown. */
static void add_left(json_t *left, pid_t pid, const char *id)
{
    char *command = process_command(pid);
    json_t *entry = json_pack("{s:i, s:s, s:s?}", "pid", (int)pid, "command", command, "test", id);
    if (json_dumpb(left, NULL, 0, 0) + json_dumpb(entry, NULL, 0, 0) < LEFT_ROOM)
        json_array_append(left, entry);
    json_decref(entry);
    free(command);
}

/* Tells what the process left behind and did not end by itself; all of it is dead then. */
static void bury_rest(struct runner_slot *slot, json_t *left)
{
    struct family *family = &slot->process.family;
    pid_t children[LEFT_MAX];
    size_t count = 0;
    int64_t until = now_ms() + LEFT_GRACE_MS;
    for (int64_t now = now_ms(); !slot->killed && family_reap(family, WNOHANG); now = now_ms()) {
        count = family_children(children, LEFT_MAX);
        if (now >= until || !slot->open)
            break;
        wait_once(slot, (int)(until - now));
        count = 0;
    }
    for (size_t i = 0; i < count; i++)
        add_left(left, children[i], slot->job.asked.count == 1 ? slot->job.asked.tests[0].id : NULL);
    family_kill(family);
}

/* Runs the command to its end. Returns its wait status. */
static int run_command(struct runner_slot *slot, const struct strings *argv, json_t *left)
{
    const struct runner_slot_work *work = slot->work;
    job_begin(&slot->job);
    wire_flush(&slot->wire); /* while there is somebody to say so: the test may kill us */
    int code = slot->ahead.on ? 0 : process_start(&slot->process, argv, work->recipe->merge != 0);
    if (code < 0) {
        char *text = mem_printf("%s: %s\n", argv->items[0], strerror(-code));
        job_feed(&slot->job, true, bytes_of(text));
        free(text);
        return 127 << 8;
    }
    wire_message(&slot->wire, "started", (int)work->number,
                 json_pack("{s:i}", "pid", (int)slot->process.family.child));
    ahead_take(&slot->ahead, take_output, slot);
    while (slot->open && !slot->process.family.ended)
        wait_once(slot, -1);
    bury_rest(slot, left);
    process_drain(&slot->process, take_output, slot);
    return slot->process.family.status;
}

/* Starts the process that boxes one after the other are fed to. 0, or a negative errno. */
static int start_fed(struct runner_slot *slot)
{
    const struct runner_slot_work *work = slot->work;
    const struct recipe_test none = {.id = "", .file = ""};
    struct strings argv = {0};
    recipe_argv(&work->recipe->run, &none, 0,
                &(struct recipe_extra){.args = work->args, .boxes = work->boxes}, &argv);
    int code = process_start_fed(&slot->process, &argv, work->recipe->merge != 0);
    if (code < 0) {
        char *text = mem_printf("%s: %s\n", argv.items[0], strerror(-code));
        job_feed(&slot->job, true, bytes_of(text));
        free(text);
    }
    strings_release(&argv);
    return code;
}

/* The process that was fed is gone: what is to be said of it. Whether all that it had got is reported. */
static bool end_fed(struct runner_slot *slot, json_t *left, int *by)
{
    bury_rest(slot, left);
    process_drain(&slot->process, take_output, slot);
    int status = slot->process.family.status;
    process_forget(&slot->process);
    *by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    bool whole = job_end(&slot->job, *by == 0 ? WEXITSTATUS(status) : -1, *by) == JOB_WHOLE;
    job_release(&slot->job);
    free(slot->fed);
    slot->fed = NULL;
    return whole;
}

static void put_ids(struct buf *ids, const struct recipe_test *tests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(ids, "%s\n", tests[i].id);
}

/* Hands the tests to the process that runs, or to a new one; takes them over. Whether all of them are
 * reported; else *by is the signal that ended it. It is written to whenever it has said something: with ids
 * enough before it, it has. */
static bool feed_share(struct runner_slot *slot, struct recipe_test *take_tests, size_t count, json_t *left,
                       int *by)
{
    const struct runner_slot_work *work = slot->work;
    struct buf ids = {0};
    bool runs = slot->fed != NULL;
    slot->killed = false;
    if (runs)
        job_again(&slot->job, take_tests, count);
    else
        job_init(&slot->job, work->recipe, take_tests, count, tell, slot);
    free(slot->fed);
    slot->fed = take_tests;
    job_begin(&slot->job);
    wire_flush(&slot->wire);
    if (!runs && start_fed(slot) < 0) {
        bool whole = job_end(&slot->job, 127, 0) == JOB_WHOLE;
        job_release(&slot->job);
        free(slot->fed);
        slot->fed = NULL;
        return whole;
    }
    wire_message(&slot->wire, "started", (int)work->number,
                 json_pack("{s:i}", "pid", (int)slot->process.family.child));
    put_ids(&ids, take_tests, count);
    bool done = false;
    while (slot->open && !slot->process.family.ended && !(done = job_is_done(&slot->job))) {
        process_feed(&slot->process, &ids);
        wait_once(slot, -1);
    }
    wire_flush(&slot->wire);
    buf_release(&ids);
    return done || !slot->open || end_fed(slot, left, by);
}

/* No more tests come: it ends, and says so, or is made to. */
static void stop_feeding(struct runner_slot *slot)
{
    json_t *left = json_array();
    int by;
    int64_t until = now_ms() + FED_GRACE_MS;
    process_feed_end(&slot->process);
    for (int64_t now = now_ms(); !slot->process.family.ended && now < until; now = now_ms())
        if (process_wait(&slot->process, -1, (int)(until - now), take_output, slot))
            break;
    end_fed(slot, left, &by);
    wire_flush(&slot->wire);
    json_decref(left);
}

static void take_report(void *owner, struct bytes octets)
{
    job_report(owner, octets);
}

/* Reads what the process wrote, also when it did not end well. opened: what report_open returned. */
static void finish_report(struct runner_slot *slot, struct report *report, int opened)
{
    const char *wrong = "there is no place for its report (TMPDIR)";
    if (opened == 0)
        wrong = report_read(report, take_report, &slot->job);
    if (wrong != NULL)
        job_complain(&slot->job, wrong);
    report_close(report);
}

/* A file of the ids that nobody has to remove: in memory, seen at a path by whom it is told to. -1: it cannot
 * be had. */
static int hold_ids(const struct recipe_test *tests, size_t count, char path[static 40])
{
    struct buf text = {0};
    int fd = memfd_create("ids", MFD_CLOEXEC);
    recipe_idfile(tests, count, &text);
    if (fd >= 0)
        wire_write(fd, text.data, text.len);
    buf_release(&text);
    snprintf(path, 40, "/proc/%d/fd/%d", (int)getpid(), fd);
    return fd;
}

/* Moves the tests that the job has not reported to the end, whole where parts of them were not to be had.
 * Returns how many. */
static size_t keep_unreported(const struct job *job, struct recipe_test *tests, size_t count)
{
    size_t kept = 0;
    for (size_t i = count; i-- > 0;) {
        bool lacking = job->tallies[i].lacking;
        if (job->reported[i] && !lacking)
            continue;
        tests[count - ++kept] = tests[i];
        if (lacking)
            tests[count - kept].parts = NULL;
    }
    return kept;
}

/* One process for these tests. Unless all of them are reported *status is how it ended, and *again the number
 * of those at the end of tests that others are to be asked for. */
static enum job_ending run_share(struct runner_slot *slot, const struct strings *command,
                                 struct recipe_test *tests, size_t count, json_t *left, int *status,
                                 size_t *again)
{
    const struct runner_slot_work *work = slot->work;
    struct strings argv = {0};
    struct report report = {0};
    bool reports = (work->recipe->holes & HOLE_REPORT) != 0;
    int opened = reports ? report_open(&report, work->scratch, work->number) : 0;
    char path[40];
    int ids = recipe_wants_idfile(command) ? hold_ids(tests, count, path) : -1;
    const struct recipe_extra extra = {work->args, report.path, ids >= 0 ? path : NULL, &work->recipe->parts,
                                       work->boxes};
    recipe_argv(command, tests, count, &extra, &argv);
    job_init(&slot->job, work->recipe, tests, count, tell, slot);
    slot->job.all = command == &work->recipe->run_all;
    if (!slot->job.all)
        ahead_drop(&slot->ahead, &slot->process);
    slot->killed = false;
    *status = run_command(slot, &argv, left);
    process_forget(&slot->process);
    if (reports)
        finish_report(slot, &report, opened);
    int by = WIFSIGNALED(*status) ? WTERMSIG(*status) : 0;
    enum job_ending ending = job_end(&slot->job, by == 0 ? WEXITSTATUS(*status) : -1, by);
    if (ending == JOB_UNSURE && slot->killed)
        ending = JOB_DIED; /* who killed it knows why */
    bool rest = ending == JOB_UNSURE || ending == JOB_LACKING;
    *again = rest ? keep_unreported(&slot->job, tests, count) : 0;
    job_release(&slot->job);
    strings_release(&argv);
    if (ids >= 0)
        close(ids);
    return ending;
}

/* Whether it is all that there is, and a command that runs that. */
static bool is_all(const struct runner_slot *slot, size_t count)
{
    const struct runner_slot_work *work = slot->work;
    return work->all && work->recipe->run_all.len > 0 && count == work->listing->tests.len;
}

/* As many processes as the tests need, one after the other, up to the first that dies under a test that is
 * known. Where nobody knows whose fault it was, half as many are asked for at once until that place is
 * passed. Whether all of them are reported; else *status is how that process ended. */
static bool run_shares(struct runner_slot *slot, struct recipe_test *tests, size_t count, json_t *left,
                       int *status)
{
    size_t most = count, careful_to = 0;
    for (size_t at = 0; at < count && slot->open;) {
        const struct strings *command;
        size_t room = (at < careful_to ? careful_to : count) - at, again;
        size_t share = recipe_share(slot->work->recipe, tests + at, room < most ? room : most, &command);
        if (at == 0 && most == count && is_all(slot, count)) {
            command = &slot->work->recipe->run_all;
            share = count;
        }
        enum job_ending ending = run_share(slot, command, tests + at, share, left, status, &again);
        if (ending == JOB_DIED)
            return false;
        at += share - again;
        if (ending == JOB_UNSURE && at + again > careful_to)
            careful_to = at + again;
        if (ending == JOB_UNSURE)
            most = share / 2;
        else if (at >= careful_to)
            most = count;
    }
    return true;
}

/* The first process of a box that dies under a test ends it, and the rest is dealt again. */
static void run_box(struct runner_slot *slot, const json_t *body)
{
    struct box_tests box;
    box_tests_read(&box, slot->work->listing, body);
    json_t *left = json_array();
    int by = 0, status = 0;
    bool whole = true;
    bool feeds = slot->work->recipe->feed != 0;
    if (feeds && slot->fed != NULL && slot->process.family.ended) { /* of itself, between two boxes */
        end_fed(slot, left, &by);
        by = 0;
    }
    if (feeds && box.count > 0) {
        whole = feed_share(slot, box.tests, box.count, left, &by);
        status = by; /* as wait has it */
        box.tests = NULL;
    }
    if (!feeds)
        whole = run_shares(slot, box.tests, box.count, left, &status);
    json_t *gone = !whole && WIFSIGNALED(status)
                       ? json_pack("{s:n, s:i, s:o}", "exit", "signal", WTERMSIG(status), "left", left)
                       : json_pack("{s:i, s:n, s:o}", "exit",
                                   whole                      ? 0
                                   : WEXITSTATUS(status) != 0 ? WEXITSTATUS(status)
                                                              : -1,
                                   "signal", "left", left);
    wire_message(&slot->wire, "gone", (int)slot->work->number, gone);
    slot->work->done[slot->work->number]++;
    box_tests_release(&box);
}

void runner_slot_main(const struct runner_slot_work *work, int commands_fd)
{
    struct runner_slot slot = {.work = work, .open = true, .process = {.fds = {-1, -1}}};
    snprintf(slot.route, sizeof slot.route, "%u", work->number);
    family_adopt();
    wire_init(&slot.wire, commands_fd, work->packet_fd, take_message, &slot);
    if (work->early_fd >= 0)
        ahead_begin(&slot.ahead, &slot.process, work->recipe,
                    &(struct recipe_extra){.args = work->args, .boxes = work->boxes});
    while (slot.open) {
        if (slot.boxes.len == 0) {
            if (!slot.ahead.on || ahead_wait(&slot.ahead, &slot.process, commands_fd))
                slot.open = wire_receive(&slot.wire);
            continue;
        }
        run_box(&slot, slot.boxes.items[0]);
        json_decref(slot.boxes.items[0]);
        slot.boxes.len--;
        memmove(slot.boxes.items, slot.boxes.items + 1, slot.boxes.len * sizeof *slot.boxes.items);
    }
    if (slot.fed != NULL)
        stop_feeding(&slot);
    family_kill(&slot.process.family);
    vec_release(&slot.boxes);
    wire_release(&slot.wire);
}
