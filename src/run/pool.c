#include "run/pool_private.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#define STOP_PATIENCE_MS 2000   /* for a run to be gone after aloof.stop */
#define START_PATIENCE_MS 10000 /* the same when the worker has yet to start */
#define LEAVE_GRACE_MS 500      /* for a worker to leave by itself */

bool pool_is_in(const struct pool *pool, unsigned states)
{
    return (states & IN(pool->state)) != 0;
}

void pool_tell(void *owner, const struct event *event)
{
    struct pool *pool = owner;
    if (pool_is_in(pool, IN_LIVE))
        pool->events->event(pool->owner, event);
}

void pool_damage(struct pool *pool, const char *text)
{
    if (pool->state != POOL_CLOSING)
        pool->events->damage(pool->owner, text);
}

/* The end of a run. */

void pool_set_end(struct pool *pool, enum run_end how, int exit_code, const char *text)
{
    free((char *)(uintptr_t)pool->end.text);
    pool->end = (struct pool_end){how, exit_code, mem_strdup(text)};
}

static void clear_slots(struct pool *pool)
{
    for (unsigned i = 0; i < pool->options.slots; i++)
        slot_clear(&pool->slots[i]);
}

void pool_end_run(struct pool *pool)
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
    pool->events->moved(pool->owner);
}

static void lose_patience(uv_timer_t *timer)
{
    break_worker(timer->data);
}

void pool_await_end(struct pool *pool)
{
    uv_timer_start(&pool->patience, lose_patience, pool->greeted ? STOP_PATIENCE_MS : START_PATIENCE_MS, 0);
}

void pool_stop_run(struct pool *pool)
{
    if (pool->worker != NULL)
        worker_send(pool->worker, "stop", -1, json_pack("{s:I}", "serial", (json_int_t)pool->serial));
    pool->state = POOL_STOPPING;
    clear_slots(pool);
    pool_await_end(pool);
}

struct box_end pool_box_end(const struct pool *pool, const struct slot *slot, struct death death)
{
    return (struct box_end){
        .death = death,
        .late = deadline_passed(&slot->deadline),
        .late_test = slot->deadline.test,
        .timeout_ms = pool->options.timeout_ms,
    };
}

