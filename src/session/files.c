/* Files that come with results and belong to no test (what a coverage tool wrote): they are kept until the
 * next run, and handed to the person's command when theirs is over. */
#include "session/private.h"

#include "core/words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX_COUNT 1000
#define FILE_MAX_BYTES ((size_t)256 << 20)

struct kept {
    char *origin, *name, *path; /* the route that it came by; as it was called there; where it is now */
    int fd;                     /* -1: not open */
    size_t size;
    bool failed; /* it could not be written, or is too large */
};

struct session_files {
    struct session *session;
    char *dir;
    VEC(struct kept) kept;
    size_t refused; /* files beyond the count */
    size_t next;    /* to be handed over */
    bool busy;      /* a command runs */
    uv_process_t process;
};

static void forget(struct session_files *files)
{
    struct kept *kept;
    vec_each (kept, &files->kept) {
        if (kept->fd >= 0)
            close(kept->fd);
        free(kept->origin);
        free(kept->name);
        free(kept->path);
    }
    files->kept.len = 0;
    files->next = files->refused = 0;
}

/* Removes what earlier runs, of an earlier aloof too, have left. */
static void empty_dir(const struct session_files *files)
{
    DIR *dir = opendir(files->dir);
    const struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir != NULL)
        closedir(dir);
}

void session_files_begin(struct session *session)
{
    if (session->files_kept == NULL) {
        struct session_files *files = mem_zero(sizeof *files);
        files->session = session;
        files->dir = mem_printf("%s/files", repo_state_dir(session->repo));
        session->files_kept = files;
    }
    if (session->files_kept->busy)
        return; /* its file must stay; what comes is added */
    forget(session->files_kept);
    empty_dir(session->files_kept);
}

void session_files_free(struct session *session)
{
    if (session->files_kept == NULL)
        return;
    forget(session->files_kept);
    vec_release(&session->files_kept->kept);
    free(session->files_kept->dir);
    free(session->files_kept);
    session->files_kept = NULL;
}

/* What may be a file's name: no directories, nothing hidden. */
static char *file_name(size_t number, const char *name)
{
    const char *slash = strrchr(name, '/');
    char *made = mem_printf("%zu-%.100s", number, slash != NULL ? slash + 1 : name);
    for (char *at = made; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ')
            *at = '_';
    return made;
}

static struct kept *find(struct session_files *files, const struct event *event)
{
    struct kept *kept;
    const struct bytes route = event->route.data != NULL ? event->route : bytes_of("");
    vec_each (kept, &files->kept)
        if (bytes_is(route, kept->origin) && bytes_is(event->file_name, kept->name) && kept->fd >= 0)
            return kept;
    if (files->kept.len >= FILES_MAX_COUNT) {
        files->refused++;
        return NULL;
    }
    char *name = bytes_dup(event->file_name), *base = file_name(files->kept.len + 1, name);
    struct kept made = {
        .origin = bytes_dup(route), .name = name, .path = mem_printf("%s/%s", files->dir, base)};
    mkdir(files->dir, 0777);
    made.fd = open(made.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    made.failed = made.fd < 0;
    free(base);
    vec_push(&files->kept, made);
    return &files->kept.items[files->kept.len - 1];
}

static bool write_all(int fd, struct bytes octets)
{
    while (octets.len > 0) {
        ssize_t put = write(fd, octets.data, octets.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        octets = (struct bytes){octets.data + put, octets.len - (size_t)put};
    }
    return true;
}

void session_files_take(struct session *session, const struct event *event)
{
    struct kept *kept = find(session->files_kept, event);
    if (kept == NULL || kept->fd < 0)
        return;
    kept->size += event->file.len;
    kept->failed |= kept->size > FILE_MAX_BYTES || !write_all(kept->fd, event->file);
    if (event->eof || kept->failed) {
        close(kept->fd);
        kept->fd = -1;
    }
}

/* What the command prints is kept beside the files. */
static int spawn(struct session_files *files, const struct strings *words, uv_exit_cb exited)
{
    char *log = mem_printf("%s/command.log", files->dir);
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    VEC(char *) argv = {0};
    for (size_t i = 0; i < words->len; i++)
        vec_push(&argv, words->items[i]);
    vec_push(&argv, NULL);
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE},
                                     {.flags = UV_INHERIT_FD, .data.fd = out},
                                     {.flags = UV_INHERIT_FD, .data.fd = out}};
    if (out < 0)
        stdio[1].flags = stdio[2].flags = UV_IGNORE;
    const uv_process_options_t options = {.file = argv.items[0],
                                          .args = argv.items,
                                          .cwd = repo_root(files->session->repo),
                                          .stdio = stdio,
                                          .stdio_count = 3,
                                          .exit_cb = exited};
    int bad = uv_spawn(files->session->loop, &files->process, &options);
    if (out >= 0)
        close(out);
    vec_release(&argv);
    free(log);
    return bad;
}

static void hand_over(struct session_files *files);

static void process_closed(uv_handle_t *handle)
{
    struct session_files *files = handle->data;
    struct session *session = files->session;
    files->busy = false;
    if (!session->closing || !session->watching)
        hand_over(files);
    session_part_closed(session);
}

static void exited(uv_process_t *process, int64_t status, int number)
{
    struct session_files *files = process->data;
    const struct kept *kept = &files->kept.items[files->next - 1];
    if (number != 0)
        session_notice(files->session, "files.command was killed by signal %d over %s", number, kept->path);
    else if (status != 0)
        session_notice(files->session,
                       "files.command exited with status %lld over %s; %s/command.log has its words",
                       (long long)status, kept->path, files->dir);
    uv_close((uv_handle_t *)process, process_closed);
}

static void run_command(struct session_files *files, const struct kept *kept)
{
    struct session *session = files->session;
    struct strings words = {0};
    struct error error = {0};
    const struct words_hole holes[] = {
        {"{file}", kept->path}, {"{name}", kept->name}, {"{route}", kept->origin}};
    int bad = words_split(session->settings.files_command, &words, &error);
    words_fill(&words, holes, sizeof holes / sizeof *holes);
    if (bad == 0 && words.len > 0) {
        bad = spawn(files, &words, exited);
        files->process.data = files;
        files->busy = true;
        session->open_parts++;
        if (bad != 0) {
            session_notice(session, "files.command: %s: %s", words.items[0], uv_strerror(bad));
            uv_close((uv_handle_t *)&files->process, process_closed);
        }
    } else {
        session_notice(session, "files.command: %s", error.text);
    }
    strings_release(&words);
}

/* One after the other: they are likely to write to one place. */
static void hand_over(struct session_files *files)
{
    while (files->next < files->kept.len && !files->busy) {
        const struct kept *kept = &files->kept.items[files->next++];
        if (kept->failed)
            session_notice(files->session, "%s, which came with the results, could not be kept", kept->name);
        else if (kept->fd < 0)
            run_command(files, kept);
    }
}

void session_files_end(struct session *session)
{
    struct session_files *files = session->files_kept;
    struct kept *kept;
    vec_each (kept, &files->kept) { /* whose end never came: the run is over */
        if (kept->fd >= 0)
            close(kept->fd);
        kept->fd = -1;
    }
    if (files->refused > 0)
        session_notice(session, "more than %d files came with the results: the others are not kept",
                       FILES_MAX_COUNT);
    if (session->settings.files_command != NULL)
        hand_over(files);
}

void session_files_close(struct session *session)
{
    if (session->files_kept != NULL && session->files_kept->busy && session->watching)
        uv_process_kill(&session->files_kept->process, SIGTERM);
}
