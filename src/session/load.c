/* Results that are read instead of made: of another machine, of another program. They are the newest run;
 * which of them are tests of this project is known by a listing, which comes first. */
#include "session/private.h"

#include "session/known.h"
#include "stream/held.h"
#include "stream/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE 65536
#define DAMAGES_TOLD 20
#define EXIT_DAMAGED 1
#define EXIT_UNREADABLE 4
#define EXIT_EMPTY 5

struct session_load {
    struct session *session;
    struct session_input input;
    char *name;
    void *reader;     /* NULL: the format is not known yet */
    struct buf head;  /* read before it is */
    struct held held; /* a failure, until all that tells of it has come */
    struct known known;
    struct buf told, id; /* how the stream calls the test at hand, and how this project does */
    size_t owner;        /* that it is a part of; MAP_NONE none */
    bool is_known;
    uint64_t damages;
    bool reading; /* the handle is open */
    union {
        uv_handle_t any;
        uv_poll_t poll;
        uv_idle_t idle;
    } handle;
};

void session_load_new(struct session *session, const struct session_input *input)
{
    struct session_load *load = mem_zero(sizeof *load);
    load->session = session;
    load->input = *input;
    load->name = mem_strdup(input->name);
    load->owner = MAP_NONE;
    session->load = load;
}

const char *session_load_name(const struct session *session)
{
    return session->load->name;
}

static void free_load(struct session_load *load)
{
    if (load == NULL)
        return;
    if (load->reader != NULL)
        load->input.format->release(load->reader);
    free(load->reader);
    close(load->input.fd);
    free(load->name);
    buf_release(&load->head);
    buf_release(&load->told);
    buf_release(&load->id);
    held_release(&load->held);
    known_release(&load->known);
    free(load);
}

void session_load_free(struct session *session)
{
    free_load(session->load);
    session->load = NULL;
}

static void handle_closed(uv_handle_t *handle)
{
    struct session_load *load = handle->data;
    struct session *session = load->session;
    free_load(load);
    session_part_closed(session);
}

void session_load_close(struct session *session)
{
    struct session_load *load = session->load;
    if (load == NULL)
        return;
    session->load = NULL;
    if (load->reading)
        uv_close(&load->handle.any, handle_closed);
    else
        free_load(load);
}

static void take(struct session *session, const struct event *event)
{
    size_t ended = session_take(session, event);
    if (ended != MAP_NONE)
        session_finish(session, ended);
}

/* Which test of this project the stream's id means. */
static void identify(struct session_load *load, const struct event *event)
{
    const struct model *model = &load->session->model;
    size_t len = 0, test = known_find(&load->known, event->test_id);
    buf_clear(&load->told);
    buf_add(&load->told, event->test_id.data, event->test_id.len);
    buf_clear(&load->id);
    load->is_known = test != MAP_NONE;
    load->owner = test == MAP_NONE ? known_owner(&load->known, event->test_id, &len) : MAP_NONE;
    size_t named = test != MAP_NONE ? test : load->owner;
    if (named != MAP_NONE)
        buf_puts(&load->id, model->tests.items[named].id);
    else
        len = 0;
    if (test == MAP_NONE)
        buf_add(&load->id, event->test_id.data + len, event->test_id.len - len);
}

/* A file that could not be collected there is one that can be collected here. */
static void identify_file(struct session_load *load, const struct event *event)
{
    char *path = bytes_dup(event->test_id);
    const struct test nothing = {.group = ""};
    const char *here = session_find_here(load->session, &nothing, path);
    buf_clear(&load->told);
    buf_clear(&load->id);
    buf_puts(&load->id, here != NULL ? here : path);
    load->is_known = here != NULL || session_has_file(load->session, path);
    load->owner = MAP_NONE;
    free(path);
}

