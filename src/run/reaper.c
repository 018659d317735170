#include "run/reaper.h"

#include "core/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct reaper {
    int lifeline_fd;
    pid_t command;
    bool ended; /* the command is reaped; status is its own */
    int status;
};

struct process {
    pid_t pid, parent;
    bool ours; /* below this reaper */
};

struct family {
    VEC(struct process) all;
};

struct tally {
    size_t reached; /* descendants that took the signal */
    size_t direct;  /* our own children among them: each of them will come to waitpid */
    size_t refused; /* children that we may not signal: another user's */
};

/* Signals are fetched by sigwait, so the end of the lifeline comes as one too: the main thread blocks in one
 * place. */
static void *watch_lifeline(void *arg)
{
    int lifeline_fd = (int)(intptr_t)arg;
    char octet;
    ssize_t got;
    do
        got = read(lifeline_fd, &octet, 1);
    while (got > 0 || (got < 0 && errno == EINTR));
    kill(getpid(), SIGTERM);
    return NULL;
}

/* The fourth field of /proc/PID/stat; the second, a name in parentheses, may hold anything (proc(5)). */
static int read_parent(const char *pid, pid_t *parent)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t len = read(fd, text, sizeof text - 1);
    close(fd);
    if (len <= 0)
        return -ESRCH;
    text[len] = '\0';
    const char *name_end = strrchr(text, ')');
    if (name_end == NULL || strlen(name_end) < 4)
        return -EINVAL;
    *parent = (pid_t)strtol(name_end + 3, NULL, 10);
    return 0;
}

static void signal_process(const struct process *process, int number, struct tally *tally)
{
    bool direct = process->parent == getpid();
    if (kill(process->pid, number) == 0) {
        tally->reached++;
        tally->direct += direct;
    } else if (errno == EPERM) {
        tally->refused += direct;
    }
}

/* Our own children get the signal the moment they are seen: one that forks and exits for ever would be gone
 * by the end of the list. */
static int list_processes(struct family *family, int number, struct tally *tally)
{
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return -errno;
    const struct dirent *entry;
    while ((entry = readdir(proc)) != NULL) {
        struct process process = {.pid = (pid_t)strtol(entry->d_name, NULL, 10)};
        if (process.pid <= 0 || read_parent(entry->d_name, &process.parent) < 0)
            continue;
        process.ours = process.parent == getpid();
        if (process.ours)
            signal_process(&process, number, tally);
        vec_push(&family->all, process);
    }
    closedir(proc);
    return family->all.len > 0 ? 0 : -ENOENT;
}

static bool is_ours(const struct family *family, pid_t pid)
{
    const struct process *process;
    vec_each (process, &family->all)
        if (process->pid == pid)
            return process->ours;
    return false;
}

/* Children may have lower numbers than their parents, so it goes round until nothing is added. */
static void signal_grandchildren(struct family *family, int number, struct tally *tally)
{
    struct process *process;
    for (bool again = true; again;) {
        again = false;
        vec_each (process, &family->all) {
            if (process->ours || !is_ours(family, process->parent))
                continue;
            process->ours = again = true;
            signal_process(process, number, tally);
        }
    }
}

static struct tally signal_family(const struct reaper *reaper, int number)
{
    struct tally tally = {0};
    struct family family = {0};
    if (list_processes(&family, number, &tally) == 0) {
        signal_grandchildren(&family, number, &tally);
    } else { /* no /proc here: what kept to the command's group is reached */
        bool reached = !reaper->ended && killpg(reaper->command, number) == 0;
        tally = (struct tally){.reached = reached, .direct = reached, .refused = !reached};
    }
    vec_release(&family.all);
    return tally;
}

/* A fork bomb would outrun the kills; what is stopped forks no more. */
static void freeze(const struct reaper *reaper)
{
    size_t before, now = 0;
    do {
        before = now;
        now = signal_family(reaper, SIGSTOP).reached;
    } while (now > before);
}

/* Collects what has ended; with flags 0 waits for the first. Whether children are left. */
static bool reap(struct reaper *reaper, int flags)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, flags)) > 0 || (pid < 0 && errno == EINTR)) {
        if (pid == reaper->command) {
            reaper->ended = true;
            reaper->status = status;
        }
        if (pid > 0)
            flags = WNOHANG;
    }
    return pid == 0;
}

/* Each round kills all our children, and theirs become ours. It ends when there are none, or only such as we
 * may not kill. */
static void kill_family(struct reaper *reaper)
{
    struct tally killed = {0};
    while (reap(reaper, killed.direct > 0 ? 0 : WNOHANG)) {
        if (killed.direct == 0 && killed.refused > 0)
            return;
        freeze(reaper);
        killed = signal_family(reaper, SIGKILL);
    }
}

static _Noreturn void exec_command(const struct reaper *reaper, char *const argv[], const sigset_t *mask)
{
    close(reaper->lifeline_fd);
    setsid(); /* a kill(0) in there must not reach the reaper */
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], errno == ENOENT ? "not found" : strerror(errno));
    _exit(127);
}

static void adopt_family(void)
{
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* the lifeline's other end may have been inherited by somebody */
#endif
}

static int start(struct reaper *reaper, char *const argv[], const sigset_t *mask)
{
    reaper->command = fork();
    if (reaper->command == 0)
        exec_command(reaper, argv, mask);
    if (reaper->command < 0)
        return -errno;
    pthread_t thread;
    int code = pthread_create(&thread, NULL, watch_lifeline, (void *)(intptr_t)reaper->lifeline_fd);
    if (code == 0)
        pthread_detach(thread);
    return -code;
}

static int leave_code(const struct reaper *reaper)
{
    if (!reaper->ended)
        return 127;
    return WIFSIGNALED(reaper->status) ? 128 + WTERMSIG(reaper->status) : WEXITSTATUS(reaper->status);
}

int reaper_main(int lifeline_fd, char *const argv[])
{
    struct reaper reaper = {.lifeline_fd = lifeline_fd};
    sigset_t awaited, before;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGHUP);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_BLOCK, &awaited, &before);
    adopt_family();

    int code = start(&reaper, argv, &before);
    if (code < 0)
        dprintf(STDERR_FILENO, "%s: cannot be started: %s\n", argv[0], strerror(-code));
    for (int number = SIGCHLD; code == 0 && !reaper.ended && number == SIGCHLD;) {
        sigwait(&awaited, &number);
        reap(&reaper, WNOHANG);
    }
    kill_family(&reaper);
    return leave_code(&reaper);
}
