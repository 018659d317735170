#include "run/pool.h"

#include "run/slot.h"
#include "run/verdict.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#define STOP_PATIENCE_MS 2000  /* for a run to be gone after aloof.stop */
#define START_PATIENCE_MS 10000 /* the same when the worker has yet to start */
#define LEAVE_GRACE_MS 500     /* for a worker to leave by itself */

enum pool_state {
    POOL_IDLE,     /* no run is on; what comes is stale */
    POOL_LISTING,  /* aloof.run is sent, aloof.listed awaited */
    POOL_DEALING,  /* parcels come, boxes run */
    POOL_ENDING,   /* aloof.end is sent, aloof.ended awaited */
    POOL_STOPPING, /* aloof.stop is sent, aloof.ended awaited; what else comes is stale */
    POOL_BREAKING, /* the worker is on its way out, the run ends when it is gone; what comes is stale */
    POOL_CLOSING,
};

#define IN(state) (1u << (state))
#define IN_LIVE (IN(POOL_LISTING) | IN(POOL_DEALING) | IN(POOL_ENDING))
#define IN_ALL (~0u)

struct pool {
    const struct pool_events *events;
    void *owner;
    uv_loop_t *loop;
    struct pool_options options; /* its strings are ours */
    struct worker *worker;       /* NULL: does not run */
    enum pool_state state;
    unsigned serial;
    size_t listed;       /* tests of the run so far */
    struct slot *slots;
    uv_timer_t patience;
    unsigned handles;   /* open ones of ours, and one for the worker */
    bool greeted;       /* the worker said hello */
    bool finishing;     /* the owner has no more parcels */
    bool busy;          /* in the middle of a step: slots are fed when it is over */
    char *refused;      /* why the worker cannot work */
    struct pool_end end; /* what STOPPING and BREAKING lead to; its text is ours */
    VEC(bool) stranded; /* by position: came back once from a box that began nothing */
};

static bool is_in(const struct pool *pool, unsigned states)
{
    return (states & IN(pool->state)) != 0;
}

static void tell(void *owner, const struct event *event)
{
    struct pool *pool = owner;
    if (is_in(pool, IN_LIVE))
        pool->events->event(pool->owner, event);
}

static void damage(struct pool *pool, const char *text)
{
    if (pool->state != POOL_CLOSING)
        pool->events->damage(pool->owner, text);
}

/* The end of a run. */

static void set_end(struct pool *pool, enum run_end how, int exit_code, const char *text)
{
    free((char *)(uintptr_t)pool->end.text);
    pool->end = (struct pool_end){how, exit_code, mem_strdup(text)};
}

static void clear_slots(struct pool *pool)
{
    for (unsigned i = 0; i < pool->options.slots; i++)
        slot_clear(&pool->slots[i]);
}

/* Hands pool->end over; the owner may start the next run from there. */
static void end_run(struct pool *pool)
{
    clear_slots(pool);
    uv_timer_stop(&pool->patience);
    pool->state = POOL_IDLE;
    struct pool_end end = pool->end;
    pool->end = (struct pool_end){0};
    pool->events->ended(pool->owner, &end);
    free((char *)(uintptr_t)end.text);
}

static void break_worker(struct pool *pool)
{
    pool->state = POOL_BREAKING;
    clear_slots(pool);
    worker_stop(pool->worker, 0);
}

static void lose_patience(uv_timer_t *timer)
{
    break_worker(timer->data);
}

/* pool->end is set: the worker is told to stop and everything before its answer is stale. */
static void stop_run(struct pool *pool)
{
    if (pool->worker != NULL)
        worker_send(pool->worker, "stop", -1, json_pack("{s:I}", "serial", (json_int_t)pool->serial));
    pool->state = POOL_STOPPING;
    clear_slots(pool);
    uv_timer_start(&pool->patience, lose_patience, pool->greeted ? STOP_PATIENCE_MS : START_PATIENCE_MS, 0);
}

