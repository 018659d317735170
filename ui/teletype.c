#include "ui/teletype.h"

#include "ui/guard.h"
#include "ui/typed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static const int watched[] = {SIGTSTP, SIGCONT, SIGINT, SIGQUIT, SIGTERM, SIGHUP};
#define WATCHED_COUNT (sizeof watched / sizeof *watched)
#define WATCHED_TSTP 0

enum holder { HOLDER_US, HOLDER_OTHER, HOLDER_NOBODY };

struct teletype {
    const struct teletype_events *events;
    void *owner;
    int fd;                /* the terminal once more: what libuv polls becomes non-blocking */
    struct termios before; /* its modes as we found them */
    struct typed typed;
    uv_signal_t signals[WATCHED_COUNT];
    unsigned open_handles;
    enum holder holder;
};

/* Keys come one by one and unechoed, and ^C or ^Z drops nothing of what was typed or printed. Signals and
 * output stay as they are. */
static void set_modes(const struct teletype *teletype)
{
    struct termios modes = teletype->before;
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    modes.c_lflag |= NOFLSH;
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    tcsetattr(teletype->fd, TCSADRAIN, &modes);
}

static void leave(struct teletype *teletype, enum holder holder)
{
    guard_arm(false);
    teletype->holder = holder;
    typed_forget(&teletype->typed);
    tcsetattr(teletype->fd, TCSADRAIN, &teletype->before);
}

static void enter(struct teletype *teletype)
{
    teletype->holder = HOLDER_US;
    guard_arm(true);
    set_modes(teletype);
    teletype->events->back(teletype->owner);
}

static void on_signal(uv_signal_t *handle, int number);

/* See terminal_curses.c: the default action stops us right here, and what follows happens after fg. */
static void suspend(struct teletype *teletype)
{
    leave(teletype, HOLDER_OTHER);
    uv_signal_stop(&teletype->signals[WATCHED_TSTP]);
    raise(SIGTSTP);
    uv_signal_start(&teletype->signals[WATCHED_TSTP], on_signal, SIGTSTP);
    enter(teletype);
}

/* Who has the terminal while it is not ours sees to the signals of its keys. */
static void on_signal(uv_signal_t *handle, int number)
{
    struct teletype *teletype = handle->data;
    bool ours = teletype->holder == HOLDER_US;
    if (teletype->holder == HOLDER_NOBODY)
        return;
    if (ours && number == SIGTSTP)
        suspend(teletype);
    else if (ours && number == SIGCONT) /* the shell may have set other modes */
        set_modes(teletype);
    else if (number == SIGTERM || number == SIGHUP || (ours && number != SIGCONT))
        teletype->events->end(teletype->owner, number);
}

static void on_key(void *owner, int input)
{
    struct teletype *teletype = owner;
    teletype->events->key(teletype->owner, input);
}

static void on_mouse(void *owner, const struct mouse *mouse, uint64_t time_ms)
{
    (void)owner;
    (void)mouse;
    (void)time_ms;
}

static void on_pasted(void *owner, int character)
{
    struct teletype *teletype = owner;
    teletype->events->pasted(teletype->owner, character);
}

static void on_hung_up(void *owner)
{
    struct teletype *teletype = owner;
    teletype->events->end(teletype->owner, SIGHUP);
}

static void part_closed(void *owner)
{
    struct teletype *teletype = owner;
    if (--teletype->open_handles > 0)
        return;
    close(teletype->fd);
    teletype->events->closed(teletype->owner);
}

static void on_closed(uv_handle_t *handle)
{
    part_closed(handle->data);
}

static const struct typed_events typed_events = {
    .key = on_key,
    .mouse = on_mouse,
    .pasted = on_pasted,
    .hung_up = on_hung_up,
    .closed = part_closed,
};

static int open_tty(struct termios *modes, struct error *error)
{
    char name[256];
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, modes) != 0)
        return error_set(error, -ENOTTY, "the loop wants a terminal; use aloof --once without one");
    if (ttyname_r(STDIN_FILENO, name, sizeof name) != 0)
        snprintf(name, sizeof name, "/dev/tty");
    int fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 ? fd : error_set(error, -errno, "the terminal cannot be opened: %s", strerror(errno));
}

int teletype_open(struct teletype **teletype, uv_loop_t *loop, const struct teletype_events *events,
                  void *owner, struct error *error)
{
    struct termios modes;
    int fd = open_tty(&modes, error);
    if (fd < 0)
        return fd;
    struct teletype *made = mem_zero(sizeof *made);
    *made = (struct teletype){.events = events, .owner = owner, .fd = fd, .before = modes};
    typed_init(&made->typed, loop, fd, &typed_events, made);
    guard_install(fd, &modes, "", 0);
    guard_arm(true);
    set_modes(made);
    typed_start(&made->typed);
    for (size_t i = 0; i < WATCHED_COUNT; i++) {
        uv_signal_init(loop, &made->signals[i]);
        made->signals[i].data = made;
        uv_signal_start(&made->signals[i], on_signal, watched[i]);
    }
    made->open_handles = 1 + WATCHED_COUNT;
    *teletype = made;
    return 0;
}

void teletype_write(struct teletype *teletype, struct bytes text)
{
    while (text.len > 0 && teletype->holder == HOLDER_US) {
        ssize_t put = write(STDOUT_FILENO, text.data, text.len);
        struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
        if (put < 0 && errno == EAGAIN && poll(&ready, 1, -1) >= 0)
            continue;
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return;
        text = (struct bytes){text.data + put, text.len - (size_t)put};
    }
}

bool teletype_ours(const struct teletype *teletype)
{
    return teletype->holder == HOLDER_US;
}

void teletype_give(struct teletype *teletype)
{
    if (teletype->holder != HOLDER_US)
        return;
    typed_stop(&teletype->typed);
    uv_signal_stop(&teletype->signals[WATCHED_TSTP]);
    leave(teletype, HOLDER_OTHER);
}

void teletype_take(struct teletype *teletype)
{
    if (teletype->holder != HOLDER_OTHER)
        return;
    uv_signal_start(&teletype->signals[WATCHED_TSTP], on_signal, SIGTSTP);
    typed_start(&teletype->typed);
    enter(teletype);
}

void teletype_close(struct teletype *teletype)
{
    if (teletype->holder == HOLDER_NOBODY)
        return;
    if (teletype->holder == HOLDER_US)
        leave(teletype, HOLDER_NOBODY);
    teletype->holder = HOLDER_NOBODY;
    guard_remove();
    typed_close(&teletype->typed);
    for (size_t i = 0; i < WATCHED_COUNT; i++)
        uv_close((uv_handle_t *)&teletype->signals[i], on_closed);
}

void teletype_free(struct teletype *teletype)
{
    free(teletype);
}
