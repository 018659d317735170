#include "runner/family.h"

#include "core/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct process {
    pid_t pid, parent;
    char state;
    bool ours; /* below this process */
};

struct listing {
    VEC(struct process) all;
};

struct tally {
    size_t reached; /* descendants that took the signal */
    size_t direct;  /* our own children among them: each of them will come to waitpid */
    size_t refused; /* children that we may not signal: another user's */
};

/* The third and fourth field of /proc/PID/stat; the second, a name in parentheses, may hold anything
 * (proc(5)). */
static int read_stat(const char *pid, struct process *process)
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
    process->state = name_end[2];
    process->parent = (pid_t)strtol(name_end + 3, NULL, 10);
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
static int list_processes(struct listing *listing, pid_t spared, int number, struct tally *tally)
{
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return -errno;
    const struct dirent *entry;
    while ((entry = readdir(proc)) != NULL) {
        struct process process = {.pid = (pid_t)strtol(entry->d_name, NULL, 10)};
        if (process.pid <= 0 || read_stat(entry->d_name, &process) < 0)
            continue;
        process.ours = process.parent == getpid() && process.pid != spared;
        if (process.ours)
            signal_process(&process, number, tally);
        vec_push(&listing->all, process);
    }
    closedir(proc);
    return listing->all.len > 0 ? 0 : -ENOENT;
}

static bool is_ours(const struct listing *listing, pid_t pid)
{
    const struct process *process;
    vec_each (process, &listing->all)
        if (process->pid == pid)
            return process->ours;
    return false;
}

/* Children may have lower numbers than their parents, so it goes round until nothing is added. */
static void signal_grandchildren(struct listing *listing, int number, struct tally *tally)
{
    struct process *process;
    for (bool again = true; again;) {
        again = false;
        vec_each (process, &listing->all) {
            if (process->ours || !is_ours(listing, process->parent))
                continue;
            process->ours = again = true;
            signal_process(process, number, tally);
        }
    }
}

static struct tally signal_family(const struct family *family, int number)
{
    struct tally tally = {0};
    struct listing listing = {0};
    if (list_processes(&listing, family->spared, number, &tally) == 0) {
        signal_grandchildren(&listing, number, &tally);
    } else { /* no /proc here: what kept to the command's group is reached */
        bool reached = family->child > 0 && !family->ended && killpg(family->child, number) == 0;
        tally = (struct tally){.reached = reached, .direct = reached, .refused = !reached};
    }
    vec_release(&listing.all);
    return tally;
}

/* A fork bomb would outrun the kills; what is stopped forks no more. */
static void freeze(const struct family *family)
{
    size_t before, now = 0;
    do {
        before = now;
        now = signal_family(family, SIGSTOP).reached;
    } while (now > before);
}

void family_adopt(void)
{
#ifdef __linux__
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
}

bool family_reap(struct family *family, int flags)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, flags)) > 0 || (pid < 0 && errno == EINTR)) {
        if (pid == family->child) {
            family->ended = true;
            family->status = status;
        }
        if (pid > 0 && pid == family->spared) {
            family->spared_ended = true;
            family->spared = 0;
        }
        if (pid > 0)
            flags = WNOHANG;
    }
    return pid == 0;
}

/* Each round kills all our children, and theirs become ours. It ends when there are none, or only such as we
 * may not kill. */
void family_kill(struct family *family)
{
    struct tally killed = {0};
    while (family_reap(family, killed.direct > 0 ? 0 : WNOHANG)) {
        if (killed.direct == 0 && killed.refused > 0)
            return;
        freeze(family);
        killed = signal_family(family, SIGKILL);
        if (family->spared > 0 && killed.direct == 0)
            return;
    }
}

size_t family_children(pid_t *children, size_t room)
{
    struct tally tally = {0};
    struct listing listing = {0};
    size_t count = 0;
    if (list_processes(&listing, 0, 0, &tally) < 0)
        return 0;
    const struct process *process;
    vec_each (process, &listing.all)
        if (process->parent == getpid() && process->state != 'Z' && count < room)
            children[count++] = process->pid;
    vec_release(&listing.all);
    return count;
}
