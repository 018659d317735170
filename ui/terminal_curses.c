#include "ui/terminal_curses.h"

#include "ui/canvas.h"
#include "ui/guard.h"
#include "ui/terminal_input.h"

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SIDE_MAX 1024 /* rows and columns; no terminal is larger, but an ioctl may say so */

static const int watched[] = {SIGTSTP, SIGWINCH, SIGCONT, SIGINT, SIGQUIT, SIGTERM, SIGHUP};
#define WATCHED_COUNT (sizeof watched / sizeof *watched)
#define WATCHED_TSTP 0

enum holder { HOLDER_US, HOLDER_OTHER, HOLDER_NOBODY };

struct terminal {
    const struct terminal_events *events;
    void *owner;
    SCREEN *curses;
    int fd; /* the terminal once more: libuv makes what it polls non-blocking, and the shell's must stay as it
               is */
    struct terminal_input input;
    uv_signal_t signals[WATCHED_COUNT];
    unsigned open_handles;
    enum holder holder;
    bool ascii;
    struct canvas canvas;
    struct terminal_say say;
};

static bool wants_color(enum terminal_color color)
{
    const char *none = getenv("NO_COLOR");
    if (color == TERMINAL_COLOR_AUTO)
        return none == NULL || *none == '\0';
    return color == TERMINAL_COLOR_ALWAYS;
}

static const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text != (char *)-1 ? text : NULL;
}

static const char *with_value(const char *text, int value)
{
    return tiparm(text, value);
}

static const struct terminal_ways ways = {.capability = capability, .with = with_value};

/* Appends a terminfo string without its padding ($<5/>), which no terminal of today waits for. */
static void put_capability(struct buf *to, const char *name)
{
    const char *text = capability(name);
    while (text != NULL && *text != '\0') {
        const char *end = strncmp(text, "$<", 2) == 0 ? strchr(text, '>') : NULL;
        if (end == NULL)
            buf_putc(to, *text);
        text = end != NULL ? end + 1 : text + 1;
    }
}

static struct sequence_kind kind(void)
{
    const struct sequence_env env = {
        .term = getenv("TERM"),
        .program = getenv("TERM_PROGRAM"),
        .vte = getenv("VTE_VERSION"),
        .tmux = getenv("TMUX"),
        .sty = getenv("STY"),
        .tsl = capability("tsl"),
        .xt = tigetflag("XT") > 0,
    };
    return sequence_kind(&env);
}

int terminal_able(int fd, struct terminal_abilities *abilities, struct error *error)
{
    const char *name = getenv("TERM");
    int status = 0;
    if (setupterm(NULL, fd, &status) != OK)
        return error_set(error, -ENOTSUP,
                         "TERM=%s is not known here; set TERM, or use aloof --plain, or --once",
                         name != NULL ? name : "");
    bool able = capability("cup") != NULL;
    *abilities = (struct terminal_abilities){tigetnum("colors"), capability("kmous") != NULL, kind().title};
    del_curterm(cur_term);
    if (!able)
        return error_set(error, -ENOTSUP, "TERM=%s cannot place its cursor; use aloof --plain, or --once",
                         name != NULL ? name : "");
    return 0;
}

const char *terminal_library(void)
{
    return curses_version();
}

static void prepare_guard(struct terminal *terminal, const struct termios *modes)
{
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    struct buf text = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_capability(&text, names[i]);
    buf_puts(&text, buf_str(&terminal->input.switch_off));
    guard_install(terminal->fd, modes, buf_str(&text), text.len);
    buf_release(&text);
    guard_arm(true);
}