static struct box_end box_end(const struct pool *pool, const struct slot *slot, struct death death)
{
    return (struct box_end){
        .death = death,
        .late = deadline_passed(&slot->deadline),
        .late_test = slot->deadline.test,
        .timeout_ms = pool->options.timeout_ms,
    };
}

/* The worker fails us as a whole: nothing that is with it will be reported any more. death NULL: we kill it. */
static void write_off(struct pool *pool, const struct death *death)
{
    struct verdict_sink sink = {tell, pool};
    for (unsigned i = 0; i < pool->options.slots; i++) {
        struct slot *slot = &pool->slots[i];
        while (slot->held > 0) {
            struct box_end end = box_end(pool, slot, death != NULL ? *death : (struct death){.signal = SIGKILL});
            end.bystander = death == NULL;
            struct box box = slot_take(slot);
            verdict_abandon(&sink, i, &box, &end);
            box_release(&box);
        }
    }
}

/* Deadlines. The pid says which box is meant, should another have followed it meanwhile. */

static void dump_box(void *owner)
{
    struct slot *slot = owner;
    struct pool *pool = slot->owner;
    worker_send(pool->worker, "dump", (int)slot->number, json_pack("{s:i}", "pid", slot->pid));
}

static void kill_box(void *owner)
{
    struct slot *slot = owner;
    struct pool *pool = slot->owner;
    worker_send(pool->worker, "kill", (int)slot->number, json_pack("{s:i}", "pid", slot->pid));
}

static void give_box_up(void *owner)
{
    struct slot *slot = owner;
    struct pool *pool = slot->owner;
    const char *id = slot->boxes[0].ids[slot->deadline.test];
    char *text = mem_printf("%s: its box could not be killed; the worker starts anew", id);
    set_end(pool, RUN_BROKEN, -1, text);
    free(text);
    write_off(pool, NULL);
    if (is_in(pool, IN_LIVE))
        break_worker(pool);
}

static const struct deadline_events deadline_events = {.dump = dump_box, .kill = kill_box, .stuck = give_box_up};

/* Parcels. */

static void end_if_done(struct pool *pool)
{
    if (pool->state != POOL_DEALING || !pool->finishing || pool->busy)
        return;
    for (unsigned i = 0; i < pool->options.slots; i++)
        if (pool->slots[i].held > 0)
            return;
    pool->state = POOL_ENDING;
    worker_send(pool->worker, "end", -1, json_object());
}

static void feed(struct pool *pool)
{
    if (pool->busy)
        return;
    pool->busy = true;
    for (unsigned held = 0; held < SLOT_BOXES; held++)
        for (unsigned i = 0; i < pool->options.slots && pool->state == POOL_DEALING; i++)
            if (pool->slots[i].held == held)
                pool->events->hungry(pool->owner, i);
    pool->busy = false;
    end_if_done(pool);
}

void pool_give(struct pool *pool, unsigned slot, const uint32_t *positions, const char *const *ids, size_t count)
{
    assert(slot < pool->options.slots);
    if (pool->state != POOL_DEALING || count == 0)
        return;
    slot_push(&pool->slots[slot], positions, ids, count);
    json_t *tests = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(tests, json_integer(positions[i]));
    worker_send(pool->worker, "box", (int)slot, json_pack("{s:o}", "tests", tests));
    feed(pool);
}

void pool_finish(struct pool *pool)
{
    pool->finishing = true;
    end_if_done(pool);
}

static bool strand(struct pool *pool, uint32_t position)
{
    while (pool->stranded.len <= position)
        vec_push(&pool->stranded, false);
    bool again = pool->stranded.items[position];
    pool->stranded.items[position] = true;
    return again;
}

/* What was not reported goes back to be dealt again. A box that began no test at all gets a test back only once, so that
 * this comes to an end. */
