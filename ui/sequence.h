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
    const char *tsl;     /* terminfo: how a status line, which the title counts as, is begun */
    bool xt;             /* terminfo: it understands xterm's titles */
};

enum sequence_notify {
    SEQUENCE_BELL, /* all that it has */
    SEQUENCE_OSC9,
    SEQUENCE_OSC777,
};

struct sequence_kind {
    bool title;
    bool tmux; /* what it does not know itself is passed through it */
    enum sequence_notify notify;
};

struct sequence_kind sequence_kind(const struct sequence_env *env);

/* Appends what sets the title. The text holds no control characters. */
void sequence_title(struct buf *to, const char *text);

/* Appends what notifies. The texts hold no control characters. */
void sequence_notify(struct buf *to, struct sequence_kind kind, const char *title, const char *body);

#endif
