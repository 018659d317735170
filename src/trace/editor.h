/* Editors and how each wants to be told a line. Pure: environment comes in. */
#ifndef ALOOF_TRACE_EDITOR_H
#define ALOOF_TRACE_EDITOR_H

#include "core/error.h"
#include "core/vec.h"

#include <stdbool.h>

struct editor {
    const char *config; /* editor.command: a template with {file} {line} {column}; NULL none */
    const char *visual; /* $VISUAL, NULL none */
    const char *editor; /* $EDITOR, NULL none */
    const char *nvim;   /* $NVIM: where the nvim listens in whose terminal we run; NULL none */
    bool tmux;          /* we run in tmux, and editors are to get a pane of their own */
    const char *cwd;    /* where we stand, absolute; needed for those two */
};

/* The command that is set, as it stands; "vi" when none is. Borrowed. */
const char *editor_command(const struct editor *editor);

/* The argv that opens file at line (0: unknown) and column (0: unknown). Splits the command as a shell would
 * (quotes, backslashes), knows the line syntax of vi/vim/nvim/emacs/emacsclient/nano/micro/kak/helix(hx)/
 * code/codium/subl/zed/idea/pycharm/gvim, and `+LINE FILE` for all others. *terminal: whether it needs the
 * terminal. Of the vi family, the nvim that we run in opens the file instead. -EINVAL with a line in error
 * when the command cannot be split. Nothing set means vi. */
int editor_argv(const struct editor *editor, const char *file, unsigned line, unsigned column,
                struct strings *argv, bool *terminal, struct error *error);

/* The short form for locations on screen: "vim +33 tests/a.py", "code -g tests/a.py:33"; shell-quoted where
 * needed. The caller frees. */
char *editor_location(const struct editor *editor, const char *file, unsigned line);

#endif
