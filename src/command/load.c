#include "command/load.h"

#include "core/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FROM "--from"

static int take_format(struct load_request *request, const char *name, struct error *error)
{
    request->format = name != NULL ? stream_format(name) : NULL;
    if (name == NULL)
        return error_set(error, -EINVAL, "load: --from needs FORMAT; see aloof load --help");
    if (request->format == NULL)
        return error_set(error, -EINVAL, "load: --from %s: no such format; see aloof load --help", name);
    return 0;
}

int load_arguments(struct load_request *request, int *argc, char **argv[], struct error *error)
{
    request->wanted = true;
    char **from = *argv + 2, **to = from, **end = *argv + *argc;
    int bad = 0;
    (*argv)[1] = (*argv)[0];
    bool ours = true; /* what stands behind -- is not */
    for (; bad == 0 && from < end; from++) {
        ours = ours && strcmp(*from, "--") != 0;
        if (ours && strcmp(*from, FROM) == 0) {
            bool more = from + 1 < end;
            bad = take_format(request, more ? *++from : NULL, error);
        } else if (ours && strncmp(*from, FROM "=", strlen(FROM "=")) == 0) {
            bad = take_format(request, *from + strlen(FROM "="), error);
        } else {
            *to++ = *from;
        }
    }
    *argc = (int)(to - *argv) - 1;
    *argv += 1;
    return bad;
}

/* Standard input is the stream; the keys come from the terminal itself. */
static int take_standard_input(struct load_request *request, bool once, struct error *error)
{
    request->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (request->fd < 0)
        return error_set(error, -errno, "load: standard input is closed");
    if (once)
        return 0;
    if (isatty(STDIN_FILENO))
        return error_set(error, -EINVAL,
                         "load -: standard input is the terminal (name a FILE, or pipe results into it)");
    int terminal = open("/dev/tty", O_RDWR);
    if (terminal < 0)
        return error_set(error, -ENOTTY, "the loop needs a terminal (use aloof load --once without one)");
    dup2(terminal, STDIN_FILENO);
    if (terminal != STDIN_FILENO)
        close(terminal);
    return 0;
}

int load_open(struct load_request *request, const struct strings *paths, bool once, struct error *error)
{
    if (paths->len != 1)
        return error_set(error, -EINVAL, "load: give one FILE, or - for standard input");
    bool standard = strcmp(paths->items[0], "-") == 0;
    request->name = standard ? "standard input" : paths->items[0];
    if (standard)
        return take_standard_input(request, once, error);
    struct stat status;
    request->fd = open(request->name, O_RDONLY | O_CLOEXEC);
    if (request->fd < 0)
        return error_set(error, -errno, "%s: cannot be read: %s", request->name, strerror(errno));
    if (fstat(request->fd, &status) == 0 && S_ISDIR(status.st_mode))
        return error_set(error, -EISDIR, "%s: is a directory, and no test results", request->name);
    return 0;
}

void load_help(struct buf *to)
{
    size_t count;
    const struct stream_format *const *formats = stream_formats(&count);
    buf_puts(to, "Usage: aloof load [--from FORMAT] FILE [OPTION...]\n\n"
                 "Takes test results of elsewhere (FILE, or - for standard input) as the newest run: what "
                 "failed is the\n"
                 "red set, which the loop then reruns here. With --once it is only printed.\n"
                 "Exit codes of --once: 0 all passed, 1 some failed or the results are damaged, 4 they "
                 "cannot be read,\n"
                 "5 there are none. The options are those of aloof; see aloof --help.\n\n"
                 "--from, else it is found out:\n");
    for (size_t i = 0; i < count; i++)
        buf_printf(to, "  %-12s %s\n", formats[i]->name, formats[i]->title);
}
