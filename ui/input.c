#include "ui/input.h"

#include "core/nearest.h"

#include <stdlib.h>
#include <strings.h>
#include <utf8proc.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const struct {
    int input;
    const char *name;
} names[] = {
    {INPUT_UP, "Up"},         {INPUT_DOWN, "Down"},           {INPUT_LEFT, "Left"},
    {INPUT_RIGHT, "Right"},   {INPUT_HOME, "Home"},           {INPUT_END, "End"},
    {INPUT_PAGE_UP, "PgUp"},  {INPUT_PAGE_DOWN, "PgDn"},      {' ', "Space"},
    {INPUT_ENTER, "Enter"},   {INPUT_BACKSPACE, "Backspace"}, {INPUT_TAB, "Tab"},
    {INPUT_DELETE, "Delete"}, {INPUT_ESCAPE, "Esc"},
};

int input_of_character(int character)
{
    switch (character) {
    case '\r':
    case '\n':
        return INPUT_ENTER;
    case '\b':
    case 0x7F:
        return INPUT_BACKSPACE;
    default:
        return character;
    }
}

/* The one printable character that the text is; INPUT_NONE when it is not one. */
static int character(const char *text)
{
    utf8proc_int32_t code;
    size_t len = strlen(text);
    utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &code);
    return step > 0 && (size_t)step == len && utf8proc_charwidth(code) > 0 ? (int)code : INPUT_NONE;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int input_parse(const char *name)
{
    int single = character(name);
    if (single != INPUT_NONE)
        return single;
    if (strncasecmp(name, "ctrl-", 5) == 0 && is_letter(name[5]) && name[6] == '\0')
        return input_of_character(CONTROL(name[5]));
    for (size_t i = 0; i < LENGTH(names); i++)
        if (strcasecmp(name, names[i].name) == 0)
            return names[i].input;
    char *end;
    bool numbered = (name[0] == 'f' || name[0] == 'F') && name[1] >= '1' && name[1] <= '9';
    unsigned long number = numbered ? strtoul(name + 1, &end, 10) : 0;
    return numbered && *end == '\0' && number <= 12 ? INPUT_F1 + (int)number - 1 : INPUT_NONE;
}

bool input_is_terminals(int input)
{
    return input == CONTROL('C') || input == CONTROL('Z') || input == CONTROL('S') || input == CONTROL('Q');
}

void input_name(int input, struct buf *to)
{
    utf8proc_uint8_t text[4];
    for (size_t i = 0; i < LENGTH(names); i++)
        if (names[i].input == input) {
            buf_puts(to, names[i].name);
            return;
        }
    if (input >= INPUT_F1 && input <= INPUT_F12)
        buf_printf(to, "F%d", input - INPUT_F1 + 1);
    else if (input < ' ')
        buf_printf(to, "Ctrl-%c", input | '@');
    else
        buf_add(to, text, (size_t)utf8proc_encode_char(input, text));
}

const char *input_nearest(const char *name)
{
    const char *words[LENGTH(names)];
    for (size_t i = 0; i < LENGTH(names); i++)
        words[i] = names[i].name;
    return nearest_of(name, words, LENGTH(names));
}
