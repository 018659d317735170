#include "ui/typed.h"

#include <errno.h>
#include <unistd.h>

#define ESCAPE_WAIT_MS 25  /* for the rest of a key's sequence */
#define PASTE_WAIT_MS 1000 /* for more of a paste; after that its end marker is taken as lost */
#define TURN_MAX 4096      /* octets read in one turn of the loop */

static void tell(struct typed *typed, int what)
{
    if (what == INPUT_MOUSE)
        typed->events->mouse(typed->owner, &typed->decoder.mouse, uv_now(typed->poll.loop));
    else if (what == INPUT_PASTED)
        typed->events->pasted(typed->owner, typed->decoder.pasted);
    else if (what != INPUT_NONE)
        typed->events->key(typed->owner, what);
}

/* Octets are read one at a time: those behind a key that gives the terminal away are for who gets it, an
 * editor or the shell. Returns how many; 0 or a negative errno when the terminal is gone; -EAGAIN for none.
 */
static int read_octets(struct typed *typed)
{
    for (int count = 0; typed->reading && count < TURN_MAX; count++) {
        unsigned char octet;
        ssize_t len = read(typed->fd, &octet, 1);
        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return count > 0 ? count : -EAGAIN;
        if (len <= 0)
            return len < 0 ? -errno : 0;
        tell(typed, decode_octet(&typed->decoder, octet));
    }
    return TURN_MAX;
}

static void on_timer(uv_timer_t *timer);

static void read_turn(struct typed *typed)
{
    int got = read_octets(typed);
    if (!typed->reading)
        return;
    if (got == 0 || (got < 0 && got != -EAGAIN)) {
        typed_stop(typed);
        typed->events->hung_up(typed->owner);
    } else if (got > 0 && decode_waits(&typed->decoder)) {
        uint64_t wait_ms = typed->decoder.pasting ? PASTE_WAIT_MS : ESCAPE_WAIT_MS;
        uv_timer_start(&typed->timer, on_timer, wait_ms, 0);
    } else if (got > 0) {
        uv_timer_stop(&typed->timer);
    }
}

/* Time is up, unless it was we who did not look: what has come in the meantime goes first. */
static void on_timer(uv_timer_t *timer)
{
    struct typed *typed = timer->data;
    read_turn(typed);
    if (typed->reading && !uv_is_active((uv_handle_t *)timer))
        tell(typed, decode_end(&typed->decoder));
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct typed *typed = poll->data;
    (void)events;
    if (status == 0) {
        read_turn(typed);
        return;
    }
    typed_stop(typed);
    typed->events->hung_up(typed->owner);
}

void typed_init(struct typed *typed, uv_loop_t *loop, int fd, const struct typed_events *events, void *owner)
{
    *typed = (struct typed){.events = events, .owner = owner, .fd = fd};
    uv_poll_init(loop, &typed->poll, fd);
    uv_timer_init(loop, &typed->timer);
    typed->poll.data = typed->timer.data = typed;
    typed->open_handles = 2;
}

void typed_start(struct typed *typed)
{
    typed->reading = true;
    uv_poll_start(&typed->poll, UV_READABLE, on_readable);
}

void typed_stop(struct typed *typed)
{
    typed->reading = false;
    uv_poll_stop(&typed->poll);
    uv_timer_stop(&typed->timer);
}

void typed_forget(struct typed *typed)
{
    decode_end(&typed->decoder);
    uv_timer_stop(&typed->timer);
}

static void on_closed(uv_handle_t *handle)
{
    struct typed *typed = handle->data;
    if (--typed->open_handles == 0)
        typed->events->closed(typed->owner);
}

void typed_close(struct typed *typed)
{
    typed->reading = false;
    uv_close((uv_handle_t *)&typed->poll, on_closed);
    uv_close((uv_handle_t *)&typed->timer, on_closed);
}
