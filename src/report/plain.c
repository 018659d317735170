#include "report/plain.h"

#include "report/bar.h"
#include "report/block.h"
#include "report/ending.h"
#include "report/round_lines.h"
#include "trace/text.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define PAINT_MS 33      /* between two paints of the bar, at least */
#define PATIENCE_MS 5000 /* with a test that runs, where there is no bar; then twice as long, and so on */
#define EXIT_INTERRUPTED 2
#define EXIT_INTERNAL 3

struct plain {
    struct plain_options options;
    struct paper paper;
    uv_loop_t *loop;
    uv_timer_t tick;
    struct session *session; /* NULL: not attached, or closed */
    struct buf out;          /* of one write */
    bool live;               /* there is a bar */
    bool running;            /* a run is on */
    bool shown;              /* the bar is on the last line */
    bool interrupted;
    bool unwritable;
    uint64_t painted; /* uv_hrtime */
    uint64_t patience_ms;
    int exit_code;
};

static bool is_dumb(const struct plain_options *options)
{
    return options->term == NULL || *options->term == '\0' || strcmp(options->term, "dumb") == 0;
}

/* Terminals of DEC's, and what terminfo calls the colourless variant of another. */
static bool is_mono(const struct plain_options *options)
{
    struct bytes term = bytes_of(options->term);
    bool vt = bytes_starts(term, "vt") && term.data[2] >= '0' && term.data[2] <= '9';
    return vt || text_ends(term, "-m") || text_ends(term, "-mono");
}

/* The Linux console, and those, show hyperlinks as text. */
static bool knows_links(const struct plain_options *options)
{
    return strncmp(options->term, "linux", 5) != 0 && !is_mono(options);
}

struct plain *plain_new(uv_loop_t *loop, const struct plain_options *options)
{
    struct plain *plain = mem_zero(sizeof *plain);
    plain->options = *options;
    plain->loop = loop;
    plain->live = options->terminal && !is_dumb(options);
    plain->paper.ascii = !options->utf8;
    plain->paper.links = plain->live && knows_links(options);
    plain->paper.color = options->color == 1 ||
                         (options->color == 0 && plain->live && !options->no_color && !is_mono(options));
    plain->exit_code = EXIT_INTERRUPTED;
    if (options->columns == 0)
        plain->options.columns = COLUMNS_DEFAULT;
    return plain;
}

void plain_attach(struct plain *plain, struct session *session)
{
    plain->session = session;
    uv_timer_init(plain->loop, &plain->tick);
    plain->tick.data = plain;
}

/* Writes all of the text, waiting where the other end is slow. 0, or a negative errno. */
static int write_all(int fd, struct bytes text)
{
    while (text.len > 0) {
        ssize_t put = write(fd, text.data, text.len);
        if (put < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            poll(&ready, 1, -1);
            continue;
        }
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -errno;
        text = (struct bytes){text.data + put, text.len - (size_t)put};
    }
    return 0;
}

/* Writes what was gathered. Where nobody can read it, the run is of no use. */
static void flush(struct plain *plain)
{
    if (!plain->unwritable && write_all(plain->options.fd, buf_bytes(&plain->out)) < 0) {
        plain->unwritable = true;
        if (plain->session != NULL)
            session_close(plain->session);
    }
    buf_clear(&plain->out);
}

/* Takes the bar off the last line, so that lines can be written there. */
static void lift(struct plain *plain)
{
    if (plain->shown)
        buf_puts(&plain->out, "\r\033[K");
    plain->shown = false;
}

static struct session_slot longest_running(const struct plain *plain, unsigned boxes)
{
    struct session_slot longest = {0};
    for (unsigned i = 0; i < boxes; i++) {
        struct session_slot slot = session_slot(plain->session, i);
        if (slot.test_id != NULL && (longest.test_id == NULL || slot.running_ns > longest.running_ns))
            longest = slot;
    }
    return longest;
}

static void on_tick(uv_timer_t *tick);

static void paint(struct plain *plain)
{
    if (!plain->live || !plain->running)
        return;
    struct session_status status;
    session_status(plain->session, &status);
    const struct bar bar = {
        .model = session_model(plain->session),
        .collecting = status.collecting,
        .run_ns = status.run_ns,
        .longest = longest_running(plain, status.boxes),
        .still = plain->options.still,
    };
    lift(plain);
    /* One column stays free: a terminal that wraps at its edge would begin a new line. */
    bar_write(&plain->out, &plain->paper, &bar, plain->options.columns - 1);
    plain->shown = true;
    plain->painted = uv_hrtime();
    if (!plain->options.still) /* the times that it shows go on by themselves */
        uv_timer_start(&plain->tick, on_tick, progress_due_ms(status.run_ns), 0);
}

/* Names the test that may hang: who reads a log cannot see what runs. */
static void name_longest(struct plain *plain)
{
    struct session_status status;
    session_status(plain->session, &status);
    struct session_slot slot = longest_running(plain, status.boxes);
    uint64_t running_ms = slot.test_id != NULL ? (uint64_t)slot.running_ns / 1000000 : 0;
    if (running_ms >= plain->patience_ms) {
        struct buf line = {0};
        buf_printf(&line, "still running: %s  ", slot.test_id);
        progress_words(&line, slot.stage, slot.running_ns, slot.usual_ns, true);
        paper_put(&plain->paper, &plain->out, STYLE_DIM, buf_str(&line));
        buf_putc(&plain->out, '\n');
        buf_release(&line);
        plain->patience_ms *= 2;
    }
    uv_timer_start(&plain->tick, on_tick, plain->patience_ms - running_ms % plain->patience_ms, 0);
}

