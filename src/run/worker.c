#include "run/worker.h"

#include "run/launch.h"
#include "stream/control.h"
#include "stream/subunit.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define STDERR_KEPT (8 * 1024)
struct worker {
    const struct worker_events *events;
    void *owner;
    uv_process_t process;
    uv_pipe_t commands, stderr_pipe, packets;
    uv_timer_t grace;
    int lifeline_fd;  /* the only write end there is; -1 once closed */
    unsigned handles; /* open ones */
    bool spawned;     /* uv_spawn was called: whatever came of it, the process handle wants closing */
    bool closing;     /* the process is gone or never was: handles are being closed */
    bool deaf;        /* stdin is closed: commands are dropped */
    struct subunit_reader reader;
    struct buf stderr_text;
    struct buf scratch; /* a command on its way into the stream's form */
    char octets[64 * 1024];
    int64_t exit_code;
    int signal;
};

struct command {
    uv_write_t request;
    char *data;
};

static void settle(uv_handle_t *handle)
{
    struct worker *worker = handle->data;
    if (--worker->handles > 0)
        return;
    worker->events->closed(worker->owner, worker->exit_code, worker->signal, buf_str(&worker->stderr_text));
    subunit_reader_release(&worker->reader);
    buf_release(&worker->stderr_text);
    buf_release(&worker->scratch);
    free(worker);
}

static void close_lifeline(struct worker *worker)
{
    if (worker->lifeline_fd >= 0)
        close(worker->lifeline_fd);
    worker->lifeline_fd = -1;
}

static void close_handle(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, settle);
}

static void close_all(struct worker *worker)
{
    worker->closing = true;
    worker->deaf = true;
    close_lifeline(worker);
    if (worker->spawned)
        close_handle(&worker->process);
    close_handle(&worker->commands);
    close_handle(&worker->stderr_pipe);
    close_handle(&worker->packets);
    close_handle(&worker->grace);
}

/* Packets, as the reader finds them. */

static void receive_message(struct worker *worker, const struct event *event)
{
    struct control control;
    struct error error;
    if (control_read(&control, event, &error) == 0)
        worker->events->message(worker->owner, control.verb, control.slot, control.body);
    else
        worker->events->damage(worker->owner, error.text, 0, 0);
    control_release(&control);
}

static void on_event(void *owner, const struct event *event)
{
    struct worker *worker = owner;
    if (control_is(event))
        receive_message(worker, event);
    else
        worker->events->event(worker->owner, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct worker *worker = owner;
    worker->events->damage(worker->owner, "octets between the packets", 0, octets.len);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct worker *worker = owner;
    worker->events->damage(worker->owner, reason, offset, length);
}

static const struct event_sink sink = {.event = on_event, .noise = on_noise, .damage = on_damage};

static void keep_stderr(struct worker *worker, const char *data, size_t len)
{
    buf_add(&worker->stderr_text, data, len);
    if (worker->stderr_text.len > STDERR_KEPT)
        buf_drop(&worker->stderr_text, worker->stderr_text.len - STDERR_KEPT);
}

static void receive(struct worker *worker, const uv_pipe_t *from, const char *data, size_t len)
{
    if (from == &worker->packets)
        subunit_reader_feed(&worker->reader, data, len);
    else
        keep_stderr(worker, data, len);
}

static void lend_octets(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)suggested;
    struct worker *worker = handle->data;
    *buf = uv_buf_init(worker->octets, sizeof worker->octets);
}

static void read_some(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    if (count > 0)
        receive(stream->data, (uv_pipe_t *)stream, buf->base, (size_t)count);
    else if (count < 0)
        uv_read_stop(stream);
}

/* The reaper left last, so whatever its family wrote is in the pipe. An end of file is not waited for: a
 * process of another user may hold the other end. */
static void drain(struct worker *worker, uv_pipe_t *pipe)
{
    uv_os_fd_t fd;
    if (uv_fileno((uv_handle_t *)pipe, &fd) < 0)
        return;
    ssize_t count;
    while ((count = read(fd, worker->octets, sizeof worker->octets)) > 0 || (count < 0 && errno == EINTR))
        if (count > 0)
            receive(worker, pipe, worker->octets, (size_t)count);
}

static void finish(uv_process_t *process, int64_t exit_code, int signal)
{
    struct worker *worker = process->data;
    worker->exit_code = exit_code;
    worker->signal = signal;
    drain(worker, &worker->packets);
    drain(worker, &worker->stderr_pipe);
    subunit_reader_end(&worker->reader);
    close_all(worker);
}

/* Options. */

static const char *const *copy_env(const char *const *env)
{
    VEC(const char *) copy = {0};
    for (; env != NULL && *env != NULL; env++)
        vec_push(&copy, mem_strdup(*env));
    vec_push(&copy, NULL);
    return copy.items;
}