static void return_rest(struct pool *pool, unsigned slot, const struct box *box, const struct death *death)
{
    struct verdict_sink sink = {tell, pool};
    struct buf reason = {0};
    buf_puts(&reason, "its box ended before any test began, twice: ");
    death_describe(&reason, death);
    VEC(uint32_t) rest = {0};
    for (size_t i = 0; i < box->count; i++) {
        if (box->reported[i])
            continue;
        if (box->newest == BOX_NO_TEST && strand(pool, box->positions[i]))
            verdict_fail(&sink, box->ids[i], slot, TAG_NOT_RUN, buf_str(&reason));
        else
            vec_push(&rest, box->positions[i]);
    }
    if (rest.len > 0 && pool->state == POOL_DEALING)
        pool->events->returned(pool->owner, rest.items, rest.len);
    vec_release(&rest);
    buf_release(&reason);
}

/* Messages of the worker. */

static void on_hello(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)slot;
    const char *runner = json_string_value(json_object_get(body, "runner"));
    const char *python = json_string_value(json_object_get(body, "python"));
    const char *executable = json_string_value(json_object_get(body, "executable"));
    pool->greeted = true;
    if (pool->state == POOL_STOPPING)
        uv_timer_start(&pool->patience, lose_patience, STOP_PATIENCE_MS, 0);
    pool->events->hello(pool->owner, runner != NULL ? runner : "", python != NULL ? python : "",
                        executable != NULL ? executable : "");
}

static void on_refused(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)slot;
    const char *text = json_string_value(json_object_get(body, "text"));
    free(pool->refused);
    pool->refused = mem_strdup(text != NULL ? text : "the worker refused without a reason");
    worker_stop(pool->worker, LEAVE_GRACE_MS);
}

static bool is_current(struct pool *pool, json_t *body)
{
    json_t *serial = json_object_get(body, "serial");
    if (json_is_integer(serial) && json_integer_value(serial) == (json_int_t)pool->serial)
        return true;
    damage(pool, "a message about a run that is not on");
    return false;
}

static void on_listed(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)slot;
    if (!is_current(pool, body))
        return;
    json_int_t tests = json_integer_value(json_object_get(body, "tests"));
    if (tests != (json_int_t)pool->listed) { /* the positions would mean other tests */
        set_end(pool, RUN_BROKEN, -1, "the listing of the tests was damaged on its way");
        stop_run(pool);
        return;
    }
    pool->state = POOL_DEALING;
    pool->events->listed(pool->owner, pool->listed);
    feed(pool);
}

static void on_started(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)pool;
    json_int_t pid = json_integer_value(json_object_get(body, "pid"));
    slot->pid = pid > 0 && pid <= INT_MAX ? (int)pid : 0;
}

static void on_gone(struct pool *pool, struct slot *slot, json_t *body)
{
    if (slot->held == 0) {
        damage(pool, "the end of a box that nobody asked for");
        return;
    }
    struct verdict_sink sink = {tell, pool};
    struct box_end end = box_end(pool, slot, death_read(body));
    end.stopped = json_string_value(json_object_get(body, "stopped"));
    end.left = json_object_get(body, "left");
    struct box box = slot_take(slot);
    pool->busy = true;
    if (verdict_box(&sink, slot->number, &box, &end))
        return_rest(pool, slot->number, &box, &end.death);
    pool->busy = false;
    box_release(&box);
    if (end.stopped != NULL && pool->state == POOL_DEALING) {
        set_end(pool, RUN_BROKEN, 2, end.stopped);
        stop_run(pool);
    }
    feed(pool);
}

static void on_ended(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)slot;
    if (!is_current(pool, body))
        return;
    struct death death = death_read(body);
    const char *text = json_string_value(json_object_get(body, "text"));
    if (pool->state != POOL_STOPPING) {
        bool complete = pool->state == POOL_ENDING && death.signal == 0 && death.exit_code >= 0;
        set_end(pool, complete ? RUN_COMPLETE : RUN_BROKEN, death.exit_code, text != NULL ? text : "");
        write_off(pool, &death);
    }
    if (is_in(pool, IN_LIVE | IN(POOL_STOPPING)))
        end_run(pool);
}

struct message {
    const char *verb;
    unsigned states; /* in which it counts; elsewhere it is stale */
    bool of_slot;
    void (*receive)(struct pool *pool, struct slot *slot, json_t *body);
};

