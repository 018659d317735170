#include "command/recall.h"

#include "command/command.h"
#include "command/pager.h"
#include "core/vec.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct paper paper_here(void)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    bool terminal = isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
    return (struct paper){.color = terminal && (none == NULL || *none == '\0'),
                          .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0};
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* -1: there is more to do; else the exit code. */
static int read_options(bool *json, int argc, char *argv[], const struct recall_command *command, void *owner,
                        struct error *error)
{
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, command->letters, command->options, NULL)) != -1;) {
        if (option == 'h') {
            fputs(command->help, stdout);
            return fflush(stdout) == 0 ? 0 : COMMAND_BAD;
        }
        if (option == 'j')
            *json = true;
        else if (option == '?') {
            error_set(error, -EINVAL, "%s: %s is no option of it, or lacks its value; see aloof %s --help",
                      argv[0], argv[optind - 1], argv[0]);
            return COMMAND_USAGE;
        } else if (command->take == NULL || command->take(owner, option, optarg, error) != 0)
            return COMMAND_USAGE;
    }
    if (argc - optind <= command->words)
        return -1;
    error_set(error, -EINVAL, "%s: %s is one argument too many; see aloof %s --help", argv[0],
              argv[optind + command->words], argv[0]);
    return COMMAND_USAGE;
}

static int open_archive(struct recall *recall, struct error *error)
{
    int bad = where_find(&recall->where, error);
    if (bad != 0)
        return bad;
    const char *dir = repo_state_dir(recall->where.repo);
    bad = archive_open(&recall->archive, dir, error);
    if (bad == -ENOENT)
        error_set(error, bad, "no run of this project is remembered yet (%s); aloof --once makes one", dir);
    return bad;
}

static int print(struct recall *recall)
{
    if (recall->answer != NULL) {
        char *text = json_dumps(recall->answer, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        buf_puts(&recall->text, text != NULL ? text : "null");
        buf_putc(&recall->text, '\n');
        free(text);
    }
    return pager_print(buf_bytes(&recall->text), !recall->json);
}

static void complain(const struct error *error)
{
    if (error->text[0] != '\0')
        fprintf(stderr, "aloof: %s\n", error->text);
}

int recall_ask(const struct recall_command *command, void *owner, bool json, int count, char *words[])
{
    struct recall recall = {.paper = paper_here(), .now_ns = now(), .json = json};
    struct error error = {0};
    int code = open_archive(&recall, &error);
    if (code == 0)
        code = command->body(&recall, owner, count, words, &error);
    if (code < 0)
        code = COMMAND_USAGE;
    else if (print(&recall) != 0)
        code = COMMAND_BAD;
    complain(&error);
    json_decref(recall.answer);
    buf_release(&recall.text);
    archive_close(recall.archive);
    where_release(&recall.where);
    return code;
}

int recall_main(int argc, char *argv[], const struct recall_command *command, void *owner)
{
    bool json = false;
    struct error error = {0};
    int code = read_options(&json, argc, argv, command, owner, &error);
    complain(&error);
    return code >= 0 ? code : recall_ask(command, owner, json, argc - optind, argv + optind);
}

int recall_count(const char *option, const char *value, size_t *count, struct error *error)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || errno != 0 || number == 0)
        return error_set(error, -EINVAL, "%s %s: expected a number from 1 on", option, value);
    *count = number;
    return 0;
}

struct search {
    archive_run_reader *each;
    void *owner;
    int64_t id;  /* wanted; 0: the one that is … */
    size_t back; /* … so many before the newest */
    bool found;
};

static bool look(void *owner, const struct archive_run *run)
{
    struct search *search = owner;
    if (search->id == 0 && search->back-- > 0)
        return true;
    search->found = search->id == 0 || run->id == search->id;
    if (search->found)
        search->each(search->owner, run);
    return false;
}

int recall_run(struct recall *recall, const char *word, archive_run_reader *each, void *owner,
               struct error *error)
{
    struct search search = {.each = each, .owner = owner};
    if (word != NULL && strcmp(word, "last") != 0) {
        bool back = strncmp(word, "last~", 5) == 0;
        const char *number = back ? word + 5 : word;
        char *end;
        intmax_t parsed = strtoimax(number, &end, 10);
        bool valid = *number >= '0' && *number <= '9' && *end == '\0' && (back || parsed > 0);
        search.back = valid && back ? (size_t)parsed : 0;
        search.id = !valid ? -1 : back ? 0 : parsed;
    }
    int64_t upto = search.id != 0 ? search.id : INT64_MAX;
    int bad = archive_runs(recall->archive, upto, SIZE_MAX, look, &search, error);
    if (bad == 0 && !search.found)
        bad = word == NULL ? error_set(error, -ENOENT, "no run of this project is remembered yet")
                           : error_set(error, -ENOENT, "%s: there is no such run; see aloof runs", word);
    return bad;
}
