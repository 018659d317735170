#include "stream/mux.h"
#include "command/command.h"
#include "command/output.h"
#include "core/error.h"
#include "run/verdict.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#define PIECE 65536
#define QUIET_MS 200 /* after so long, what was printed is taken for what it looks like */
#define LIFELINE_FD 3

enum { EXIT_STOPPED = 2 };

struct station;

/* One of the commands. */
struct member {
    struct station *station;
    const char *command;
    struct mux mux;
    uv_process_t process;
    uv_pipe_t pipes[2]; /* its standard output and error */
    uv_timer_t quiet;
    unsigned open; /* handles of these */
    bool exited;
    struct buf how;
    struct mux_end end;
};

/* Where they come together. */
struct station {
    uv_loop_t loop;
    char self[PATH_MAX];
    const struct stream_format *from;
    struct member *members;
    size_t count, running;
    uv_signal_t signals[3];
    struct buf pending;           /* what nobody has yet */
    char piece[PIECE];            /* what is being read; used up before the next read */
    int lifeline_fd, far_fd;      /* the reapers have the far one */
    bool stopped, failed, broken; /* broken: standard output is gone */
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* All commands end, with what they started. */
static void stop(struct station *station)
{
    station->stopped = true;
    close_fd(&station->lifeline_fd);
}

static void flush(struct station *station)
{
    if (!station->broken && output_write(STDOUT_FILENO, buf_bytes(&station->pending)) != 0) {
        station->broken = true;
        stop(station);
    }
    buf_clear(&station->pending);
}

static void close_signals(struct station *station)
{
    for (size_t i = 0; i < sizeof station->signals / sizeof *station->signals; i++)
        uv_close((uv_handle_t *)&station->signals[i], NULL);
}

/* The last handle of a command is closed: it is over. */
static void on_closed(uv_handle_t *handle)
{
    struct member *member = handle->data;
    struct station *station = member->station;
    if (--member->open > 0)
        return;
    member->end.interrupted = station->stopped;
    mux_end(&member->mux, &member->end);
    station->failed = station->failed || mux_failed(&member->mux);
    flush(station);
    if (--station->running == 0)
        close_signals(station);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
    struct station *station = ((struct member *)handle->data)->station;
    (void)size;
    *buf = uv_buf_init(station->piece, sizeof station->piece);
}

static void on_quiet(uv_timer_t *timer)
{
    struct member *member = timer->data;
    mux_quiet(&member->mux);
    flush(member->station);
}

/* What is still to come of a command are its two files, and its end. */
static void close_when_over(struct member *member)
{
    bool over = member->exited && uv_is_closing((uv_handle_t *)&member->pipes[0]) &&
                uv_is_closing((uv_handle_t *)&member->pipes[1]);
    if (over && !uv_is_closing((uv_handle_t *)&member->quiet))
        uv_close((uv_handle_t *)&member->quiet, on_closed);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct member *member = stream->data;
    bool errors = stream == (uv_stream_t *)&member->pipes[1];
    if (got > 0 && errors)
        mux_err(&member->mux, (struct bytes){buf->base, (size_t)got});
    else if (got > 0)
        mux_out(&member->mux, (struct bytes){buf->base, (size_t)got});
    if (got > 0 && !errors)
        uv_timer_start(&member->quiet, on_quiet, QUIET_MS, 0);
    flush(member->station);
    if (got < 0) {
        uv_close((uv_handle_t *)stream, on_closed);
        close_when_over(member);
    }
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal_number)
{
    struct member *member = process->data;
    member->exited = true;
    if (signal_number == 0 && status > 128) /* as the reaper tells it */
        signal_number = (int)status - 128;
    const struct death death = {(int)status, signal_number};
    member->end.code = signal_number != 0 ? 128 + signal_number : (int)status;
    death_describe(&member->how, &death);
    member->end.how = buf_str(&member->how);
    uv_close((uv_handle_t *)process, on_closed);
    close_when_over(member);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    stop(handle->data);
}

/* In a session of its own, below a reaper that answers for all that it starts. Real pipes: a socket cannot be
 * opened again as /dev/stdout. */
static int spawn(struct station *station, struct member *member, const int far[2])
{
    const char *argv[] = {station->self, "--reaper", "3", "/bin/sh", "-c", member->command, NULL};
    uv_stdio_container_t stdio[LIFELINE_FD + 1] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = far[0]},
        {.flags = UV_INHERIT_FD, .data.fd = far[1]},
        {.flags = UV_INHERIT_FD, .data.fd = station->far_fd},
    };
    const uv_process_options_t how = {
        .exit_cb = on_exit_status,
        .file = station->self,
        .args = (char **)(uintptr_t)argv,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = LIFELINE_FD + 1,
        .stdio = stdio,
    };
    return uv_spawn(&station->loop, &member->process, &how);
}

