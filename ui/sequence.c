#include "ui/sequence.h"

#include <string.h>

/* Whether the name of a terminal is this one or a variant of it: xterm-256color, screen.xterm. */
static bool is_kind(const char *name, const char *kind)
{
    size_t len = strlen(kind);
    return name != NULL && strncmp(name, kind, len) == 0 && strchr("-+.", name[len]) != NULL;
}

static bool is_one_of(const char *name, const char *const kinds[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_kind(name, kinds[i]))
            return true;
    return false;
}

/* The names are for those whose terminfo entry is silent about it. */
static bool has_title(const struct sequence_env *env)
{
    static const char *const known[] = {
        "xterm", "tmux",  "screen", "rxvt",       "alacritty", "foot",   "kitty",  "konsole", "st",     "vte",
        "gnome", "iterm", "iterm2", "iTerm2.app", "wezterm",   "mlterm", "mintty", "contour", "ghostty"};
    bool osc = env->tsl != NULL && strncmp(env->tsl, "\033]", 2) == 0;
    return env->xt || osc || is_one_of(env->term, known, sizeof known / sizeof *known);
}

static bool has_osc777(const struct sequence_env *env)
{
    static const char *const terms[] = {"rxvt",    "foot", "xterm-ghostty", "ghostty",
                                        "wezterm", "vte",  "gnome"};
    static const char *const programs[] = {"ghostty", "WezTerm"};
    return (env->vte != NULL && *env->vte != '\0') ||
           is_one_of(env->term, terms, sizeof terms / sizeof *terms) ||
           is_one_of(env->program, programs, sizeof programs / sizeof *programs);
}

struct sequence_kind sequence_kind(const struct sequence_env *env)
{
    struct sequence_kind kind = {.title = has_title(env)};
    if (env->tmux != NULL && *env->tmux != '\0')
        kind.through = SEQUENCE_TMUX;
    else if (env->sty != NULL && *env->sty != '\0')
        kind.through = SEQUENCE_SCREEN;
    kind.clipboard = kind.title;
    if (kind.title)
        kind.notify = has_osc777(env) ? SEQUENCE_OSC777 : SEQUENCE_OSC9;
    return kind;
}

void sequence_title(struct buf *to, const char *text)
{
    buf_printf(to, "\033]2;%s\a", text);
}

/* tmux(1), allow-passthrough: each ESC doubled. */
static void add_through_tmux(struct buf *to, struct bytes inner)
{
    buf_puts(to, "\033Ptmux;");
    for (size_t i = 0; i < inner.len; i++) {
        if (inner.data[i] == '\033')
            buf_putc(to, '\033');
        buf_putc(to, inner.data[i]);
    }
    buf_puts(to, "\033\\");
}

/* screen(1), Device Control String: what is in it goes to the terminal as it is, up to its string terminator
 * and no more than 768 octets (MAXSTR); so a long sequence goes in pieces. */
#define SCREEN_PIECE 500
static void add_through_screen(struct buf *to, struct bytes inner)
{
    while (inner.len > 0) {
        size_t len = inner.len < SCREEN_PIECE ? inner.len : SCREEN_PIECE;
        buf_puts(to, "\033P");
        buf_add(to, inner.data, len);
        buf_puts(to, "\033\\");
        inner.data += len;
        inner.len -= len;
    }
}

static void add_through(struct buf *to, enum sequence_through through, struct bytes inner)
{
    if (through == SEQUENCE_TMUX)
        add_through_tmux(to, inner);
    else if (through == SEQUENCE_SCREEN)
        add_through_screen(to, inner);
    else
        buf_add(to, inner.data, inner.len);
}

/* The fields of OSC 777 end at a semicolon, and so the title must not hold one. */
static void add_osc777(struct buf *to, const char *title, const char *body, const char *end)
{
    buf_puts(to, "\033]777;notify;");
    for (; *title != '\0'; title++)
        buf_putc(to, *title == ';' ? ',' : *title);
    buf_printf(to, ";%s%s", body, end);
}

void sequence_notify(struct buf *to, struct sequence_kind kind, const char *title, const char *body)
{
    struct buf inner = {0};
    if (kind.notify == SEQUENCE_OSC777) /* ST would end what goes through screen */
        add_osc777(&inner, title, body, kind.through == SEQUENCE_SCREEN ? "\a" : "\033\\");
    else if (kind.notify == SEQUENCE_OSC9)
        buf_printf(&inner, "\033]9;%s: %s\a", title, body);
    if (kind.notify == SEQUENCE_BELL)
        buf_putc(to, '\a');
    else
        add_through(to, kind.through, buf_bytes(&inner));
    buf_release(&inner);
}

/* RFC 4648, section 4. */
static void add_base64(struct buf *to, struct bytes text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < text.len; i += 3) {
        unsigned long group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < text.len ? (unsigned char)text.data[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_putc(to, i + k <= text.len ? digits[group >> (18 - 6 * k) & 63] : '=');
    }
}

static bool copyable(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
            return false;
    return text.len > 0 && text.len <= SEQUENCE_COPY_MAX;
}

bool sequence_copy(struct buf *to, struct sequence_kind kind, const char *text)
{
    struct buf inner = {0};
    if (!kind.clipboard || !copyable(bytes_of(text)))
        return false;
    buf_puts(&inner, "\033]52;c;");
    add_base64(&inner, bytes_of(text));
    buf_putc(&inner, '\a');
    if (kind.through == SEQUENCE_TMUX) /* which takes it itself when set-clipboard is on */
        buf_add(to, inner.data, inner.len);
    add_through(to, kind.through, buf_bytes(&inner));
    buf_release(&inner);
    return true;
}
