#include "core/options.h"

#include <errno.h>
#include <string.h>

struct reader {
    struct settings *settings;
    const char *const *argv;
    int argc, at;
    enum arguments_action *action;
    struct strings *configs;
    struct error *error;
};

static const struct option *by_name(const char *name, size_t len)
{
    size_t count;
    const struct option *table = options_table(&count);
    for (size_t i = 0; i < count; i++)
        if (table[i].name != NULL && strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
            return &table[i];
    return NULL;
}

static const struct option *by_letter(char letter)
{
    size_t count;
    const struct option *table = options_table(&count);
    for (size_t i = 0; i < count; i++)
        if (table[i].letter == letter)
            return &table[i];
    return NULL;
}

static int carry_out(struct reader *reader, const struct option *option, const char *value)
{
    if (option->type != OPTION_ACTION)
        return options_set(reader->settings, option, value, "command line", reader->error);
    if (option->letter == 'c')
        strings_add(reader->configs, value);
    else if (option->letter == 'h')
        *reader->action = ARGUMENTS_HELP;
    else
        *reader->action = ARGUMENTS_VERSION;
    return 0;
}

/* value: what stood behind '=' or the letter, NULL: nothing. Takes the next argument where one is needed. */
static int take(struct reader *reader, const struct option *option, const char *typed, const char *value)
{
    if (option->argument == NULL || option->type == OPTION_FLAG) {
        if (value != NULL)
            return error_set(reader->error, -EINVAL, "%s takes no value", typed);
        return carry_out(reader, option, "true");
    }
    if (value == NULL) {
        if (reader->at + 1 >= reader->argc)
            return error_set(reader->error, -EINVAL, "%s needs %s", typed, option->argument);
        value = reader->argv[++reader->at];
    }
    return carry_out(reader, option, value);
}

static int take_long(struct reader *reader, const char *typed)
{
    const char *name = typed + 2;
    size_t len = strcspn(name, "=");
    if (strcmp(name, "options") == 0) {
        *reader->action = ARGUMENTS_OPTIONS;
        return 0;
    }
    const struct option *option = by_name(name, len);
    if (option == NULL)
        return error_set(reader->error, -EINVAL,
                         "unknown option %s (see aloof --help; options for pytest go behind --)", typed);
    return take(reader, option, typed, name[len] == '=' ? name + len + 1 : NULL);
}

/* "-xn4" is -x -n 4. */
static int take_letters(struct reader *reader, const char *typed)
{
    for (const char *p = typed + 1; *p != '\0'; p++) {
        const struct option *option = by_letter(*p);
        if (option == NULL)
            return error_set(reader->error, -EINVAL,
                             "unknown option -%c (see aloof --help; options for pytest go behind --)", *p);
        char name[3] = {'-', *p, '\0'};
        bool has_value = option->argument != NULL && option->type != OPTION_FLAG;
        int bad = take(reader, option, name, has_value && p[1] != '\0' ? p + 1 : NULL);
        if (bad != 0 || has_value)
            return bad;
    }
    return 0;
}

int arguments_parse(struct settings *settings, int argc, const char *const argv[],
                    enum arguments_action *action, struct strings *configs, struct error *error)
{
    struct reader reader = {settings, argv, argc, 1, action, configs, error};
    *action = ARGUMENTS_RUN;
    for (; reader.at < argc; reader.at++) {
        const char *typed = argv[reader.at];
        if (strcmp(typed, "--") == 0) {
            while (++reader.at < argc)
                strings_add(&settings->runner_args, argv[reader.at]);
            break;
        }
        int bad = 0;
        if (typed[0] != '-' || typed[1] == '\0')
            strings_add(&settings->paths, typed);
        else if (typed[1] == '-')
            bad = take_long(&reader, typed);
        else
            bad = take_letters(&reader, typed);
        if (bad != 0)
            return bad;
    }
    if (settings->boxed)
        settings->box = 1;
    if (settings->exitfirst)
        settings->maxfail = 1;
    return 0;
}

static void left_column(const struct option *option, struct buf *to)
{
    if (option->letter != 0)
        buf_printf(to, "-%c", option->letter);
    if (option->letter != 0 && option->name != NULL)
        buf_puts(to, ", ");
    if (option->name != NULL)
        buf_printf(to, "--%s", option->name);
    if (option->argument == NULL || option->type == OPTION_FLAG)
        return;
    bool choice = option->type == OPTION_CHOICE;
    buf_printf(to, "%s%s", choice ? "=" : " ", choice ? option->choices : option->argument);
}

static void help_line(const struct option *option, struct buf *to)
{
    struct buf left = {0};
    if (option->name == NULL && option->letter == 0)
        buf_printf(&left, "%s = %s", option->key, option->argument);
    else
        left_column(option, &left);
    if (left.len <= 26)
        buf_printf(to, "  %-26s %s\n", buf_str(&left), option->help);
    else
        buf_printf(to, "  %s\n  %-26s %s\n", buf_str(&left), "", option->help);
    buf_release(&left);
}

void arguments_help(struct buf *to)
{
    size_t count;
    const struct option *table = options_table(&count);
    buf_puts(to, "Usage: aloof [OPTION…] [PATH|TEST-ID…] [-- PYTEST-ARGUMENT…]\n\n"
                 "Watches the project around the current directory and loops on its failing tests.\n\n"
                 "Options:\n");
    for (size_t i = 0; i < count; i++)
        if (table[i].name != NULL || table[i].letter != 0)
            help_line(&table[i], to);
    buf_puts(to, "\nConfiguration keys (.aloof.conf, ~/.config/aloof/config, -c), beside those named like an "
                 "option:\n");
    for (size_t i = 0; i < count; i++)
        if (table[i].name == NULL && table[i].letter == 0)
            help_line(&table[i], to);
    buf_puts(to, "\nExit codes of --once: 0 all passed, 1 some failed, 2 interrupted, 3 internal error,\n"
                 "4 usage or configuration error, 5 no tests found. See aloof(1).\n");
}

void arguments_table(struct buf *to)
{
    size_t count;
    const struct option *table = options_table(&count);
    for (size_t i = 0; i < count; i++) {
        char letter[2] = {table[i].letter, '\0'};
        buf_printf(to, "%s\t%s\t%s\t%s\t%s\n", table[i].name != NULL ? table[i].name : "", letter,
                   table[i].argument != NULL ? table[i].argument : "",
                   table[i].key != NULL ? table[i].key : "", table[i].help);
    }
}
