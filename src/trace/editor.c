#include "trace/editor.h"

#include "core/bytes.h"
#include "core/words.h"

#include <errno.h>

/* How a line (and column) is said to an editor. */
enum syntax {
    SYNTAX_PLUS,       /* +LINE FILE */
    SYNTAX_VIM,        /* the same, with a column +call cursor(LINE,COLUMN) FILE */
    SYNTAX_PLUS_COLON, /* +LINE:COLUMN FILE */
    SYNTAX_PLUS_COMMA, /* +LINE,COLUMN FILE */
    SYNTAX_SUFFIX,     /* FILE:LINE:COLUMN */
    SYNTAX_GOTO,       /* -g FILE:LINE:COLUMN */
    SYNTAX_LINE,       /* --line LINE --column COLUMN FILE */
};

static const struct known {
    const char *name;
    enum syntax syntax;
    bool terminal;
    const char *windowed; /* flags that make it open a window, between blanks; NULL none */
} known_editors[] = {
    {"vi", SYNTAX_PLUS, true, NULL},
    {"vim", SYNTAX_VIM, true, " -g "},
    {"view", SYNTAX_PLUS, true, NULL},
    {"nvim", SYNTAX_VIM, true, NULL},
    {"gvim", SYNTAX_VIM, false, NULL},
    {"mvim", SYNTAX_VIM, false, NULL},
    {"emacs", SYNTAX_PLUS_COLON, true, " -d --display "},
    {"emacsclient", SYNTAX_PLUS_COLON, true, " -n --no-wait -c --create-frame "},
    {"nano", SYNTAX_PLUS_COMMA, true, NULL},
    {"micro", SYNTAX_PLUS_COLON, true, NULL},
    {"kak", SYNTAX_PLUS_COLON, true, NULL},
    {"hx", SYNTAX_SUFFIX, true, NULL},
    {"helix", SYNTAX_SUFFIX, true, NULL},
    {"code", SYNTAX_GOTO, false, NULL},
    {"code-insiders", SYNTAX_GOTO, false, NULL},
    {"codium", SYNTAX_GOTO, false, NULL},
    {"vscodium", SYNTAX_GOTO, false, NULL},
    {"cursor", SYNTAX_GOTO, false, NULL},
    {"subl", SYNTAX_SUFFIX, false, NULL},
    {"sublime_text", SYNTAX_SUFFIX, false, NULL},
    {"zed", SYNTAX_SUFFIX, false, NULL},
    {"zeditor", SYNTAX_SUFFIX, false, NULL},
    {"idea", SYNTAX_LINE, false, NULL},
    {"pycharm", SYNTAX_LINE, false, NULL},
    {"charm", SYNTAX_LINE, false, NULL},
    {"clion", SYNTAX_LINE, false, NULL},
    {"kate", SYNTAX_LINE, false, NULL},
    {"gedit", SYNTAX_PLUS_COLON, false, NULL},
};

static const struct known any_editor = {"", SYNTAX_PLUS, true, NULL};

static const struct known *find_name(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof known_editors / sizeof *known_editors; i++) {
        const char *have = known_editors[i].name;
        if (strlen(have) == len && memcmp(have, name, len) == 0)
            return &known_editors[i];
    }
    return NULL;
}

/* The editor of a command: /usr/bin/vim.basic and nvim.appimage by what stands before the dot, emacs-29 by
 * what stands before its version. */
static const struct known *find_editor(const char *command)
{
    const char *slash = strrchr(command, '/');
    const char *name = slash != NULL ? slash + 1 : command;
    size_t len = strcspn(name, ".");
    const struct known *found = find_name(name, len);
    while (len > 0 && strchr("-0123456789", name[len - 1]) != NULL)
        len--;
    if (found == NULL)
        found = find_name(name, len);
    return found != NULL ? found : &any_editor;
}

/* Whether one of the words behind the first is one of the flags. */
static bool has_flag(const struct strings *argv, const char *flags)
{
    for (size_t i = 1; flags != NULL && i < argv->len; i++) {
        char *flag = mem_printf(" %.*s ", (int)strcspn(argv->items[i], "= "), argv->items[i]);
        bool found = strlen(flag) > 2 && strstr(flags, flag) != NULL;
        free(flag);
        if (found)
            return true;
    }
    return false;
}

static bool is_template(const char *command)
{
    return strstr(command, "{file}") != NULL;
}

const char *editor_command(const struct editor *editor)
{
    const char *candidates[] = {editor->config, editor->visual, editor->editor};
    for (size_t i = 0; i < 3; i++)
        if (candidates[i] != NULL && candidates[i][strspn(candidates[i], " \t\n")] != '\0')
            return candidates[i];
    return "vi";
}

static void fill_all(struct strings *argv, const char *file, unsigned line, unsigned column)
{
    char lines[16], columns[16];
    snprintf(lines, sizeof lines, "%u", line > 0 ? line : 1);
    snprintf(columns, sizeof columns, "%u", column > 0 ? column : 1);
    const struct words_hole holes[] = {{"{file}", file}, {"{line}", lines}, {"{column}", columns}};
    words_fill(argv, holes, sizeof holes / sizeof *holes);
}

