#include "run/pool_private.h"

#include <limits.h>
#include <stdlib.h>

#define LEAVE_GRACE_MS 500 /* for a worker that refused to leave by itself */

static bool strand(struct pool *pool, uint32_t position)
{
    while (pool->stranded.len <= position)
        vec_push(&pool->stranded, false);
    bool again = pool->stranded.items[position];
    pool->stranded.items[position] = true;
    return again;
}

/* What was not reported goes back to be dealt again. A box that began no test at all gets a test back only
 * once, so that this comes to an end. */
static void return_rest(struct pool *pool, unsigned slot, const struct box *box, const struct death *death)
{
    struct verdict_sink sink = {pool_tell, pool};
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
    pool->finishing = pool->finishing && rest.len == 0;
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
        pool_await_end(pool);
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
    pool_damage(pool, "a message about a run that is not on");
    return false;
}

static void on_listed(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)slot;
    if (!is_current(pool, body))
        return;
    json_int_t tests = json_integer_value(json_object_get(body, "tests"));
    if (tests != (json_int_t)pool->listed) { /* the positions would mean other tests */
        pool_set_end(pool, RUN_BROKEN, -1, "the listing of the tests was damaged on its way");
        pool_stop_run(pool);
        return;
    }
    pool->state = POOL_DEALING;
    json_int_t maxfail = json_integer_value(json_object_get(body, "maxfail"));
    pool->events->listed(pool->owner, pool->listed, maxfail > 0 ? (unsigned)maxfail : 0);
    pool_feed(pool);
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
        pool_damage(pool, "the end of a box that nobody asked for");
        return;
    }
    struct verdict_sink sink = {pool_tell, pool};
    struct box_end end = pool_box_end(pool, slot, death_read(body));
    end.stopped = json_string_value(json_object_get(body, "stopped"));
    end.left = json_object_get(body, "left");
    struct box box = slot_take(slot);
    pool->busy = true;
    if (verdict_box(&sink, slot->number, &box, &end))
        return_rest(pool, slot->number, &box, &end.death);
    pool->busy = false;
    box_release(&box);
    if (end.stopped != NULL && pool->state == POOL_DEALING) {
        pool_set_end(pool, RUN_BROKEN, 2, end.stopped);
        pool_stop_run(pool);
    }
    pool_feed(pool);
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
        pool_set_end(pool, complete ? RUN_COMPLETE : RUN_BROKEN, death.exit_code, text != NULL ? text : "");
        pool_write_off(pool, &death);
    }
    if (pool_is_in(pool, IN_LIVE | IN(POOL_STOPPING)))
        pool_end_run(pool);
}

static void on_loaded(struct pool *pool, struct slot *slot, json_t *body)
{
    (void)slot;
    const char *path = json_string_value(json_object_get(body, "path"));
    const char *how = json_string_value(json_object_get(body, "how"));
    const json_t *list = json_object_get(body, "loads"), *item;
    struct strings loads = {0};
    size_t i;
    json_array_foreach(list, i, item) if (json_is_string(item)) strings_add(&loads, json_string_value(item));
    if (path != NULL && how != NULL && pool->events->loaded != NULL)
        pool->events->loaded(pool->owner, path, how, &loads);
    strings_release(&loads);
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
    {"loaded", IN_ALL & ~IN(POOL_CLOSING), false, on_loaded},
};

static void on_message(void *owner, const char *verb, int slot, json_t *body)
{
    struct pool *pool = owner;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        const struct message *message = &messages[i];
        if (strcmp(message->verb, verb) != 0 || !pool_is_in(pool, message->states))
            continue;
        if (message->of_slot && (slot < 0 || (unsigned)slot >= pool->options.slots))
            pool_damage(pool, "a message about a slot that does not exist");
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
    if (!pool_is_in(pool, IN_LIVE))
        return;
    pool->listed += pool->state == POOL_LISTING && event->status == EVENT_EXISTS;
    struct event named = *event;
    if (slot != NULL && event->test_id.data == NULL && event_is_output(event))
        named.test_id = bytes_of(slot_running(slot));
    else if (slot != NULL && event->status == EVENT_INPROGRESS)
        slot_begin(slot, event->test_id, pool->options.timeout_ms);
    else if (slot != NULL && event_is_final(event))
        slot_report(slot, event->test_id);
    pool_tell(pool, &named);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    char *text = mem_printf("the worker's stream: %s (%llu octets at %llu)", reason,
                            (unsigned long long)length, (unsigned long long)offset);
    pool_damage(owner, length > 0 ? text : reason);
    free(text);
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
    bool refused_work = pool->refused != NULL || !pool->greeted;
    pool->worker = NULL;
    pool->greeted = false;
    if (pool->state == POOL_CLOSING) {
        pool_settle(pool);
        return;
    }
    pool->handles--;
    struct buf words = {0};
    char *refused = pool->refused;
    pool->refused = NULL;
    describe_end(&words, &death, refused, text);
    if (pool_is_in(pool, IN_LIVE)) {
        pool_set_end(pool, RUN_BROKEN, refused_work ? 4 : -1, buf_str(&words));
        pool_write_off(pool, &death);
    }
    if (pool_is_in(pool, IN_LIVE | IN(POOL_STOPPING) | IN(POOL_BREAKING)))
        pool_end_run(pool);
    else
        pool_damage(pool, buf_str(&words));
    buf_release(&words);
    free(refused);
}

const struct worker_events pool_worker_events = {
    .event = on_event, .message = on_message, .damage = on_damage, .closed = on_closed};
