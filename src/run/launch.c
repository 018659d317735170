#include "run/launch.h"

#include "run/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PACKET_PIPE_SIZE (1024 * 1024) /* so that boxes go on while a screen is painted */
#define PACKET_FD 3
#define LIFELINE_FD 4
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

extern char **environ;

/* The child's ends, by descriptor in the child; 1 is /dev/null. */
struct far_ends {
    int fds[LIFELINE_FD + 1];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void launch_release(struct launch *launch)
{
    close_fd(&launch->commands_fd);
    close_fd(&launch->stderr_fd);
    close_fd(&launch->packets_fd);
    close_fd(&launch->lifeline_fd);
    free(launch->source);
    launch->source = NULL;
}

/* Real pipes, not sockets: only for those does POSIX keep packets of several writers whole. */
static int open_to_child(int *near_fd, int *far_fd, int near_flags)
{
    uv_file ends[2];
    int code = uv_pipe(ends, 0, near_flags);
    if (code == 0) {
        *far_fd = ends[0];
        *near_fd = ends[1];
    }
    return code;
}

static int open_from_child(int *near_fd, int *far_fd)
{
    uv_file ends[2];
    int code = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);
    if (code == 0) {
        *near_fd = ends[0];
        *far_fd = ends[1];
    }
    return code;
}

static int open_pipes(struct launch *launch, struct far_ends *far)
{
    int code = open_to_child(&launch->commands_fd, &far->fds[STDIN_FILENO], UV_NONBLOCK_PIPE);
    if (code == 0)
        code = open_from_child(&launch->stderr_fd, &far->fds[STDERR_FILENO]);
    if (code == 0)
        code = open_from_child(&launch->packets_fd, &far->fds[PACKET_FD]);
    if (code == 0)
        code = open_to_child(&launch->lifeline_fd, &far->fds[LIFELINE_FD], 0);
#ifdef F_SETPIPE_SZ
    if (code == 0)
        fcntl(launch->packets_fd, F_SETPIPE_SZ, PACKET_PIPE_SIZE);
#endif
    return code;
}

/* Our environment, without what `added` sets again, and then that. The array is the caller's, the texts are
 * not. */
static char **merge_env(const char *const *added)
{
    VEC(char *) merged = {0};
    for (char **entry = environ; *entry != NULL; entry++) {
        size_t name = strcspn(*entry, "=") + 1;
        const char *const *again = added;
        while (again != NULL && *again != NULL && strncmp(*again, *entry, name) != 0)
            again++;
        if (again == NULL || *again == NULL)
            vec_push(&merged, *entry);
    }
    for (; added != NULL && *added != NULL; added++)
        vec_push(&merged, (char *)(uintptr_t)*added);
    vec_push(&merged, NULL);
    return merged.items;
}

static int spawn(uv_loop_t *loop, uv_process_t *process, const struct worker_options *options,
                 const char *boot, uv_exit_cb exited, const struct far_ends *far)
{
    uv_stdio_container_t stdio[LIFELINE_FD + 1] = {{.flags = UV_IGNORE}};
    for (int fd = 0; fd <= LIFELINE_FD; fd++)
        if (far->fds[fd] >= 0)
            stdio[fd] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = far->fds[fd]};
    const char *framework = options->framework != NULL ? options->framework : "pytest";
    const char *python[] = {options->self, "--reaper",      TEXT(LIFELINE_FD), options->python,    "-c",
                            boot,          TEXT(PACKET_FD), framework,         options->cache_dir, NULL};
    const char *own[] = {options->self, "--reaper", TEXT(LIFELINE_FD), "--scratch",
                         options->self, "--runner", TEXT(PACKET_FD),   NULL};
    const char **argv = options->recipe != NULL ? own : python;
    char **env = merge_env(options->env);
    uv_process_options_t how = {
        .exit_cb = exited,
        .file = options->self,
        .args = (char **)(uintptr_t)argv,
        .env = env,
        .cwd = options->cwd,
        .flags = UV_PROCESS_DETACHED,
        .stdio_count = LIFELINE_FD + 1,
        .stdio = stdio,
    };
    int code = uv_spawn(loop, process, &how);
    free(env);
    return code;
}

/* A recipe is the whole source of our own worker. */
static int find_source(struct source *source, const struct worker_options *options, struct error *error)
{
    *source = (struct source){0};
    if (options->recipe != NULL) {
        buf_printf(&source->modules, "%zu\n%s", strlen(options->recipe), options->recipe);
        return 0;
    }
    int code = source_read(source, options->source);
    if (code < 0)
        error_set(error, code, "%s: the worker's source cannot be read: %s", options->source,
                  strerror(-code));
    return code;
}

int launch_worker(uv_loop_t *loop, const struct worker_options *options, uv_process_t *process,
                  uv_exit_cb exited, bool *spawned, struct launch *launch, struct error *error)
{
    struct far_ends far = {{-1, -1, -1, -1, -1}};
    *launch = (struct launch){.commands_fd = -1, .stderr_fd = -1, .packets_fd = -1, .lifeline_fd = -1};
    struct source source;
    int code = find_source(&source, options, error);
    if (code < 0)
        return code;
    launch->source_len = source.modules.len;
    launch->source = buf_take(&source.modules);
    code = open_pipes(launch, &far);
    if (code == 0) {
        *spawned = true;
        code = spawn(loop, process, options, source.boot, exited, &far);
    }
    source_release(&source);
    for (int fd = 0; fd <= LIFELINE_FD; fd++)
        close_fd(&far.fds[fd]);
    if (code == 0)
        return 0;
    launch_release(launch);
    return error_set(error, code, "%s in %s: cannot be started: %s", options->self,
                     options->cwd != NULL ? options->cwd : ".", strerror(-code));
}
