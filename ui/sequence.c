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
    kind.tmux = env->tmux != NULL && *env->tmux != '\0';
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

/* The fields of OSC 777 end at a semicolon, and so the title must not hold one. */
static void add_osc777(struct buf *to, const char *title, const char *body)
{
    buf_puts(to, "\033]777;notify;");
    for (; *title != '\0'; title++)
        buf_putc(to, *title == ';' ? ',' : *title);
    buf_printf(to, ";%s\033\\", body);
}

void sequence_notify(struct buf *to, struct sequence_kind kind, const char *title, const char *body)
{
    struct buf inner = {0};
    if (kind.notify == SEQUENCE_OSC777)
        add_osc777(&inner, title, body);
    else if (kind.notify == SEQUENCE_OSC9)
        buf_printf(&inner, "\033]9;%s: %s\a", title, body);
    if (kind.notify == SEQUENCE_BELL)
        buf_putc(to, '\a');
    else if (kind.tmux)
        add_through_tmux(to, buf_bytes(&inner));
    else
        buf_add(to, inner.data, inner.len);
    buf_release(&inner);
}
