#include "command/doctor.h"

#include "project/inotify.h"
#include "store/schema.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRS_MAX 1000000
#define GIT_WATCHES 2 /* its directory, and that of info/exclude */

static void tell_work_tree(struct doctor *doctor)
{
    struct repo *repo = doctor->where.repo;
    char *branch = repo_branch(repo), *rules = mem_printf("%s/.gitignore", repo_root(repo));
    char *lock = mem_printf("%s/index.lock", repo_git_dir(repo));
    struct repo_state state = {0};
    int bad = repo_state(repo, &state);
    if (access(lock, F_OK) == 0)
        finding_wrong(&doctor->findings, "git",
                      "%s: git is at work, or was killed; as long as it is there, changes wait", lock);
    else if (bad != 0)
        finding_wrong(&doctor->findings, "git", "%s: cannot be read; try git status", repo_git_dir(repo));
    else
        finding_ok(&doctor->findings, "git",
                   "branch %s, %zu new files, %zu changed; what it ignores is left alone%s",
                   branch != NULL ? branch : "?", state.added, state.modified,
                   access(rules, F_OK) == 0 ? "" : " (no .gitignore at the top)");
    repo_state_release(&state);
    free(lock);
    free(rules);
    free(branch);
}

void doctor_git(struct doctor *doctor)
{
    const char *root = repo_root(doctor->where.repo);
    bool below = strcmp(root, doctor->where.cwd) != 0;
    finding_ok(&doctor->findings, "project", "%s%s%s", root, below ? ", from " : "",
               below ? doctor_path(doctor, doctor->where.cwd) : "");
    if (doctor->where.notice != NULL)
        finding_wrong(&doctor->findings, "git", "%s", doctor->where.notice);
    else if (repo_git_dir(doctor->where.repo) == NULL)
        finding_ok(&doctor->findings, "git",
                   "none; hidden directories, node_modules and virtualenvs are left alone");
    else
        tell_work_tree(doctor);
}

/* Whether files can be made in the directory, or in the first above it that there is. */
static bool can_write(const char *directory)
{
    char *at = mem_strdup(directory);
    char *slash = at;
    while (access(at, F_OK) != 0 && (slash = strrchr(at, '/')) != NULL && slash > at)
        *slash = '\0';
    bool can = access(at, W_OK) == 0;
    free(at);
    return can;
}

void doctor_history(struct doctor *doctor)
{
    const char *state = repo_state_dir(doctor->where.repo);
    char *path = mem_printf("%s/history.db", state);
    const char *shown = doctor_path(doctor, path);
    struct schema_facts facts;
    struct error error = {0};
    int code = schema_look(path, &facts, &error);
    if (!can_write(state))
        finding_wrong(&doctor->findings, "history",
                      "%s: cannot be written, so the red tests are forgotten at the end", shown);
    else if (code == -ENOENT)
        finding_ok(&doctor->findings, "history", "%s, not there yet", shown);
    else if (code == -EBADMSG)
        finding_wrong(&doctor->findings, "history",
                      "%s; at its next start aloof sets it aside and begins a new one", error.text);
    else if (code != 0)
        finding_wrong(&doctor->findings, "history", "%s; remove it if that stays so", error.text);
    else
        finding_ok(&doctor->findings, "history", "%s, %lld KiB, healthy, %d test%s, %d run%s", shown,
                   (facts.size_bytes + 1023) / 1024, facts.tests, facts.tests == 1 ? "" : "s", facts.runs,
                   facts.runs == 1 ? "" : "s");
    free(path);
}

/* Directories at and below dir that are not ignored. rel: its path from the root, "" the root itself. */
static size_t count_dirs(struct repo *repo, const char *rel, size_t most)
{
    char *path = mem_printf("%s/%s", repo_root(repo), rel);
    DIR *entries = opendir(path);
    size_t count = 1;
    const struct dirent *entry;
    while (entries != NULL && count < most && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct stat st;
        char *below = mem_printf("%s%s%s", rel, *rel != '\0' ? "/" : "", entry->d_name);
        if (fstatat(dirfd(entries), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
            !repo_ignored(repo, below, true))
            count += count_dirs(repo, below, most - count);
        free(below);
    }
    if (entries != NULL)
        closedir(entries);
    free(path);
    return count;
}

void doctor_watches(struct doctor *doctor)
{
    struct repo *repo = doctor->where.repo;
    size_t dirs = count_dirs(repo, "", DIRS_MAX);
    size_t needed = dirs + (repo_git_dir(repo) != NULL ? GIT_WATCHES : 0);
    struct inotify_use use;
    if (inotify_look(&use) != 0) {
        finding_ok(&doctor->findings, "watches", "%zu directories; how many can be watched is not known here",
                   dirs);
        return;
    }
    size_t left = use.watches_max > use.watches ? use.watches_max - use.watches : 0;
    if (use.instances >= use.instances_max)
        finding_wrong(&doctor->findings, "watches",
                      "all %zu instances of inotify are in use, so the tree will be polled: "
                      "sudo sysctl fs.inotify.max_user_instances=%zu",
                      use.instances_max, 4 * use.instances_max);
    else if (needed > left)
        finding_wrong(&doctor->findings, "watches",
                      "%zu directories, and %zu of %zu watches left, so the rest will be polled: "
                      "sudo sysctl fs.inotify.max_user_watches=%zu",
                      dirs, left, use.watches_max, 2 * (use.watches_max + needed));
    else
        finding_ok(&doctor->findings, "watches", "%zu directories, %zu of %zu watches left", dirs, left,
                   use.watches_max);
}