static void on_tick(uv_timer_t *tick)
{
    struct plain *plain = tick->data;
    if (!plain->live)
        name_longest(plain);
    paint(plain);
    flush(plain);
}

static void on_changed(void *owner)
{
    struct plain *plain = owner;
    if (!plain->running || !plain->live)
        return;
    uint64_t since_ms = (uv_hrtime() - plain->painted) / 1000000;
    if (since_ms >= PAINT_MS)
        on_tick(&plain->tick);
    else if (!uv_is_active((uv_handle_t *)&plain->tick) || uv_timer_get_due_in(&plain->tick) > PAINT_MS)
        uv_timer_start(&plain->tick, on_tick, PAINT_MS - since_ms, 0);
}

/* What a test is that was run again and is still red: how it failed has been told. */
static void write_again(struct plain *plain, const struct test *test)
{
    char *line =
        mem_printf("%s  %s failed again, retry %u", outcome_label(test->outcome), test->id, test->retries);
    paper_put(&plain->paper, &plain->out, STYLE_RED, line);
    buf_putc(&plain->out, '\n');
    free(line);
}

static void on_failed(void *owner, size_t index)
{
    struct plain *plain = owner;
    size_t count;
    const struct failure *failure = session_failures(plain->session, &count) + index;
    if (failure->fixed)
        return;
    const struct block_place place = {
        .editor = plain->options.editor,
        .here = session_here(plain->session),
        .root = session_root(plain->session),
        .host = plain->options.host != NULL ? plain->options.host : "",
    };
    const struct test *test = &session_model(plain->session)->tests.items[failure->test];
    lift(plain);
    if (test->retries > 0)
        write_again(plain, test);
    else
        block_write(&plain->out, &plain->paper, &place, test, &failure->trace);
    paint(plain);
    flush(plain);
}

static void on_result(void *owner, size_t test)
{
    (void)owner;
    (void)test; /* the bar shows counts; `changed` follows */
}

static void on_notice(void *owner, const char *text)
{
    struct plain *plain = owner;
    lift(plain);
    paper_put(&plain->paper, &plain->out, STYLE_YELLOW, text);
    buf_putc(&plain->out, '\n');
    paint(plain);
    flush(plain);
}

static void on_said(void *owner, const char *origin, const char *text)
{
    struct plain *plain = owner;
    char *line = mem_printf("%s%s%s", origin, *origin != '\0' ? ": " : "", text);
    lift(plain);
    paper_put(&plain->paper, &plain->out, STYLE_DIM, line);
    buf_putc(&plain->out, '\n');
    paint(plain);
    flush(plain);
    free(line);
}

static void on_run_begins(void *owner)
{
    struct plain *plain = owner;
    plain->running = true;
    round_lines_begin(&plain->out, &plain->paper, session_rounds(plain->session));
    flush(plain);
    plain->patience_ms = PATIENCE_MS;
    uv_timer_start(&plain->tick, on_tick, plain->live ? 0 : PATIENCE_MS, 0);
}

static void on_run_ended(void *owner, int exit_code, const char *broken)
{
    struct plain *plain = owner;
    plain->running = false;
    uv_timer_stop(&plain->tick);
    plain->exit_code = plain->interrupted ? EXIT_INTERRUPTED : exit_code;
    lift(plain);
    ending_write(&plain->out, &plain->paper, plain->session, plain->exit_code, broken, plain->options.paths);
    bool more = !plain->interrupted && session_next_round(plain->session);
    const struct rounds *rounds = session_rounds(plain->session);
    if (!more)
        round_lines_end(&plain->out, &plain->paper, rounds, session_model(plain->session));
    if (!plain->interrupted && rounds->done > 1)
        plain->exit_code = rounds->exit_code;
    flush(plain);
    if (!more)
        session_close(plain->session);
}

static void on_closed(void *owner)
{
    struct plain *plain = owner;
    lift(plain);
    flush(plain);
    plain->session = NULL;
    plain->running = false;
    uv_close((uv_handle_t *)&plain->tick, NULL);
}

const struct session_events plain_events = {
    .changed = on_changed,
    .failed = on_failed,
    .result = on_result,
    .said = on_said,
    .notice = on_notice,
    .run_begins = on_run_begins,
    .run_ended = on_run_ended,
    .closed = on_closed,
};

void plain_resized(struct plain *plain, unsigned columns)
{
    plain->options.columns = columns > 0 ? columns : COLUMNS_DEFAULT;
    paint(plain);
    flush(plain);
}

void plain_interrupt(struct plain *plain)
{
    if (plain->session == NULL)
        return;
    bool again = plain->interrupted;
    plain->interrupted = true;
    if (plain->running && !again)
        session_stop_run(plain->session);
    else
        session_close(plain->session);
}

int plain_exit_code(const struct plain *plain)
{
    return plain->unwritable ? EXIT_INTERNAL : plain->exit_code;
}

void plain_free(struct plain *plain)
{
    if (plain == NULL)
        return;
    buf_release(&plain->out);
    free(plain);
}
