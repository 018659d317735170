#include "project/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 65536
#define NO_COMMAND 127 /* as a shell has it */

static _Noreturn void exec_words(const struct strings *words, const char *directory, int output, bool errors)
{
    char **argv = mem_zero((words->len + 1) * sizeof *argv);
    memcpy(argv, words->items, words->len * sizeof *argv);
    int empty = open("/dev/null", O_RDWR);
    setsid();
    dup2(empty, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(errors ? output : empty, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
    if (chdir(directory) == 0)
        execvp(argv[0], argv);
    _exit(NO_COMMAND);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads up to the end of its output; false: its time is over. */
static bool listen_to(int fd, struct buf *answer)
{
    int64_t until = now_ms() + ASK_DEADLINE_MS;
    size_t most = answer->len + ANSWER_MAX;
    for (;;) {
        struct pollfd ready = {fd, POLLIN, 0};
        int64_t left = until - now_ms();
        int count = left > 0 ? poll(&ready, 1, (int)left) : 0;
        if (count == 0)
            return false;
        char piece[4096];
        ssize_t got = count > 0 ? read(fd, piece, sizeof piece) : -1;
        if (got == 0 || (got < 0 && errno != EINTR))
            return true;
        if (got > 0 && answer->len + (size_t)got <= most)
            buf_add(answer, piece, (size_t)got);
    }
}

int ask(const struct strings *words, const char *directory, bool errors, struct buf *answer,
        struct error *error)
{
    int ends[2], status = 0;
    const char *name = words->items[0];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(error, -errno, "%s: cannot be run: %s", name, strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        exec_words(words, directory, ends[1], errors);
    close(ends[1]);
    bool ended = pid > 0 && listen_to(ends[0], answer);
    close(ends[0]);
    if (pid < 0)
        return error_set(error, -EAGAIN, "%s: cannot be run: %s", name, strerror(errno));
    if (!ended)
        kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!ended)
        return error_set(error, -ETIME, "%s: no answer for %d s", name, ASK_DEADLINE_MS / 1000);
    if (WIFSIGNALED(status))
        return error_set(error, -EIO, "%s: killed by signal %d", name, WTERMSIG(status));
    if (WEXITSTATUS(status) == NO_COMMAND)
        return error_set(error, -ENOENT, "%s: command not found", name);
    return WEXITSTATUS(status);
}

char *ask_program(const char *name, const char *directory)
{
    if (strchr(name, '/') != NULL) {
        char *file = *name == '/' ? mem_strdup(name) : mem_printf("%s/%s", directory, name);
        if (access(file, X_OK) == 0)
            return file;
        free(file);
        return NULL;
    }
    for (const char *path = getenv("PATH"); path != NULL && *path != '\0';) {
        size_t len = strcspn(path, ":");
        char *file = mem_printf("%.*s/%s", (int)len, path, name);
        if (access(file, X_OK) == 0)
            return file;
        free(file);
        path += len + (path[len] == ':');
    }
    return NULL;
}
