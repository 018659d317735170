#include "command/pager.h"

#include "command/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool fits(struct bytes text)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
        return true;
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    return lines < size.ws_row;
}

/* NULL: none is wanted. */
static const char *pager(void)
{
    const char *chosen = getenv("PAGER");
    if (chosen == NULL)
        return "less";
    return *chosen != '\0' && strcmp(chosen, "cat") != 0 ? chosen : NULL;
}

/* Whether it took the text; where there is no such program, the shell says so with 127. */
static bool page(const char *command, struct bytes text)
{
    setenv("LESS", "FRX", 0);
    FILE *pipe = popen(command, "w");
    if (pipe == NULL)
        return false;
    fwrite(text.data, 1, text.len, pipe);
    int status = pclose(pipe);
    return status != 127 << 8;
}

int pager_print(struct bytes text, bool paged)
{
    const char *command = paged && isatty(STDOUT_FILENO) && !fits(text) ? pager() : NULL;
    if (command != NULL && page(command, text))
        return 0;
    int bad = output_write(STDOUT_FILENO, text);
    return bad == -EPIPE ? 0 : bad;
}
