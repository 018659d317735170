#include "ui/decode.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#define ESC 0x1B
#define BEL 0x07
#define TWICE_MS 400

static const char paste_end[] = "\033[201~";

/* What xterm and those that follow it send, in either keypad mode; the last two rows are rxvt's and the Linux
 * console's. */
static const struct key_sequence common[] = {
    {"\033[A", INPUT_UP},         {"\033OA", INPUT_UP},       {"\033[B", INPUT_DOWN},
    {"\033OB", INPUT_DOWN},       {"\033[H", INPUT_HOME},     {"\033OH", INPUT_HOME},
    {"\033[F", INPUT_END},        {"\033OF", INPUT_END},      {"\033[5~", INPUT_PAGE_UP},
    {"\033[6~", INPUT_PAGE_DOWN}, {"\033OM", INPUT_ENTER},    {"\033[1~", INPUT_HOME},
    {"\033[4~", INPUT_END},       {"\033[7~", INPUT_HOME},    {"\033[8~", INPUT_END},
    {"\033[C", INPUT_RIGHT},      {"\033OC", INPUT_RIGHT},    {"\033[D", INPUT_LEFT},
    {"\033OD", INPUT_LEFT},       {"\033[3~", INPUT_DELETE},  {"\033OP", INPUT_F1},
    {"\033OQ", INPUT_F1 + 1},     {"\033OR", INPUT_F1 + 2},   {"\033OS", INPUT_F1 + 3},
    {"\033[15~", INPUT_F1 + 4},   {"\033[17~", INPUT_F1 + 5}, {"\033[18~", INPUT_F1 + 6},
    {"\033[19~", INPUT_F1 + 7},   {"\033[20~", INPUT_F1 + 8}, {"\033[21~", INPUT_F1 + 9},
    {"\033[23~", INPUT_F1 + 10},  {"\033[24~", INPUT_F12},    {"\033[11~", INPUT_F1},
    {"\033[12~", INPUT_F1 + 1},   {"\033[13~", INPUT_F1 + 2}, {"\033[14~", INPUT_F1 + 3},
};

static bool is(const struct decoder *decoder, const char *text)
{
    return decoder->len == strlen(text) && memcmp(decoder->pending, text, decoder->len) == 0;
}

/* The named key whose whole sequence has come; INPUT_NONE none. *longer: it may still become one. */
static int named_key(const struct decoder *decoder, bool *longer)
{
    *longer = false;
    for (size_t i = 0; i < decoder->key_count; i++) {
        const struct key_sequence *key = &decoder->keys[i];
        if (is(decoder, key->text))
            return key->input;
        size_t len = strnlen(key->text, sizeof key->text);
        *longer |= decoder->len < len && memcmp(key->text, decoder->pending, decoder->len) == 0;
    }
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (is(decoder, common[i].text))
            return common[i].input;
    return INPUT_NONE;
}

/* button, column and row as xterm counts them (ctlseqs, "Mouse Tracking"). Shift, Alt and Ctrl change
 * nothing; releases, motion and other buttons are nothing. */
static int mouse_of(struct decoder *decoder, unsigned button, int col, int row)
{
    static const unsigned modifiers = 4 | 8 | 16;
    button &= ~modifiers;
    if ((button != 0 && button != 64 && button != 65) || col < 1 || row < 1)
        return INPUT_NONE;
    decoder->mouse = (struct mouse){
        .action = button == 0    ? MOUSE_CLICK
                  : button == 64 ? MOUSE_WHEEL_UP
                                 : MOUSE_WHEEL_DOWN,
        .row = row - 1,
        .col = col - 1,
    };
    return INPUT_MOUSE;
}

/* The input of a complete CSI sequence that is no named key; `csi` points behind its ESC. */
static int csi_input(struct decoder *decoder, const char *csi, size_t len)
{
    unsigned button;
    int col, row;
    char text[SEQUENCE_MAX], end;
    memcpy(text, csi, len);
    text[len] = '\0';
    if (sscanf(text, "[<%5u;%5d;%5d%c", &button, &col, &row, &end) == 4)
        return end == 'M' ? mouse_of(decoder, button, col, row) : INPUT_NONE;
    if (len == 5 && csi[1] == 'M')
        return mouse_of(decoder, (unsigned char)csi[2] - 32u, (unsigned char)csi[3] - 32,
                        (unsigned char)csi[4] - 32);
    if (strcmp(text, "[200~") == 0) {
        decoder->pasting = true;
        decoder->marker = 0;
        return INPUT_PASTE;
    }
    return strcmp(text, "[201~") == 0 ? INPUT_NONE : INPUT_OTHER;
}