/* Two pipes that we read. The far ends are -1 where there is none. */
static int open_pipes(struct station *station, struct member *member, int far[2])
{
    int bad = 0;
    for (int i = 0; i < 2; i++) {
        uv_file ends[2] = {-1, -1};
        uv_pipe_init(&station->loop, &member->pipes[i], 0);
        member->pipes[i].data = member;
        if (bad == 0)
            bad = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);
        if (bad == 0)
            bad = uv_pipe_open(&member->pipes[i], ends[0]);
        far[i] = ends[1];
    }
    return bad;
}

static void start(struct station *station, struct member *member)
{
    int far[2];
    uv_timer_init(&station->loop, &member->quiet);
    member->quiet.data = member->process.data = member;
    int bad = open_pipes(station, member, far);
    member->open = bad == 0 ? 4 : 3;
    if (bad == 0)
        bad = spawn(station, member, far);
    close_fd(&far[0]);
    close_fd(&far[1]);
    if (bad == 0) {
        uv_read_start((uv_stream_t *)&member->pipes[0], on_alloc, on_read);
        uv_read_start((uv_stream_t *)&member->pipes[1], on_alloc, on_read);
        return;
    }
    member->exited = true;
    member->end = (struct mux_end){.code = 127, .how = uv_strerror(bad)};
    if (member->open == 4)
        uv_close((uv_handle_t *)&member->process, on_closed);
    uv_close((uv_handle_t *)&member->pipes[0], on_closed);
    uv_close((uv_handle_t *)&member->pipes[1], on_closed);
    close_when_over(member);
}

static void catch_signals(struct station *station)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uv_signal_init(&station->loop, &station->signals[i]);
        station->signals[i].data = station;
        uv_signal_start(&station->signals[i], on_signal, numbers[i]);
    }
}

/* Runs the commands until all are over. */
static int run(struct station *station, int count, char *commands[], struct error *error)
{
    uv_file ends[2];
    size_t size = sizeof station->self;
    int bad = uv_exepath(station->self, &size);
    if (bad == 0)
        bad = uv_pipe(ends, 0, 0);
    if (bad != 0)
        return error_set(error, bad, "mux: cannot start commands: %s", uv_strerror(bad));
    station->far_fd = ends[0];
    station->lifeline_fd = ends[1];
    uv_loop_init(&station->loop);
    catch_signals(station);
    station->count = station->running = (size_t)count;
    station->members = mem_zero(station->count * sizeof *station->members);
    for (size_t i = 0; i < station->count; i++) {
        char route[24];
        struct member *member = &station->members[i];
        snprintf(route, sizeof route, "%zu", i);
        member->station = station;
        member->command = commands[i];
        mux_init(&member->mux, commands[i], route, station->from, &station->pending);
        start(station, member);
    }
    close_fd(&station->far_fd);
    uv_run(&station->loop, UV_RUN_DEFAULT);
    close_fd(&station->lifeline_fd);
    for (size_t i = 0; i < station->count; i++) {
        mux_release(&station->members[i].mux);
        buf_release(&station->members[i].how);
    }
    free(station->members);
    buf_release(&station->pending);
    return uv_loop_close(&station->loop);
}

static void help(void)
{
    printf("Usage: aloof mux [--from FORMAT] COMMAND...\n\n"
           "Runs the commands at once, each a line for the shell, and writes the tests and the output of all "
           "as one\n"
           "subunit v2 stream: the first on route 0, the second on route 1, and so on.\n"
           "Exit codes: 0 none failed, 1 some test or command did, 2 interrupted, 4 usage error.\n\n"
           "  --from FORMAT       of their standard output (else it is found out, one by one)\n");
}

static int read_options(struct station *station, int argc, char *argv[], struct error *error)
{
    static const struct option options[] = {
        {"from", required_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "+h", options, NULL)) != -1;) {
        if (option == 'h') {
            help();
            return 0;
        }
        if (option == 'f' && (station->from = stream_format(optarg)) == NULL)
            error_set(error, -EINVAL, "--from %s: no such format; see aloof convert --help", optarg);
        else if (option == '?')
            error_set(error, -EINVAL, "mux: %s is no option of it, or lacks its value; see aloof mux --help",
                      argv[optind - 1]);
        if (error->text[0] != '\0')
            return COMMAND_USAGE;
    }
    if (optind < argc)
        return -1;
    error_set(error, -EINVAL, "mux: expected commands; see aloof mux --help");
    return COMMAND_USAGE;
}

int command_mux(int argc, char *argv[])
{
    struct station *station = mem_zero(sizeof *station);
    struct error error = {0};
    station->lifeline_fd = station->far_fd = -1;
    int code = read_options(station, argc, argv, &error);
    if (code < 0) {
        int bad = run(station, argc - optind, argv + optind, &error);
        code = bad != 0 ? COMMAND_BAD : station->stopped ? EXIT_STOPPED : station->failed ? COMMAND_BAD : 0;
    }
    if (error.text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error.text);
    free(station);
    return code;
}
