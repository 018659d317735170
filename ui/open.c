#include "ui/open.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define INHERITED 3 /* standard input, output and error */

struct opened {
    uv_process_t process;
    struct opener *opener;
    struct opened *next;
    char *name;   /* of the program, for what is said about it */
    char *passed; /* NULL: an editor. What is said when a program that had the terminal ends well */
    bool terminal;
};

static void check_closed(struct opener *opener)
{
    if (opener->closing && opener->opened == NULL)
        opener->events->closed(opener->owner);
}

static void forget(struct opener *opener, struct opened *opened)
{
    struct opened **at = &opener->opened;
    while (*at != opened)
        at = &(*at)->next;
    *at = opened->next;
}

static void on_closed(uv_handle_t *handle)
{
    struct opened *opened = handle->data;
    struct opener *opener = opened->opener;
    forget(opener, opened);
    free(opened->name);
    free(opened->passed);
    free(opened);
    check_closed(opener);
}

static void take_back(struct opened *opened)
{
    if (!opened->terminal)
        return;
    opened->opener->busy = false;
    if (!opened->opener->closing)
        opened->opener->events->take(opened->opener->owner);
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
    struct opened *opened = process->data;
    struct opener *opener = opened->opener;
    take_back(opened);
    if (!opener->closing && opened->passed != NULL && status == 0 && signal == 0)
        opener->events->say(opener->owner, opened->passed);
    else if (!opener->closing && (status != 0 || signal != 0) && (opened->passed == NULL || signal != 0)) {
        char *text = signal != 0 ? mem_printf("%s was killed by signal %d", opened->name, signal)
                                 : mem_printf("%s ended with status %d", opened->name, (int)status);
        opener->events->say(opener->owner, text);
        free(text);
    }
    if (!uv_is_closing((uv_handle_t *)process))
        uv_close((uv_handle_t *)process, on_closed);
}

/* An editor in the terminal stays in our process group, which is the one in the foreground. */
static int start(struct opened *opened, char **argv, const char *directory)
{
    uv_stdio_container_t stdio[INHERITED];
    for (int fd = 0; fd < INHERITED; fd++)
        stdio[fd] = opened->terminal ? (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = fd}
                                     : (uv_stdio_container_t){.flags = UV_IGNORE};
    uv_process_options_t options = {
        .exit_cb = on_exit_of,
        .file = argv[0],
        .args = argv,
        .cwd = directory,
        .stdio = stdio,
        .stdio_count = INHERITED,
        .flags = opened->terminal ? 0 : UV_PROCESS_DETACHED,
    };
    return uv_spawn(opened->opener->loop, &opened->process, &options);
}

/* directory NULL: where we stand. settings: those that name the program, NULL none. passed: see struct
 * opened. */
struct manner {
    const char *settings, *directory, *passed;
};

static void launch(struct opener *opener, struct strings *argv, bool terminal, struct manner manner)
{
    struct opened *opened = mem_zero(sizeof *opened);
    *opened = (struct opened){.opener = opener, .next = opener->opened, .terminal = terminal};
    opened->passed = mem_strdup(manner.passed);
    opened->name = mem_strdup(argv->items[0]);
    opened->process.data = opened;
    opener->opened = opened;
    vec_push(argv, NULL);
    if (terminal) {
        opener->busy = true;
        opener->events->give(opener->owner);
    }
    int bad = start(opened, argv->items, manner.directory);
    argv->len--;
    if (bad == 0)
        return;
    take_back(opened);
    char *text =
        mem_printf("%s: %s%s%s", opened->name, uv_strerror(bad), manner.settings != NULL ? "; set " : "",
                   manner.settings != NULL ? manner.settings : "");
    opener->events->say(opener->owner, text);
    free(text);
    uv_close((uv_handle_t *)&opened->process, on_closed);
}

struct editor opener_editor(const struct settings *settings, const char *cwd)
{
    bool tmux = settings->editor_window != 0 && getenv("TMUX") != NULL;
    return (struct editor){.config = settings->editor_command,
                           .visual = getenv("VISUAL"),
                           .editor = getenv("EDITOR"),
                           .nvim = cwd != NULL ? getenv("NVIM") : NULL,
                           .tmux = tmux && cwd != NULL,
                           .cwd = cwd};
}

void opener_init(struct opener *opener, uv_loop_t *loop, const struct editor *editor,
                 const struct opener_events *events, void *owner)
{
    *opener = (struct opener){.loop = loop, .editor = *editor, .events = events, .owner = owner};
}

void opener_open(struct opener *opener, const char *file, unsigned line, unsigned column)
{
    struct strings argv = {0};
    struct error error = {0};
    bool terminal;
    if (opener->busy || opener->closing)
        return;
    if (editor_argv(&opener->editor, file, line, column, &argv, &terminal, &error) != 0)
        opener->events->say(opener->owner, error.text);
    else
        launch(opener, &argv, terminal, (struct manner){.settings = "editor.command, VISUAL or EDITOR"});
    strings_release(&argv);
}

void opener_run(struct opener *opener, const char *command, const struct words_hole *holes, size_t count,
                const char *setting)
{
    struct strings argv = {0};
    struct error error = {0};
    if (opener->closing)
        return;
    int bad = words_split(command, &argv, &error);
    if (bad == 0 && argv.len == 0)
        bad = error_set(&error, -EINVAL, "%s names no program", setting);
    words_fill(&argv, holes, count);
    if (bad != 0)
        opener->events->say(opener->owner, error.text);
    else
        launch(opener, &argv, false, (struct manner){.settings = setting});
    strings_release(&argv);
}

void opener_lend(struct opener *opener, struct strings *argv, const char *directory, const char *passed)
{
    if (!opener->busy && !opener->closing)
        launch(opener, argv, true, (struct manner){.directory = directory, .passed = passed});
}

void opener_close(struct opener *opener)
{
    opener->closing = true;
    for (struct opened *opened = opener->opened; opened != NULL; opened = opened->next) {
        if (opened->terminal)
            uv_process_kill(&opened->process, SIGTERM);
        if (!uv_is_closing((uv_handle_t *)&opened->process))
            uv_close((uv_handle_t *)&opened->process, on_closed);
    }
    check_closed(opener);
}
