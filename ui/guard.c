#include "ui/guard.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
#define FATAL_COUNT (sizeof fatal / sizeof *fatal)

/* The one mutable global of the program: a signal handler is given nothing but the signal's number, so what
 * it needs has to be where it can find it. */
static struct {
    volatile sig_atomic_t armed;
    int fd;
    struct termios modes;
    char text[512];
    size_t len;
    const char *title;
    struct sigaction before[FATAL_COUNT];
    bool installed;
} guard;

/* Only async-signal-safe calls (signal-safety(7)). The signal stays blocked until we return; then it strikes
 * again, and whoever had it before us sees to it. */
static void die(int number)
{
    if (guard.armed) {
        guard.armed = 0;
        ssize_t written = write(guard.fd, guard.text, guard.len);
        if (guard.title != NULL)
            written = write(guard.fd, guard.title, strlen(guard.title));
        (void)written;
        tcsetattr(guard.fd, TCSANOW, &guard.modes);
    }
    for (size_t i = 0; i < FATAL_COUNT; i++)
        if (fatal[i] == number)
            sigaction(number, &guard.before[i], NULL);
    raise(number);
}

void guard_install(int fd, const struct termios *modes, const char *text, size_t len)
{
    guard.armed = 0;
    guard.fd = fd;
    guard.modes = *modes;
    guard.len = len < sizeof guard.text ? len : sizeof guard.text;
    memcpy(guard.text, text, guard.len);
    if (guard.installed)
        return;
    struct sigaction action = {.sa_handler = die, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < FATAL_COUNT; i++)
        sigaction(fatal[i], &action, &guard.before[i]);
    guard.installed = true;
}

void guard_title(const char *text)
{
    guard.title = text;
}

void guard_arm(bool armed)
{
    guard.armed = armed;
}

void guard_remove(void)
{
    guard.armed = 0;
    for (size_t i = 0; guard.installed && i < FATAL_COUNT; i++)
        sigaction(fatal[i], &guard.before[i], NULL);
    guard.installed = false;
}