static const struct message messages[] = {
    {"hello", IN_ALL & ~IN(POOL_CLOSING), false, on_hello},
    {"refused", IN_ALL & ~IN(POOL_CLOSING), false, on_refused},
    {"listed", IN(POOL_LISTING), false, on_listed},
    {"started", IN(POOL_DEALING), true, on_started},
    {"gone", IN(POOL_DEALING), true, on_gone},
    {"ended", IN_LIVE | IN(POOL_STOPPING), false, on_ended},
};

static void on_message(void *owner, const char *verb, int slot, json_t *body)
{
    struct pool *pool = owner;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        const struct message *message = &messages[i];
        if (strcmp(message->verb, verb) != 0 || !is_in(pool, message->states))
            continue;
        if (message->of_slot && (slot < 0 || (unsigned)slot >= pool->options.slots))
            damage(pool, "a message about a slot that does not exist");
        else
            message->receive(pool, message->of_slot ? &pool->slots[slot] : NULL, body);
        return;
    }
}

/* Events and the end of the worker. */

static struct slot *slot_of(struct pool *pool, struct bytes route)
{
    unsigned number = 0;
    size_t i = 0;
    for (; i < route.len && i < 6 && route.data[i] >= '0' && route.data[i] <= '9'; i++)
        number = number * 10 + (unsigned)(route.data[i] - '0');
    return i > 0 && i == route.len && number < pool->options.slots ? &pool->slots[number] : NULL;
}

static void on_event(void *owner, const struct event *event)
{
    struct pool *pool = owner;
    struct slot *slot = slot_of(pool, event->route);
    if (!is_in(pool, IN_LIVE))
        return;
    pool->listed += pool->state == POOL_LISTING && event->status == EVENT_EXISTS;
    struct event named = *event;
    if (slot != NULL && event->test_id.data == NULL && event->file_name.data != NULL)
        named.test_id = bytes_of(slot_running(slot));
    else if (slot != NULL && event->status == EVENT_INPROGRESS)
        slot_begin(slot, event->test_id, pool->options.timeout_ms);
    else if (slot != NULL && event_is_final(event))
        slot_report(slot, event->test_id);
    tell(pool, &named);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    char *text = mem_printf("the worker's stream: %s (%llu octets at %llu)", reason, (unsigned long long)length,
                            (unsigned long long)offset);
    damage(owner, length > 0 ? text : reason);
    free(text);
}

static void settle(struct pool *pool)
{
    if (--pool->handles > 0)
        return;
    pool->events->closed(pool->owner);
    worker_options_release(&pool->options.worker);
    free((char *)(uintptr_t)pool->end.text);
    free(pool->refused);
    vec_release(&pool->stranded);
    free(pool->slots);
    free(pool);
}

/* The worker's end, in words: why it refused, else what it said last, else how it died. */
static void describe_end(struct buf *to, const struct death *death, const char *refused, const char *text)
{
    buf_puts(to, refused != NULL ? refused : text);
    while (to->len > 0 && to->data[to->len - 1] == '\n')
        to->data[--to->len] = '\0';
    if (to->len > 0)
        return;
    buf_puts(to, "the worker ");
    death_describe(to, death);
}

/* The reaper leaves with 128 + the signal that ended the worker. */
static struct death worker_death(int64_t exit_code, int signal)
{
    bool killed = signal == 0 && exit_code > 128 && exit_code < 192;
    return (struct death){exit_code >= 0 ? (int)exit_code : -1, killed ? (int)exit_code - 128 : signal};
}

static void on_closed(void *owner, int64_t exit_code, int signal, const char *text)
{
    struct pool *pool = owner;
    struct death death = worker_death(exit_code, signal);
    pool->worker = NULL;
    pool->greeted = false;
    if (pool->state == POOL_CLOSING) {
        settle(pool);
        return;
    }
    pool->handles--;
    struct buf words = {0};
    char *refused = pool->refused;
    pool->refused = NULL;
    describe_end(&words, &death, refused, text);
    if (is_in(pool, IN_LIVE)) {
        set_end(pool, RUN_BROKEN, refused != NULL ? 4 : -1, buf_str(&words));
        write_off(pool, &death);
    }
    if (is_in(pool, IN_LIVE | IN(POOL_STOPPING) | IN(POOL_BREAKING)))
        end_run(pool);
    else
        damage(pool, buf_str(&words));
    buf_release(&words);
    free(refused);
}

