#include "ui/terminal_input.h"

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <unistd.h>

#define ESCAPE_WAIT_MS 25  /* for the rest of a key's sequence */
#define PASTE_WAIT_MS 1000 /* for more of a paste; after that its end marker is taken as lost */
#define TURN_MAX 4096      /* octets read in one turn of the loop */

static const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text != (char *)-1 ? text : NULL;
}

void terminal_capability(struct buf *to, const char *name)
{
    const char *text = capability(name);
    while (text != NULL && *text != '\0') {
        const char *end = strncmp(text, "$<", 2) == 0 ? strchr(text, '>') : NULL;
        if (end == NULL)
            buf_putc(to, *text);
        text = end != NULL ? end + 1 : text + 1;
    }
}

/* The keys as this terminal's entry has them. Some old ones send a control character for an arrow; that is
 * still the character. */
static void read_names(struct terminal_input *input)
{
    static const struct {
        const char *name;
        int input;
    } names[NAMED_KEYS] = {
        {"kcuu1", INPUT_UP},    {"kcud1", INPUT_DOWN},    {"khome", INPUT_HOME}, {"kend", INPUT_END},
        {"kpp", INPUT_PAGE_UP}, {"knp", INPUT_PAGE_DOWN}, {"kent", INPUT_ENTER},
    };
    struct decoder *decoder = &input->decoder;
    decoder->keys = input->keys;
    for (size_t i = 0; i < NAMED_KEYS; i++) {
        const char *text = capability(names[i].name);
        struct key_sequence *key = &input->keys[decoder->key_count];
        if (text == NULL || text[0] != INPUT_ESCAPE || text[1] == '\0' || strlen(text) >= sizeof key->text)
            continue;
        snprintf(key->text, sizeof key->text, "%s", text);
        key->input = names[i].input;
        decoder->key_count++;
    }
}

/* Entries older than the names XM, BE and BD lack them. What has a mouse at all (kmous) is then an xterm. */
static void prepare_modes(struct terminal_input *input, bool mouse)
{
    bool xterm = capability("kmous") != NULL;
    const char *report = capability("XM");
    if (mouse && report != NULL) {
        buf_puts(&input->switch_on, tiparm(report, 1));
        buf_puts(&input->switch_off, tiparm(report, 0));
    } else if (mouse && xterm) {
        buf_puts(&input->switch_on, "\033[?1000h\033[?1006h");
        buf_puts(&input->switch_off, "\033[?1006l\033[?1000l");
    }
    if (capability("BE") != NULL && capability("BD") != NULL) {
        buf_puts(&input->switch_on, capability("BE"));
        buf_puts(&input->switch_off, capability("BD"));
    } else if (xterm) {
        buf_puts(&input->switch_on, "\033[?2004h");
        buf_puts(&input->switch_off, "\033[?2004l");
    }
}

static void tell(struct terminal_input *input, int what)
{
    if (what == INPUT_MOUSE)
        input->events->mouse(input->owner, &input->decoder.mouse, uv_now(input->poll.loop));
    else if (what == INPUT_PASTED)
        input->events->pasted(input->owner, input->decoder.pasted);
    else if (what != INPUT_NONE)
        input->events->key(input->owner, what);
}

/* Octets are read one at a time: those behind a key that gives the terminal away are for who gets it, an
 * editor or the shell. Returns how many; 0 or a negative errno when the terminal is gone; -EAGAIN for none.
 */
static int read_octets(struct terminal_input *input)
{
    for (int count = 0; input->reading && count < TURN_MAX; count++) {
        unsigned char octet;
        ssize_t len = read(input->fd, &octet, 1);
        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return count > 0 ? count : -EAGAIN;
        if (len <= 0)
            return len < 0 ? -errno : 0;
        tell(input, decode_octet(&input->decoder, octet));
    }
    return TURN_MAX;
}

static void on_timer(uv_timer_t *timer);

static void read_turn(struct terminal_input *input)
{
    int got = read_octets(input);
    if (!input->reading)
        return;
    if (got == 0 || (got < 0 && got != -EAGAIN)) {
        terminal_input_stop(input);
        input->events->hung_up(input->owner);
    } else if (got > 0 && decode_waits(&input->decoder)) {
        uint64_t wait_ms = input->decoder.pasting ? PASTE_WAIT_MS : ESCAPE_WAIT_MS;
        uv_timer_start(&input->timer, on_timer, wait_ms, 0);
    } else if (got > 0) {
        uv_timer_stop(&input->timer);
    }
}

/* Time is up, unless it was we who did not look: what has come in the meantime goes first. */
static void on_timer(uv_timer_t *timer)
{
    struct terminal_input *input = timer->data;
    read_turn(input);
    if (input->reading && !uv_is_active((uv_handle_t *)timer))
        tell(input, decode_end(&input->decoder));
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct terminal_input *input = poll->data;
    (void)events;
    if (status == 0) {
        read_turn(input);
        return;
    }
    terminal_input_stop(input);
    input->events->hung_up(input->owner);
}

void terminal_input_init(struct terminal_input *input, uv_loop_t *loop, int fd, bool mouse,
                         const struct terminal_input_events *events, void *owner)
{
    *input = (struct terminal_input){.events = events, .owner = owner, .fd = fd};
    read_names(input);
    prepare_modes(input, mouse);
    uv_poll_init(loop, &input->poll, fd);
    uv_timer_init(loop, &input->timer);
    input->poll.data = input->timer.data = input;
    input->open_handles = 2;
}

/* By the same way as curses' output, so that neither overtakes the other. */
void terminal_input_modes(struct terminal_input *input, bool on)
{
    fputs(buf_str(on ? &input->switch_on : &input->switch_off), stdout);
    fflush(stdout);
    if (on)
        return;
    decode_end(&input->decoder);
    uv_timer_stop(&input->timer);
}

void terminal_input_start(struct terminal_input *input)
{
    input->reading = true;
    uv_poll_start(&input->poll, UV_READABLE, on_readable);
}

void terminal_input_stop(struct terminal_input *input)
{
    input->reading = false;
    uv_poll_stop(&input->poll);
    uv_timer_stop(&input->timer);
}

static void on_closed(uv_handle_t *handle)
{
    struct terminal_input *input = handle->data;
    if (--input->open_handles == 0)
        input->events->closed(input->owner);
}

void terminal_input_close(struct terminal_input *input)
{
    input->reading = false;
    uv_close((uv_handle_t *)&input->poll, on_closed);
    uv_close((uv_handle_t *)&input->timer, on_closed);
    buf_release(&input->switch_on);
    buf_release(&input->switch_off);
}