static void take_named(void *owner, const struct event *event)
{
    struct session_load *load = owner;
    struct session *session = load->session;
    if (event_has_tag(event, TAG_COLLECTION))
        identify_file(load, event);
    else if (!bytes_equal(event->test_id, buf_bytes(&load->told)))
        identify(load, event);
    struct event own = *event;
    own.test_id = buf_bytes(&load->id);
    own.runnable = load->is_known;
    const char *group = load->owner != MAP_NONE ? session->model.tests.items[load->owner].group : "";
    size_t at = model_add(&session->model, own.test_id, bytes_of(group));
    session->model.tests.items[at].unknown = !load->is_known && load->owner == MAP_NONE;
    take(session, &own);
}

static void on_held(void *owner, const struct event *event)
{
    struct session_load *load = owner;
    if (event->test_id.data == NULL)
        take(load->session, event);
    else
        take_named(load, event);
}

static void on_event(void *owner, const struct event *event)
{
    struct session_load *load = owner;
    if (event->status != EVENT_EXISTS)
        held_take(&load->held, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct session_load *load = owner;
    const struct event event = {.file_name = bytes_of("stdout"), .file = octets};
    take(load->session, &event);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct session_load *load = owner;
    (void)length;
    load->session->model.damage++;
    if (++load->damages <= DAMAGES_TOLD)
        session_notice(load->session, "%s: octet %llu: %s", load->name, (unsigned long long)offset, reason);
}

static const struct event_sink sink = {on_event, on_noise, on_damage};

/* The listing. */

void session_load_listed(struct session *session, const struct event *event)
{
    if (event->status == EVENT_EXISTS)
        model_apply(&session->model, event, session_now());
}

/* Where the tests cannot be listed, what is known of them is what earlier runs have left. */
static void know_tests(struct session_load *load, bool listed)
{
    const struct model *model = &load->session->model;
    for (size_t i = 0; listed && i < model->listing.len; i++) {
        size_t test = model->listing.items[i];
        known_add(&load->known, bytes_of(model->tests.items[test].id), test);
    }
    for (size_t i = 0; !listed && i < model->tests.len; i++)
        if (model->tests.items[i].runnable && !model->tests.items[i].gone)
            known_add(&load->known, bytes_of(model->tests.items[i].id), i);
}

/* The reading. */

/* A test that ran when the stream ended may have been killed: that is no pass. */
static void end_unfinished(struct session *session)
{
    static const char reason[] = "its results end while it ran";
    const struct bytes tags[] = {bytes_of(TAG_NOT_RUN)};
    for (size_t i = 0; i < session->model.tests.len; i++) {
        const struct test *test = &session->model.tests.items[i];
        if (test->state != TEST_RUNNING)
            continue;
        const struct bytes id = bytes_of(test->id);
        const struct event why = {
            .test_id = id, .file_name = bytes_of("reason"), .file = bytes_of(reason), .eof = true};
        const struct event end = {.test_id = id,
                                  .status = EVENT_FAIL,
                                  .tags = tags,
                                  .tag_count = 1,
                                  .has_tags = true,
                                  .runnable = test->runnable};
        take(session, &why);
        take(session, &end);
    }
}

/* What was red before and is not among these results leaves the red set: it is theirs. */
static void replace_red(struct session *session)
{
    struct model *model = &session->model;
    size_t left = 0;
    for (size_t i = 0; i < model->tests.len; i++) {
        const struct test *test = &model->tests.items[i];
        if (!test->red || test->state == TEST_DONE)
            continue;
        left++;
        model_set_red(model, i, false);
        history_set_red(session->history, session_name(session, test), false);
    }
    if (left > 0)
        session_notice(session, "%zu test%s that %s red here left the red set: %s not among the results",
                       left, left == 1 ? "" : "s", left == 1 ? "was" : "were",
                       left == 1 ? "it is" : "they are");
    session_failures_sweep(session, true);
}

static void tell_unknown(struct session *session)
{
    size_t unknown = 0;
    const struct test *test, *one = NULL;
    vec_each (test, &session->model.tests)
        if (test->red && test->unknown) {
            unknown++;
            one = test;
        }
    if (unknown == 1)
        session_notice(session, "%s is unknown here: it is shown, and cannot be rerun", one->id);
    else if (unknown > 1)
        session_notice(session, "%zu failing tests are unknown here: they are shown, and cannot be rerun",
                       unknown);
}

/* All is read, or as much as can be. why: what ended it before, NULL nothing. */
static void finish(struct session_load *load, const char *why)
{
    struct session *session = load->session;
    uint64_t damages = load->damages;
    if (load->reader != NULL) {
        load->input.format->end(load->reader);
        held_settle(&load->held);
        damages = load->damages;
        end_unfinished(session);
    }
    if (damages > DAMAGES_TOLD)
        session_notice(session, "%s: %llu more such places", load->name,
                       (unsigned long long)(damages - DAMAGES_TOLD));
    if (why == NULL && damages == 0 && session->model.done > 0)
        replace_red(session);
    tell_unknown(session);
    if (why != NULL)
        session->broken = mem_strdup(why);
    session_load_close(session);
    int code = why != NULL                   ? EXIT_UNREADABLE
               : damages > 0                 ? EXIT_DAMAGED
               : session_run_failed(session) ? 1
               : session->model.done == 0    ? EXIT_EMPTY
                                             : 0;
    session_end_run(session, code, why == NULL && damages == 0, false);
}

static void feed(struct session_load *load, struct bytes piece)
{
    struct session_input *input = &load->input;
    if (load->reader != NULL) {
        input->format->feed(load->reader, piece.data, piece.len);
        return;
    }
    buf_add(&load->head, piece.data, piece.len);
    if (input->format == NULL)
        input->format = stream_guess(buf_bytes(&load->head), piece.len == 0);
    if (input->format == NULL)
        return;
    load->reader = mem_zero(input->format->size);
    input->format->init(load->reader, &sink, load);
    input->format->feed(load->reader, buf_str(&load->head), load->head.len);
    buf_release(&load->head);
}

static void read_piece(struct session_load *load)
{
    char piece[PIECE];
    ssize_t got = read(load->input.fd, piece, sizeof piece);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got >= 0)
        feed(load, (struct bytes){piece, (size_t)got});
    char *why = NULL;
    if (got < 0)
        why = mem_printf("%s: cannot be read: %s", load->name, strerror(errno));
    else if (load->reader == NULL && (got == 0 || load->head.len >= STREAM_HEAD))
        why =
            mem_printf("%s: looks like none of the formats that aloof reads; say which: --from", load->name);
    if (got <= 0 || why != NULL)
        finish(load, why);
    free(why);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    read_piece(poll->data);
}