static const struct worker_events worker_events = {
    .event = on_event, .message = on_message, .damage = on_damage, .closed = on_closed};

/* The owner's calls. */

struct pool *pool_new(uv_loop_t *loop, const struct pool_options *options, const struct pool_events *events,
                      void *owner)
{
    assert(options->slots > 0);
    struct pool *pool = mem_zero(sizeof *pool);
    pool->loop = loop;
    pool->events = events;
    pool->owner = owner;
    pool->options = *options;
    worker_options_copy(&pool->options.worker, &options->worker);
    uv_timer_init(loop, &pool->patience);
    pool->patience.data = pool;
    pool->slots = mem_zero(options->slots * sizeof *pool->slots);
    for (unsigned i = 0; i < options->slots; i++) {
        pool->slots[i].owner = pool;
        pool->slots[i].number = i;
        slot_init(&pool->slots[i], loop, &deadline_events, options->grace_ms);
    }
    pool->handles = options->slots + 1;
    return pool;
}

void pool_warm(struct pool *pool)
{
    if (pool->worker != NULL || pool->state == POOL_CLOSING)
        return;
    pool->handles++;
    pool->worker = worker_start(pool->loop, &pool->options.worker, &worker_events, pool);
}

static json_t *pack_strings(const struct strings *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

void pool_run(struct pool *pool, unsigned serial, const struct strings *args, const struct strings *files)
{
    assert(pool->state == POOL_IDLE);
    pool_warm(pool);
    pool->state = POOL_LISTING;
    pool->serial = serial;
    pool->finishing = false;
    pool->stranded.len = 0;
    pool->listed = 0;
    json_t *body = json_pack("{s:I, s:o, s:o}", "serial", (json_int_t)serial, "args", pack_strings(args), "files",
                             files != NULL ? pack_strings(files) : json_null());
    worker_send(pool->worker, "run", -1, body);
}

void pool_cancel(struct pool *pool)
{
    if (!is_in(pool, IN_LIVE))
        return;
    set_end(pool, RUN_CANCELLED, -1, "");
    struct verdict_sink sink = {tell, pool};
    for (unsigned i = 0; i < pool->options.slots && is_in(pool, IN_LIVE); i++)
        if (slot_running(&pool->slots[i]) != NULL)
            verdict_remark(&sink, slot_running(&pool->slots[i]), i, TAG_INTERRUPTED, NULL, NULL);
    if (is_in(pool, IN_LIVE))
        stop_run(pool);
}

bool pool_running(const struct pool *pool)
{
    return is_in(pool, IN_LIVE | IN(POOL_STOPPING) | IN(POOL_BREAKING));
}

struct pool_slot_view pool_slot(const struct pool *pool, unsigned slot)
{
    assert(slot < pool->options.slots);
    const struct slot *at = &pool->slots[slot];
    return (struct pool_slot_view){slot_running(at), at->started_ns, at->pid, at->held};
}

unsigned pool_slots(const struct pool *pool)
{
    return pool->options.slots;
}

static void count_timer(uv_handle_t *timer)
{
    settle(timer->data);
}

static void count_deadline(uv_handle_t *timer)
{
    const struct deadline *deadline = timer->data;
    const struct slot *slot = deadline->owner;
    settle(slot->owner);
}

void pool_close(struct pool *pool)
{
    if (pool->state == POOL_CLOSING)
        return;
    pool->state = POOL_CLOSING;
    clear_slots(pool);
    uv_close((uv_handle_t *)&pool->patience, count_timer);
    for (unsigned i = 0; i < pool->options.slots; i++)
        uv_close((uv_handle_t *)&pool->slots[i].deadline.timer, count_deadline);
    if (pool->worker != NULL)
        worker_stop(pool->worker, LEAVE_GRACE_MS);
}
