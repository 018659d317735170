#include "ui/terminal_input.h"

#include <stdio.h>

/* The keys as this terminal's entry has them. Some old ones send a control character for an arrow; that is
 * still the character. */
static void read_names(struct terminal_input *input, const struct terminal_ways *ways)
{
    static const struct {
        const char *name;
        int input;
    } names[NAMED_KEYS] = {
        {"kcuu1", INPUT_UP},    {"kcud1", INPUT_DOWN},    {"khome", INPUT_HOME}, {"kend", INPUT_END},
        {"kpp", INPUT_PAGE_UP}, {"knp", INPUT_PAGE_DOWN}, {"kent", INPUT_ENTER},
    };
    struct decoder *decoder = &input->typed.decoder;
    decoder->keys = input->keys;
    for (size_t i = 0; i < NAMED_KEYS; i++) {
        const char *text = ways->capability(names[i].name);
        struct key_sequence *key = &input->keys[decoder->key_count];
        if (text == NULL || text[0] != INPUT_ESCAPE || text[1] == '\0' || strlen(text) >= sizeof key->text)
            continue;
        snprintf(key->text, sizeof key->text, "%s", text);
        key->input = names[i].input;
        decoder->key_count++;
    }
}

/* Entries older than the names XM, BE and BD lack them. What has a mouse at all (kmous) is then an xterm. */
static void prepare_modes(struct terminal_input *input, const struct terminal_ways *ways, bool mouse)
{
    bool xterm = ways->capability("kmous") != NULL;
    const char *report = ways->capability("XM");
    const char *begin = ways->capability("BE"), *end = ways->capability("BD");
    if (mouse && report != NULL) {
        buf_puts(&input->switch_on, ways->with(report, 1));
        buf_puts(&input->switch_off, ways->with(report, 0));
    } else if (mouse && xterm) {
        buf_puts(&input->switch_on, "\033[?1000h\033[?1006h");
        buf_puts(&input->switch_off, "\033[?1006l\033[?1000l");
    }
    if (begin != NULL && end != NULL) {
        buf_puts(&input->switch_on, begin);
        buf_puts(&input->switch_off, end);
    } else if (xterm) {
        buf_puts(&input->switch_on, "\033[?2004h");
        buf_puts(&input->switch_off, "\033[?2004l");
    }
}

void terminal_input_init(struct terminal_input *input, uv_loop_t *loop, int fd,
                         const struct terminal_ways *ways, bool mouse, const struct typed_events *events,
                         void *owner)
{
    *input = (struct terminal_input){0};
    typed_init(&input->typed, loop, fd, events, owner);
    read_names(input, ways);
    prepare_modes(input, ways, mouse);
}

/* By the same way as curses' output, so that neither overtakes the other. */
void terminal_input_modes(struct terminal_input *input, bool on)
{
    fputs(buf_str(on ? &input->switch_on : &input->switch_off), stdout);
    fflush(stdout);
    if (!on)
        typed_forget(&input->typed);
}

void terminal_input_close(struct terminal_input *input)
{
    typed_close(&input->typed);
    buf_release(&input->switch_on);
    buf_release(&input->switch_off);
}
