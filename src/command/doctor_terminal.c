#include "command/doctor.h"

#include "core/words.h"
#include "project/ask.h"
#include "trace/editor.h"
#include "ui/terminal_curses.h"

#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LEAST_COLUMNS 20
#define LEAST_ROWS 5
#define LINE 4444 /* stands for any */

/* The first of our own that is a terminal; -1 none. */
static int find_terminal(void)
{
    static const int fds[] = {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (isatty(fds[i]))
            return fds[i];
    return -1;
}

void doctor_terminal(struct doctor *doctor)
{
    int fd = find_terminal();
    struct winsize size = {0};
    struct terminal_abilities able;
    struct error error = {0};
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    if (fd < 0) {
        finding_ok(&doctor->findings, "terminal", "none here, where only aloof --once works");
        return;
    }
    ioctl(fd, TIOCGWINSZ, &size);
    if (terminal_able(fd, &able, &error) != 0)
        finding_wrong(&doctor->findings, "terminal", "%s", error.text);
    else if (size.ws_col < LEAST_COLUMNS || size.ws_row < LEAST_ROWS)
        finding_wrong(&doctor->findings, "terminal",
                      "%u columns by %u rows are too small to show much; make it larger", size.ws_col,
                      size.ws_row);
    else
        finding_ok(&doctor->findings, "terminal", "%s, %u columns by %u rows, %s, %d colours%s%s%s", term,
                   size.ws_col, size.ws_row, nl_langinfo(CODESET), able.colors > 0 ? able.colors : 0,
                   none != NULL && *none != '\0' ? " (NO_COLOR: none are used)" : "",
                   able.mouse ? ", mouse" : "", able.title ? ", title" : "");
}

/* What Enter would run, with a name for what changes. The caller frees. */
static char *show_command(const struct editor *editor, const struct strings *argv)
{
    const char *command = editor_command(editor);
    if (strstr(command, "{file}") != NULL)
        return mem_strdup(command);
    char number[16], *line = NULL;
    struct buf shown = {0};
    snprintf(number, sizeof number, "%d", LINE);
    for (size_t i = 0; i < argv->len; i++) {
        const char *word = argv->items[i], *at = strstr(word, number);
        buf_printf(&shown, "%s", i > 0 ? " " : "");
        if (at != NULL)
            buf_printf(&shown, "%.*s{line}%s", (int)(at - word), word, at + strlen(number));
        else
            buf_puts(&shown, word);
    }
    line = buf_take(&shown);
    return line;
}

static const char *origin(const struct editor *editor)
{
    const char *command = editor_command(editor);
    return command == editor->config   ? "editor.command"
           : command == editor->visual ? "VISUAL"
           : command == editor->editor ? "EDITOR"
                                       : "no EDITOR is set";
}

void doctor_editor(struct doctor *doctor)
{
    const struct settings *settings = &doctor->settings;
    const struct editor editor = {.config = settings->editor_command,
                                  .visual = getenv("VISUAL"),
                                  .editor = getenv("EDITOR"),
                                  .nvim = getenv("NVIM"),
                                  .tmux = settings->editor_window != 0 && getenv("TMUX") != NULL,
                                  .cwd = doctor->where.cwd};
    struct strings argv = {0};
    struct error error = {0};
    bool terminal;
    if (editor_argv(&editor, "{file}", LINE, 0, &argv, &terminal, &error) != 0) {
        finding_wrong(&doctor->findings, "editor", "%s (%s)", error.text, origin(&editor));
        return;
    }
    char *shown = show_command(&editor, &argv), *path = ask_program(argv.items[0], doctor->where.cwd);
    if (path == NULL)
        finding_wrong(&doctor->findings, "editor", "%s: not found (%s); set EDITOR or editor.command",
                      argv.items[0], origin(&editor));
    else
        finding_ok(&doctor->findings, "editor", "%s (%s), %s", shown, origin(&editor),
                   terminal ? "in this terminal" : "in a window of its own");
    free(path);
    free(shown);
    strings_release(&argv);
}
