#include "runner/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE 65536

static void wake(int number)
{
    (void)number; /* the signal only ends the wait */
}

/* SIGCHLD is blocked but for the moment in which process_wait waits, so that none is missed. */
void process_prepare(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    const struct sigaction action = {.sa_handler = wake};
    sigaction(SIGCHLD, &action, NULL);
}

static int open_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* In the child. The parent learns from `failed_fd` why there is no such command; it is closed by exec. */
static _Noreturn void exec_command(char *const argv[], int feed_fd, const int fds[2], int failed_fd)
{
    setsid();
    int empty = feed_fd >= 0 ? feed_fd : open("/dev/null", O_RDONLY);
    dup2(empty, STDIN_FILENO);
    fcntl(STDIN_FILENO, F_SETFD, 0); /* if it was that one already */
    dup2(fds[0], STDOUT_FILENO);
    dup2(fds[1], STDERR_FILENO);
    if (empty > STDERR_FILENO)
        close(empty);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(argv[0], argv);
    int code = errno;
    while (write(failed_fd, &code, sizeof code) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

/* Returns when the child runs the command, or will not. */
static int await_exec(int failed_fd)
{
    int code = 0;
    ssize_t got;
    do
        got = read(failed_fd, &code, sizeof code);
    while (got < 0 && errno == EINTR);
    return got == sizeof code ? -code : 0;
}

static int start(struct process *process, const struct strings *argv, bool merge, int feed_fd)
{
    int output[2] = {-1, -1}, errors[2] = {-1, -1}, failed[2] = {-1, -1};
    VEC(char *) words = {0};
    for (size_t i = 0; i < argv->len; i++)
        vec_push(&words, argv->items[i]);
    vec_push(&words, NULL);
    *process = (struct process){.fds = {-1, -1}};
    int code = open_pipe(output);
    if (code == 0 && !merge)
        code = open_pipe(errors);
    if (code == 0)
        code = open_pipe(failed);
    if (code == 0) {
        const int far[2] = {output[1], merge ? output[1] : errors[1]};
        pid_t pid = fork();
        if (pid == 0)
            exec_command(words.items, feed_fd, far, failed[1]);
        process->family.child = pid;
        code = pid < 0 ? -errno : 0;
    }
    vec_release(&words);
    close_fd(&output[1]);
    close_fd(&errors[1]);
    close_fd(&failed[1]);
    if (code == 0 && (code = await_exec(failed[0])) < 0)
        waitpid(process->family.child, NULL, 0);
    close_fd(&failed[0]);
    if (code < 0) {
        close_fd(&output[0]);
        close_fd(&errors[0]);
        return code;
    }
    process->fds[0] = output[0];
    process->fds[1] = errors[0];
    return 0;
}

int process_start(struct process *process, const struct strings *argv, bool merge)
{
    return start(process, argv, merge, -1);
}

int process_start_fed(struct process *process, const struct strings *argv, bool merge)
{
    int feed[2] = {-1, -1};
    int code = open_pipe(feed);
    if (code == 0)
        code = start(process, argv, merge, feed[0]);
    close_fd(&feed[0]);
    if (code < 0) {
        close_fd(&feed[1]);
        return code;
    }
    fcntl(feed[1], F_SETFL, O_NONBLOCK);
    process->feed_fd = feed[1];
    return 0;
}

void process_feed(struct process *process, struct buf *text)
{
    ssize_t put = 1;
    while (text->len > 0 && process->feed_fd > 0 && put > 0) {
        put = write(process->feed_fd, text->data, text->len);
        buf_drop(text, put > 0 ? (size_t)put : 0);
    }
}

void process_feed_end(struct process *process)
{
    if (process->feed_fd > 0)
        close(process->feed_fd);
    process->feed_fd = -1;
}

/* Takes in one piece. Whether there may be more. */
static bool take_piece(struct process *process, int which, process_taker *take, void *owner)
{
    char octets[PIECE];
    ssize_t got;
    do
        got = read(process->fds[which], octets, sizeof octets);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        take(owner, which == 1, (struct bytes){octets, (size_t)got});
    if (got == 0 || (got < 0 && errno != EAGAIN))
        close_fd(&process->fds[which]);
    return got > 0;
}

bool process_wait(struct process *process, int other_fd, int timeout_ms, process_taker *take, void *owner)
{
    const int fds[3] = {other_fd, process->fds[0], process->fds[1]};
    fd_set readable;
    FD_ZERO(&readable);
    int highest = -1;
    for (int i = 0; i < 3; i++) {
        if (fds[i] >= 0)
            FD_SET(fds[i], &readable);
        highest = fds[i] > highest ? fds[i] : highest;
    }
    sigset_t none;
    sigemptyset(&none);
    const struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    int count = pselect(highest + 1, &readable, NULL, NULL, timeout_ms >= 0 ? &timeout : NULL, &none);
    for (int i = 0; i < 2 && count > 0; i++)
        if (process->fds[i] >= 0 && FD_ISSET(fds[i + 1], &readable))
            take_piece(process, i, take, owner);
    if (process->family.child > 0 && !process->family.ended)
        family_reap(&process->family, WNOHANG);
    return count > 0 && other_fd >= 0 && FD_ISSET(other_fd, &readable);
}

void process_drain(struct process *process, process_taker *take, void *owner)
{
    for (int i = 0; i < 2; i++) {
        if (process->fds[i] >= 0)
            fcntl(process->fds[i], F_SETFL, O_NONBLOCK);
        while (process->fds[i] >= 0 && take_piece(process, i, take, owner))
            continue;
    }
}

void process_forget(struct process *process)
{
    process_feed_end(process);
    close_fd(&process->fds[0]);
    close_fd(&process->fds[1]);
    *process = (struct process){.fds = {-1, -1}};
}

char *process_command(pid_t pid)
{
    char path[40], text[200];
    snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof text) : 0;
    if (fd >= 0)
        close(fd);
    while (len > 0 && text[len - 1] == '\0')
        len--;
    for (ssize_t i = 0; i < len; i++)
        text[i] = text[i] == '\0' ? ' ' : text[i];
    struct buf command = {0};
    buf_add_utf8(&command, len > 0 ? (struct bytes){text, (size_t)len} : bytes_of("?"));
    return buf_take(&command);
}
