/* Gives the terminal back when we die of a fatal signal. What it needs is
 * prepared beforehand, so that the handler only writes and sets modes. */
#ifndef ALOOF_UI_GUARD_H
#define ALOOF_UI_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/* Installs the handlers (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS). fd: the terminal, which must stay
 * open until guard_remove. modes: as they were before we changed them. text: what brings the screen back;
 * copied, cut at 512 octets. Not armed yet. */
void guard_install(int fd, const struct termios *modes, const char *text, size_t len);

/* What puts the terminal's title back (a literal), "" when that is not needed. */
void guard_title(const char *text);

/* Whether the terminal is ours right now, and so to be given back. */
void guard_arm(bool armed);

/* Puts the earlier handlers back. */
void guard_remove(void);

#endif