/* "HEAD LINE", or "HEAD LINE SEPARATOR COLUMN" when there is a column. */
static char *position(const char *head, unsigned line, char separator, unsigned column)
{
    if (column == 0)
        return mem_printf("%s%u", head, line);
    return mem_printf("%s%u%c%u", head, line, separator, column);
}

static void add_suffixed(struct strings *argv, const char *file, unsigned line, unsigned column)
{
    char *head = mem_printf("%s:", file);
    strings_take(argv, position(head, line, ':', column));
    free(head);
}

static void add_position(struct strings *argv, enum syntax syntax, const char *file, unsigned line,
                         unsigned column)
{
    switch (syntax) {
    case SYNTAX_GOTO:
        if (!has_flag(argv, " -g --goto "))
            strings_add(argv, "-g");
        add_suffixed(argv, file, line, column);
        return;
    case SYNTAX_SUFFIX:
        add_suffixed(argv, file, line, column);
        return;
    case SYNTAX_LINE:
        strings_add(argv, "--line");
        strings_take(argv, mem_printf("%u", line));
        if (column > 0) {
            strings_add(argv, "--column");
            strings_take(argv, mem_printf("%u", column));
        }
        break;
    case SYNTAX_VIM:
        strings_take(argv,
                     column > 0 ? mem_printf("+call cursor(%u,%u)", line, column) : mem_printf("+%u", line));
        break;
    case SYNTAX_PLUS:
        strings_take(argv, mem_printf("+%u", line));
        break;
    case SYNTAX_PLUS_COLON:
        strings_take(argv, position("+", line, ':', column));
        break;
    case SYNTAX_PLUS_COMMA:
        strings_take(argv, position("+", line, ',', column));
        break;
    }
    strings_add(argv, file);
}

static bool is_vi(const struct known *known)
{
    static const char *const names[] = {"vi", "vim", "nvim"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(known->name, names[i]) == 0)
            return true;
    return false;
}

/* Has the nvim in whose terminal we run open the file: `drop` goes to the window that shows it already. */
static void ask_nvim(struct strings *argv, const struct editor *editor, const char *file, unsigned line,
                     unsigned column)
{
    struct buf call = {0};
    buf_puts(&call, "execute('drop ' . fnameescape('");
    if (*file != '/')
        buf_printf(&call, "%s/", editor->cwd);
    for (const char *c = file; *c != '\0'; c++)
        buf_puts(&call, *c == '\'' ? "''" : (char[]){*c, '\0'});
    buf_printf(&call, "')) . cursor(%u, %u)", line > 0 ? line : 1, column > 0 ? column : 1);
    strings_clear(argv);
    strings_add(argv, "nvim");
    strings_add(argv, "--server");
    strings_add(argv, editor->nvim);
    strings_add(argv, "--remote-expr");
    strings_take(argv, buf_take(&call));
}

/* Puts in front what has tmux run the rest in a new pane beside ours. */
static void ask_tmux(struct strings *argv, const char *cwd)
{
    struct strings words = {0};
    strings_add(&words, "tmux");
    strings_add(&words, "split-window");
    strings_add(&words, "-c");
    strings_add(&words, cwd);
    for (size_t i = 0; i < argv->len; i++)
        strings_add(&words, argv->items[i]);
    strings_release(argv);
    *argv = words;
}

int editor_argv(const struct editor *editor, const char *file, unsigned line, unsigned column,
                struct strings *argv, bool *terminal, struct error *error)
{
    const char *command = editor_command(editor);
    int rc = words_split(command, argv, error);
    if (rc < 0)
        return rc;
    const struct known *known = find_editor(argv->items[0]);
    *terminal = known->terminal && !has_flag(argv, known->windowed);
    /* A name that begins like an option is still a file. */
    char *name = strchr("+-", *file) != NULL ? mem_printf("./%s", file) : mem_strdup(file);
    if (is_template(command))
        fill_all(argv, name, line, column);
    else if (line == 0)
        strings_add(argv, name);
    else
        add_position(argv, known->syntax, name, line, column);
    if (editor->nvim != NULL && is_vi(known) && !is_template(command)) {
        ask_nvim(argv, editor, file, line, column);
        *terminal = false;
    } else if (editor->tmux && *terminal) {
        ask_tmux(argv, editor->cwd);
        *terminal = false;
    }
    free(name);
    return 0;
}

char *editor_location(const struct editor *editor, const char *file, unsigned line)
{
    static const struct editor fallback = {0};
    struct editor plain = {.config = editor->config, .visual = editor->visual, .editor = editor->editor};
    struct strings argv = {0};
    bool terminal;
    if (editor_argv(&plain, file, line, 0, &argv, &terminal, NULL) < 0)
        editor_argv(&fallback, file, line, 0, &argv, &terminal, NULL);
    char *location = words_join(&argv);
    strings_release(&argv);
    return location;
}