void worker_options_copy(struct worker_options *to, const struct worker_options *from)
{
    *to = (struct worker_options){
        .self = mem_strdup(from->self),
        .python = mem_strdup(from->python),
        .source = mem_strdup(from->source),
        .framework = mem_strdup(from->framework),
        .recipe = mem_strdup(from->recipe),
        .cwd = mem_strdup(from->cwd),
        .env = copy_env(from->env),
        .cache_dir = mem_strdup(from->cache_dir),
    };
}

static void free_const(const void *owned)
{
    free((void *)(uintptr_t)owned);
}

void worker_options_release(struct worker_options *options)
{
    free_const(options->self);
    free_const(options->python);
    free_const(options->source);
    free_const(options->framework);
    free_const(options->recipe);
    free_const(options->cwd);
    for (const char *const *entry = options->env; entry != NULL && *entry != NULL; entry++)
        free_const(*entry);
    free_const(options->env);
    free_const(options->cache_dir);
    *options = (struct worker_options){0};
}

/* Starting and sending. */

static void finish_write(uv_write_t *request, int status)
{
    (void)status; /* a worker that reads no more is about to end, and that is what is reported */
    struct command *command = (struct command *)request;
    free(command->data);
    free(command);
}

static void write_take(struct worker *worker, char *data, size_t len)
{
    struct command *command = mem_zero(sizeof *command);
    command->data = data;
    uv_buf_t piece = uv_buf_init(data, (unsigned)len);
    int code = uv_write(&command->request, (uv_stream_t *)&worker->commands, &piece, 1, finish_write);
    if (code < 0)
        finish_write(&command->request, code);
}

/* An end that libuv did not take stays with the launch, which closes it. */
static int adopt(uv_pipe_t *pipe, int *fd)
{
    int code = uv_pipe_open(pipe, *fd);
    if (code == 0)
        *fd = -1;
    return code;
}

static int start(struct worker *worker, const struct worker_options *options, struct error *error)
{
    struct launch launch;
    int code = launch_worker(worker->grace.loop, options, &worker->process, finish, &worker->spawned, &launch,
                             error);
    worker->handles += worker->spawned;
    if (code < 0)
        return code;
    worker->lifeline_fd = launch.lifeline_fd;
    launch.lifeline_fd = -1;
    code = adopt(&worker->commands, &launch.commands_fd);
    if (code == 0)
        code = adopt(&worker->stderr_pipe, &launch.stderr_fd);
    if (code == 0)
        code = adopt(&worker->packets, &launch.packets_fd);
    if (code == 0) {
        uv_read_start((uv_stream_t *)&worker->packets, lend_octets, read_some);
        uv_read_start((uv_stream_t *)&worker->stderr_pipe, lend_octets, read_some);
        write_take(worker, launch.source, launch.source_len);
        launch.source = NULL;
    } else { /* there is a process, and it is its end that is reported */
        buf_printf(&worker->stderr_text, "the worker's pipes: %s", strerror(-code));
        worker->deaf = true;
        close_lifeline(worker);
    }
    launch_release(&launch);
    return 0;
}

static void init_handles(struct worker *worker, uv_loop_t *loop)
{
    uv_pipe_init(loop, &worker->commands, 0);
    uv_pipe_init(loop, &worker->stderr_pipe, 0);
    uv_pipe_init(loop, &worker->packets, 0);
    uv_timer_init(loop, &worker->grace);
    worker->process.data = worker->commands.data = worker->stderr_pipe.data = worker;
    worker->packets.data = worker->grace.data = worker;
    worker->handles = 4;
}

struct worker *worker_start(uv_loop_t *loop, const struct worker_options *options,
                            const struct worker_events *events, void *owner)
{
    struct worker *worker = mem_zero(sizeof *worker);
    worker->events = events;
    worker->owner = owner;
    worker->lifeline_fd = -1;
    subunit_reader_init(&worker->reader, &sink, worker);
    init_handles(worker, loop);

    struct error error;
    int code = start(worker, options, &error);
    if (code < 0) {
        worker->exit_code = code;
        buf_puts(&worker->stderr_text, error.text);
        close_all(worker);
    }
    return worker;
}

void worker_send(struct worker *worker, const char *verb, int slot, json_t *body)
{
    control_write(&worker->scratch, verb, slot, body);
    size_t len = worker->scratch.len;
    char *packet = buf_take(&worker->scratch);
    if (worker->deaf)
        free(packet);
    else
        write_take(worker, packet, len);
}

static void end_grace(uv_timer_t *timer)
{
    close_lifeline(timer->data);
}

void worker_stop(struct worker *worker, unsigned grace_ms)
{
    if (worker->closing)
        return;
    worker->deaf = true;
    close_handle(&worker->commands);
    if (!uv_is_active((uv_handle_t *)&worker->grace) || uv_timer_get_due_in(&worker->grace) > grace_ms)
        uv_timer_start(&worker->grace, end_grace, grace_ms, 0);
}