static void follow_size(const struct terminal *terminal)
{
    struct winsize size;
    if (ioctl(terminal->fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
        return;
    int rows = size.ws_row < SIDE_MAX ? size.ws_row : SIDE_MAX;
    int cols = size.ws_col < SIDE_MAX ? size.ws_col : SIDE_MAX;
    if (rows != LINES || cols != COLS)
        resizeterm(rows, cols);
}

static void on_key(void *owner, int input)
{
    struct terminal *terminal = owner;
    terminal->events->key(terminal->owner, input);
}

static void on_mouse(void *owner, const struct mouse *mouse, uint64_t time_ms)
{
    struct terminal *terminal = owner;
    terminal->events->mouse(terminal->owner, mouse, time_ms);
}

static void on_pasted(void *owner, int character)
{
    struct terminal *terminal = owner;
    terminal->events->pasted(terminal->owner, character);
}

static void on_hung_up(void *owner)
{
    struct terminal *terminal = owner;
    terminal->events->end(terminal->owner, SIGHUP);
}

static void part_closed(struct terminal *terminal)
{
    if (--terminal->open_handles > 0)
        return;
    close(terminal->fd);
    terminal->fd = -1;
    terminal->events->closed(terminal->owner);
}

static void on_input_closed(void *owner)
{
    part_closed(owner);
}

static const struct typed_events input_events = {
    .key = on_key,
    .mouse = on_mouse,
    .pasted = on_pasted,
    .hung_up = on_hung_up,
    .closed = on_input_closed,
};

static void on_signal(uv_signal_t *handle, int number);

static int open_tty(void)
{
    char name[256];
    if (ttyname_r(STDIN_FILENO, name, sizeof name) != 0)
        snprintf(name, sizeof name, "/dev/tty");
    int fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

/* Curses as we use it: nothing echoed, nothing waited for, and what is typed left to terminal_input. */
static void set_up_curses(struct terminal *terminal, enum terminal_color color)
{
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    typeahead(-1);
    curs_set(0);
    canvas_init(&terminal->canvas, STDOUT_FILENO, wants_color(color));
    follow_size(terminal);
}

static void start_handles(struct terminal *terminal, uv_loop_t *loop)
{
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        uv_signal_init(loop, &terminal->signals[i]);
        terminal->signals[i].data = terminal;
        uv_signal_start(&terminal->signals[i], on_signal, watched[i]);
    }
    terminal->open_handles = 1 + WATCHED_COUNT;
}

/* Unless SIGTSTP is taken already when it starts, curses ignores the signal while it paints, and a ^Z in that
 * moment is lost. */
static SCREEN *start_curses(void)
{
    struct sigaction taken = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGTSTP, &taken, &before);
    SCREEN *curses = newterm(NULL, stdout, stdin);
    sigaction(SIGTSTP, &before, NULL);
    return curses;
}

int terminal_open(struct terminal **terminal, uv_loop_t *loop, const struct terminal_options *options,
                  const struct terminal_events *events, void *owner, struct error *error)
{
    struct termios modes;
    setlocale(LC_CTYPE, "");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &modes) != 0)
        return error_set(error, -ENOTTY, "the loop wants a terminal; use aloof --once without one");
    struct terminal_abilities abilities;
    int bad = terminal_able(STDOUT_FILENO, &abilities, error);
    if (bad != 0)
        return bad;
    int fd = open_tty();
    if (fd < 0)
        return error_set(error, fd, "the terminal cannot be opened: %s", uv_strerror(fd));
    struct terminal *made = mem_zero(sizeof *made);
    *made = (struct terminal){.events = events, .owner = owner, .fd = fd};
    made->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    made->curses = start_curses();
    if (made->curses == NULL) {
        close(fd);
        free(made);
        return error_set(error, -ENOTSUP, "the terminal cannot be drawn on; use aloof --plain, or --once");
    }
    set_up_curses(made, options->color);
    terminal_say_init(&made->say, STDOUT_FILENO, kind());
    terminal_input_init(&made->input, loop, fd, &ways, options->mouse, &input_events, made);
    prepare_guard(made, &modes);
    terminal_input_modes(&made->input, true);
    typed_start(&made->input.typed);
    start_handles(made, loop);
    *terminal = made;
    return 0;
}