static void on_idle(uv_idle_t *idle)
{
    read_piece(idle->data);
}

/* Files cannot be waited for, they are always there. */
static void start_reading(struct session_load *load)
{
    uv_loop_t *loop = load->session->loop;
    bool waits = uv_poll_init(loop, &load->handle.poll, load->input.fd) == 0;
    if (!waits)
        uv_idle_init(loop, &load->handle.idle);
    load->handle.any.data = load;
    load->reading = true;
    load->session->open_parts++;
    if (waits)
        uv_poll_start(&load->handle.poll, UV_READABLE, on_readable);
    else
        uv_idle_start(&load->handle.idle, on_idle);
}

void session_load_read(struct session *session, const struct pool_end *end)
{
    struct session_load *load = session->load;
    if (end->how == RUN_CANCELLED) {
        session_load_close(session);
        session_end_run(session, 2, false, true);
        return;
    }
    bool listed = end->how == RUN_COMPLETE && (end->exit_code == 0 || end->exit_code == 5);
    if (!listed)
        session_notice(
            session, "the tests of this project cannot be listed (aloof --once tells why): ids are compared "
                     "with those of earlier runs");
    know_tests(load, listed);
    load->held.event = on_held;
    load->held.owner = load;
    model_begin(&session->model, ++session->serial);
    session->model.loaded = true;
    session->model.tree = 0;
    start_reading(load);
    session_touch(session);
}

bool session_load_stop(struct session *session)
{
    if (session->load == NULL || !session->load->reading)
        return false;
    session_load_close(session);
    session_end_run(session, 2, false, true);
    return true;
}
