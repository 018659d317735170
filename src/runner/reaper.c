#include "runner/reaper.h"

#include "runner/family.h"
#include "runner/scratch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct reaper {
    int lifeline_fd;
    char *scratch;        /* of the command; NULL: none */
    struct family family; /* its child is the command */
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

static _Noreturn void exec_command(const struct reaper *reaper, char *const argv[], const sigset_t *mask)
{
    close(reaper->lifeline_fd);
    if (reaper->scratch != NULL)
        setenv(SCRATCH_ENV, reaper->scratch, 1);
    setsid(); /* a kill(0) in there must not reach the reaper */
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], errno == ENOENT ? "not found" : strerror(errno));
    _exit(127);
}

static void follow_parent(void)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* the lifeline's other end may have been inherited by somebody */
#endif
}

static int start(struct reaper *reaper, char *const argv[], const sigset_t *mask)
{
    reaper->family.child = fork();
    if (reaper->family.child == 0)
        exec_command(reaper, argv, mask);
    if (reaper->family.child < 0)
        return -errno;
    pthread_t thread;
    int code = pthread_create(&thread, NULL, watch_lifeline, (void *)(intptr_t)reaper->lifeline_fd);
    if (code == 0)
        pthread_detach(thread);
    return -code;
}

static int leave_code(const struct reaper *reaper)
{
    if (!reaper->family.ended)
        return 127;
    return WIFSIGNALED(reaper->family.status) ? 128 + WTERMSIG(reaper->family.status)
                                              : WEXITSTATUS(reaper->family.status);
}

int reaper_main(int lifeline_fd, char *const argv[])
{
    struct reaper reaper = {.lifeline_fd = lifeline_fd};
    if (strcmp(argv[0], "--scratch") == 0) {
        reaper.scratch = scratch_name();
        argv++;
    }
    sigset_t awaited, before;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGHUP);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_BLOCK, &awaited, &before);
    family_adopt();
    follow_parent();

    int code = start(&reaper, argv, &before);
    if (code < 0)
        dprintf(STDERR_FILENO, "%s: cannot be started: %s\n", argv[0], strerror(-code));
    for (int number = SIGCHLD; code == 0 && !reaper.family.ended && number == SIGCHLD;) {
        sigwait(&awaited, &number);
        family_reap(&reaper.family, WNOHANG);
    }
    family_kill(&reaper.family);
    if (reaper.scratch != NULL)
        scratch_remove(reaper.scratch);
    free(reaper.scratch);
    return leave_code(&reaper);
}