static size_t character_len(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

/* Whether the sequence is complete (ECMA-48, 5.4 and 5.6), its `body` being what follows the ESC. Without a
 * control string's end nothing of it is. */
static bool complete(const char *body, size_t len)
{
    unsigned char first = (unsigned char)body[0], last = (unsigned char)body[len - 1];
    switch (first) {
    case '[':
        if (len >= 2 && body[1] == '[') /* the Linux console's function keys: ESC [ [ A */
            return len == 3;
        if (len >= 2 && body[1] == 'M') /* the mouse as it was before SGR: three octets follow */
            return len == 5;
        return len >= 2 && last >= 0x40 && last <= 0x7E;
    case 'O':
        return len >= 2 && !(last >= '0' && last <= '9') && last != ';';
    case 'P':
    case ']':
    case 'X':
    case '^':
    case '_':
        return last == BEL;
    default: /* Alt with a character */
        return len >= character_len(first);
    }
}

static int escape_input(struct decoder *decoder)
{
    size_t start = 0;
    bool longer;
    int input = named_key(decoder, &longer);
    if (input != INPUT_NONE) {
        decoder->len = 0;
        return input;
    }
    while (start < decoder->len && decoder->pending[start] == ESC) /* Alt sends one more */
        start++;
    const char *body = decoder->pending + start;
    size_t len = decoder->len - start;
    if (longer || len == 0 || !complete(body, len))
        return INPUT_NONE;
    decoder->len = 0;
    return start == 1 && body[0] == '[' ? csi_input(decoder, body, len) : INPUT_OTHER;
}

/* The character that is complete; 0: none is, -1: it is not UTF-8. */
static int character_of(struct decoder *decoder)
{
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)decoder->pending;
    utf8proc_int32_t code;
    size_t len = character_len(text[0]);
    if (decoder->len < len)
        return 0;
    bool valid = len > 0 && utf8proc_iterate(text, (utf8proc_ssize_t)len, &code) == (utf8proc_ssize_t)len;
    decoder->len = 0;
    return valid ? (int)code : -1;
}

static int character_input(struct decoder *decoder)
{
    int character = character_of(decoder);
    if (character < 0)
        return INPUT_OTHER;
    return character > 0 ? input_of_character(character) : INPUT_NONE;
}

/* ESC ends whatever is not itself made of ESC alone, and so does in a character what does not continue it;
 * what was cut off by that is nothing. */
static bool interrupts(const struct decoder *decoder, unsigned char octet)
{
    if (decoder->len == 0)
        return false;
    if (octet == ESC)
        return decoder->pending[decoder->len - 1] != ESC;
    return decoder->pending[0] != ESC && (octet & 0xC0) != 0x80;
}

static int paste_octet(struct decoder *decoder, unsigned char octet)
{
    if (octet == (unsigned char)paste_end[decoder->marker])
        decoder->marker++;
    else
        decoder->marker = octet == ESC ? 1 : 0;
    if (decoder->marker == sizeof paste_end - 1)
        decoder->pasting = false;
    if (decoder->marker > 0) {
        decoder->len = 0;
        return INPUT_NONE;
    }
    if (decoder->len > 0 && (octet & 0xC0) != 0x80)
        decoder->len = 0;
    decoder->pending[decoder->len++] = (char)octet;
    int character = character_of(decoder);
    decoder->pasted = character;
    return character > 0 ? INPUT_PASTED : INPUT_NONE;
}

int decode_octet(struct decoder *decoder, unsigned char octet)
{
    if (decoder->pasting)
        return paste_octet(decoder, octet);
    if (interrupts(decoder, octet))
        decoder->len = 0;
    if (decoder->len == SEQUENCE_MAX - 1) /* only the last octet of so long a one still matters */
        decoder->len--;
    decoder->pending[decoder->len++] = (char)octet;
    return decoder->pending[0] == ESC ? escape_input(decoder) : character_input(decoder);
}

bool decode_waits(const struct decoder *decoder)
{
    return decoder->pasting || decoder->len > 0;
}

int decode_end(struct decoder *decoder)
{
    bool escape = decoder->len > 0 && decoder->pending[0] == ESC;
    bool alone = escape && decoder->pending[decoder->len - 1] == ESC;
    decoder->pasting = false;
    decoder->len = 0;
    return alone ? INPUT_ESCAPE : escape ? INPUT_OTHER : INPUT_NONE;
}

bool clicks_twice(struct clicks *clicks, int row, uint64_t time_ms)
{
    bool twice = clicks->time_ms > 0 && clicks->row == row && time_ms - clicks->time_ms <= TWICE_MS;
    *clicks = (struct clicks){.row = row, .time_ms = twice ? 0 : time_ms};
    return twice;
}