void pool_write_off(struct pool *pool, const struct death *death)
{
    struct verdict_sink sink = {pool_tell, pool};
    for (unsigned i = 0; i < pool->options.slots; i++) {
        struct slot *slot = &pool->slots[i];
        while (slot->held > 0) {
            struct box_end end =
                pool_box_end(pool, slot, death != NULL ? *death : (struct death){.signal = SIGKILL});
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
    pool->events->moved(pool->owner);
}

static void kill_box(void *owner)
{
    struct slot *slot = owner;
    struct pool *pool = slot->owner;
    worker_send(pool->worker, "kill", (int)slot->number, json_pack("{s:i}", "pid", slot->pid));
    pool->events->moved(pool->owner);
}

static void give_box_up(void *owner)
{
    struct slot *slot = owner;
    struct pool *pool = slot->owner;
    const char *id = slot->boxes[0].ids[slot->deadline.test];
    char *text = mem_printf("%s: its box could not be killed; the worker starts anew", id);
    pool_set_end(pool, RUN_BROKEN, -1, text);
    free(text);
    pool_write_off(pool, NULL);
    if (pool_is_in(pool, IN_LIVE))
        break_worker(pool);
}

static const struct deadline_events deadline_events = {
    .dump = dump_box, .kill = kill_box, .stuck = give_box_up};

/* Parcels. */

static void end_if_done(struct pool *pool)
{
    if (pool->state != POOL_DEALING || !pool->finishing || pool->busy)
        return;
    for (unsigned i = 0; i < pool->options.slots; i++)
        if (pool->slots[i].held > 0)
            return;
    pool->state = POOL_ENDING;
    worker_send(pool->worker, "end", -1, json_pack("{s:I}", "forgiven", (json_int_t)pool->forgiven));
}

void pool_feed(struct pool *pool)
{
    if (pool->busy)
        return;
    pool->busy = true;
    for (unsigned i = 0; i < pool->options.slots; i++)
        pool->slots[i].low = pool->slots[i].held <= SLOT_LOW;
    for (unsigned held = 0; held < SLOT_BOXES; held++)
        for (unsigned i = 0; i < pool->options.slots && pool->state == POOL_DEALING; i++)
            if (pool->slots[i].low && pool->slots[i].held == held)
                pool->events->hungry(pool->owner, i);
    pool->busy = false;
    end_if_done(pool);
}

void pool_finish(struct pool *pool)
{
    pool->finishing = true;
    end_if_done(pool);
}

void pool_forgive(struct pool *pool)
{
    pool->forgiven++;
}

void pool_settle(struct pool *pool)
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
    pool->worker = worker_start(pool->loop, &pool->options.worker, &pool_worker_events, pool);
}

void pool_set_python(struct pool *pool, const char *python)
{
    assert(pool->worker == NULL);
    free((char *)(uintptr_t)pool->options.worker.python);
    pool->options.worker.python = mem_strdup(python);
}

/* JSON cannot say octets that are not UTF-8: such a name goes with question marks, and will not be found. */
static json_t *pack_text(const char *text)
{
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *ascii = mem_strdup(text);
    for (char *c = ascii; *c != '\0'; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    string = json_string(ascii);
    free(ascii);
    return string;
}

static json_t *pack_strings(const struct strings *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(array, pack_text(list->items[i]));
    return array;
}

void pool_give(struct pool *pool, unsigned slot, const uint32_t *positions, const char *const *ids,
               const struct strings *parts, size_t count)
{
    assert(slot < pool->options.slots);
    if (pool->state != POOL_DEALING || count == 0)
        return;
    slot_push(&pool->slots[slot], positions, ids, count);
    json_t *tests = json_array(), *body = json_pack("{s:o}", "tests", tests), *names = json_array();
    bool picks = false;
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(tests, json_integer(positions[i]));
        json_array_append_new(names, parts != NULL ? pack_strings(&parts[i]) : json_array());
        picks |= parts != NULL && parts[i].len > 0;
    }
    if (picks)
        json_object_set(body, "parts", names);
    json_decref(names);
    worker_send(pool->worker, "box", (int)slot, body);
    pool_feed(pool);
}

void pool_run(struct pool *pool, unsigned serial, const struct strings *args, const struct strings *files,
              bool all)
{
    assert(pool->state == POOL_IDLE);
    pool_warm(pool);
    pool->state = POOL_LISTING;
    pool->serial = serial;
    pool->finishing = false;
    pool->stranded.len = 0;
    pool->listed = 0;
    pool->forgiven = 0;
    json_t *body = json_pack("{s:I, s:o, s:o, s:b, s:b, s:b}", "serial", (json_int_t)serial, "args",
                             pack_strings(args), "files", files != NULL ? pack_strings(files) : json_null(),
                             "warm", !pool->options.cold, "last", pool->options.once, "all", all);
    if (pool->options.keep > 0)
        json_object_set_new(body, "keep", json_integer(pool->options.keep));
    if (pool->options.profile)
        json_object_set_new(body, "profile", json_true());
    worker_send(pool->worker, "run", -1, body);
}

void pool_cancel(struct pool *pool)
{
    if (!pool_is_in(pool, IN_LIVE))
        return;
    pool_set_end(pool, RUN_CANCELLED, -1, "");
    struct verdict_sink sink = {pool_tell, pool};
    for (unsigned i = 0; i < pool->options.slots && pool_is_in(pool, IN_LIVE); i++) {
        if (slot_running(&pool->slots[i]) == NULL)
            continue;
        struct box box = slot_take(&pool->slots[i]); /* told once, should the owner cancel again from there */
        verdict_remark(&sink, box_running(&box), i, TAG_INTERRUPTED, NULL, NULL);
        box_release(&box);
    }
    if (pool_is_in(pool, IN_LIVE))
        pool_stop_run(pool);
}

bool pool_running(const struct pool *pool)
{
    return pool_is_in(pool, IN_LIVE | IN(POOL_STOPPING) | IN(POOL_BREAKING));
}

bool pool_starting(const struct pool *pool)
{
    return pool_running(pool) && !pool->greeted;
}

bool pool_breaking(const struct pool *pool)
{
    return pool->state == POOL_BREAKING;
}

struct pool_slot_view pool_slot(const struct pool *pool, unsigned slot)
{
    assert(slot < pool->options.slots);
    const struct slot *at = &pool->slots[slot];
    return (struct pool_slot_view){
        .test_id = slot_running(at),
        .stage = slot_stage(at),
        .newest_id = slot_newest(at),
        .since_ns = at->since_ns,
        .pid = at->pid,
        .held = at->held,
    };
}

unsigned pool_slots(const struct pool *pool)
{
    return pool->options.slots;
}

static void count_timer(uv_handle_t *timer)
{
    pool_settle(timer->data);
}

static void count_deadline(uv_handle_t *timer)
{
    const struct deadline *deadline = timer->data;
    const struct slot *slot = deadline->owner;
    pool_settle(slot->owner);
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
