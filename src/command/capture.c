#include "command/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_COMMAND 127 /* as a shell has it */

static _Noreturn void exec_words(const struct strings *words, const char *directory, int output)
{
    char **argv = mem_zero((words->len + 1) * sizeof *argv);
    memcpy(argv, words->items, words->len * sizeof *argv);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    signal(SIGPIPE, SIG_DFL);
    if (chdir(directory) == 0)
        execvp(argv[0], argv);
    _exit(NO_COMMAND);
}

/* What comes after `most` octets is read and dropped: nobody is to wait for us. */
static void read_all(int fd, size_t most, struct buf *printed)
{
    char piece[65536];
    for (ssize_t got; (got = read(fd, piece, sizeof piece)) != 0;) {
        if (got < 0 && errno != EINTR)
            return;
        size_t room = most - printed->len;
        if (got > 0)
            buf_add(printed, piece, (size_t)got < room ? (size_t)got : room);
    }
}

int capture(const struct strings *words, const char *directory, size_t most, struct buf *printed,
            struct error *error)
{
    int ends[2], status = 0;
    const char *name = words->items[0];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(error, -errno, "%s: cannot be run: %s", name, strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        exec_words(words, directory, ends[1]);
    close(ends[1]);
    if (pid > 0)
        read_all(ends[0], printed->len + most, printed);
    close(ends[0]);
    if (pid < 0)
        return error_set(error, -EAGAIN, "%s: cannot be run: %s", name, strerror(errno));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)
        return -EINTR;
    if (WIFSIGNALED(status))
        return error_set(error, -EIO, "%s: killed by signal %d", name, WTERMSIG(status));
    if (WEXITSTATUS(status) == NO_COMMAND)
        return error_set(error, -ENOENT, "%s: command not found", name);
    return WEXITSTATUS(status);
}
