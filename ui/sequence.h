/* The octets for what a terminal shows beside its screen, its title and
 * notifications, and which terminal takes which. Pure: the environment comes in. */
#ifndef ALOOF_UI_SEQUENCE_H
#define ALOOF_UI_SEQUENCE_H

#include "core/bytes.h"

/* xterm's stack of titles (ctlseqs, "Window manipulation"): keeps the title, and puts the kept one back. */
#define SEQUENCE_KEEP_TITLE "\033[22;2t"
#define SEQUENCE_RESTORE_TITLE "\033[23;2t"

/* What tells one terminal from another. Texts may be NULL. */
struct sequence_env {
    const char *term;    /* TERM */
    const char *program; /* TERM_PROGRAM */
    const char *vte;     /* VTE_VERSION */
    const char *tmux;    /* TMUX */
    const char *sty;     /* STY, which GNU screen sets */
    const char *tsl;     /* terminfo: how a status line, which the title counts as, is begun */
    bool xt;             /* terminfo: it understands xterm's titles */
};

enum sequence_notify {
    SEQUENCE_BELL, /* all that it has */
    SEQUENCE_OSC9,
    SEQUENCE_OSC777,
};

/* What lies between: what it does not know itself is passed through it. */
enum sequence_through { SEQUENCE_DIRECT, SEQUENCE_TMUX, SEQUENCE_SCREEN };

struct sequence_kind {
    bool title;
    enum sequence_through through;
    enum sequence_notify notify;
    bool clipboard; /* may take OSC 52; those that do not take no notice of it */
};

struct sequence_kind sequence_kind(const struct sequence_env *env);

/* Appends what sets the title. The text holds no control characters. */
void sequence_title(struct buf *to, const char *text);

/* Appends what notifies. The texts hold no control characters. */
void sequence_notify(struct buf *to, struct sequence_kind kind, const char *title, const char *body);

/* The longest text that is copied, in octets. */
#define SEQUENCE_COPY_MAX 4096

/* Appends what copies the text to the clipboard (OSC 52). False, and nothing is appended: the terminal has no
 * such thing, or the text is too long or holds control characters, which a shell would obey on pasting. */
bool sequence_copy(struct buf *to, struct sequence_kind kind, const char *text);

#endif