void terminal_size(const struct terminal *terminal, int *rows, int *cols)
{
    (void)terminal;
    *rows = LINES;
    *cols = COLS;
}

bool terminal_ascii(const struct terminal *terminal)
{
    return terminal->ascii;
}

void terminal_paint(struct terminal *terminal, const struct screen *screen)
{
    if (terminal->holder == HOLDER_US)
        canvas_paint(&terminal->canvas, screen);
}

struct terminal_say *terminal_say(struct terminal *terminal)
{
    return terminal->holder == HOLDER_US ? &terminal->say : NULL;
}

void terminal_forget(struct terminal *terminal)
{
    canvas_forget(&terminal->canvas, terminal->holder == HOLDER_US);
}

static void leave(struct terminal *terminal, enum holder holder)
{
    terminal_say_restore(&terminal->say);
    guard_arm(false);
    terminal->holder = holder;
    terminal_input_modes(&terminal->input, false);
    endwin();
}

static void enter(struct terminal *terminal)
{
    terminal->holder = HOLDER_US;
    guard_arm(true);
    reset_prog_mode();
    terminal_input_modes(&terminal->input, true);
    follow_size(terminal);
    terminal_forget(terminal);
    terminal_say_forget(&terminal->say);
    terminal->events->lost(terminal->owner);
}

/* Job control as signal(7) and the shell expect it: the terminal is given back, then the default action stops
 * us right here, and what follows happens after fg. In an orphaned process group nothing stops. */
static void suspend(struct terminal *terminal)
{
    leave(terminal, HOLDER_OTHER);
    uv_signal_stop(&terminal->signals[WATCHED_TSTP]);
    raise(SIGTSTP);
    uv_signal_start(&terminal->signals[WATCHED_TSTP], on_signal, SIGTSTP);
    enter(terminal);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct terminal *terminal = handle->data;
    bool ours = terminal->holder == HOLDER_US;
    if (terminal->holder == HOLDER_NOBODY)
        return;
    if (number == SIGTERM || number == SIGHUP) {
        terminal->events->end(terminal->owner, number);
    } else if (!ours) {
        return;
    } else if (number == SIGTSTP) {
        suspend(terminal);
    } else if (number == SIGCONT) {
        enter(terminal);
    } else if (number == SIGWINCH) {
        follow_size(terminal);
        terminal_forget(terminal); /* what was under way for the old size has left anything there */
        terminal->events->lost(terminal->owner);
    } else {
        terminal->events->end(terminal->owner, number);
    }
}

void terminal_give(struct terminal *terminal)
{
    if (terminal->holder != HOLDER_US)
        return;
    typed_stop(&terminal->input.typed);
    uv_signal_stop(&terminal->signals[WATCHED_TSTP]);
    leave(terminal, HOLDER_OTHER);
}

void terminal_take(struct terminal *terminal)
{
    if (terminal->holder != HOLDER_OTHER)
        return;
    uv_signal_start(&terminal->signals[WATCHED_TSTP], on_signal, SIGTSTP);
    typed_start(&terminal->input.typed);
    enter(terminal);
}

static void on_closed(uv_handle_t *handle)
{
    part_closed(handle->data);
}

void terminal_close(struct terminal *terminal)
{
    if (terminal->holder == HOLDER_NOBODY)
        return;
    if (terminal->holder == HOLDER_US)
        leave(terminal, HOLDER_NOBODY);
    terminal->holder = HOLDER_NOBODY;
    guard_remove();
    terminal_input_close(&terminal->input);
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        uv_close((uv_handle_t *)&terminal->signals[i], on_closed);
}

void terminal_free(struct terminal *terminal)
{
    if (terminal == NULL)
        return;
    delscreen(terminal->curses);
    canvas_release(&terminal->canvas);
    terminal_say_release(&terminal->say);
    free(terminal);
}
