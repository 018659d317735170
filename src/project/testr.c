#include "project/testr.h"

#include "core/bytes.h"
#include "core/words.h"
#include "project/file_text.h"
#include "project/ini.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#define DEFAULT_SECTION "DEFAULT"
#define FORMAT "testr"              /* subunit of either version; listings of one id a line, too */
#define CLASS_REGEX "([^\\.]*\\.)*" /* what parallel_class means */

const char *const testr_names[] = {"testr", "stestr", NULL};

/* One of the files on its way to a recipe. */
struct conf {
    struct ini ini;
    const char *section;
    struct recipe *recipe;
    const char *python;
    recipe_knows *knows;
    struct error *error;
};

static const struct ini_entry *entry_of(const struct conf *conf, const char *key)
{
    return ini_find(&conf->ini, conf->section, key);
}

/* The caller frees; NULL: it is not said, or is empty. */
static char *value_of(const struct conf *conf, const char *key)
{
    const struct ini_entry *entry = entry_of(conf, key);
    char *value = entry != NULL ? ini_value(&conf->ini, entry) : NULL;
    if (value != NULL && *value != '\0')
        return value;
    free(value);
    return NULL;
}

/* from: the key of the file that it comes from; NULL: none. */
static int set(struct conf *conf, const char *key, const char *value, const char *from)
{
    const struct ini_entry *entry = from != NULL ? entry_of(conf, from) : NULL;
    char *where =
        entry != NULL ? mem_printf("%s:%u", conf->ini.path, entry->line) : mem_strdup(conf->ini.path);
    int code = recipe_set(conf->recipe, key, value, where, conf->knows, conf->error);
    free(where);
    return code;
}

static int set_shell(struct conf *conf, const char *key, const char *text, const char *words,
                     const char *from)
{
    struct buf command = {0};
    buf_puts(&command, "sh -c ");
    words_quote(&command, text);
    buf_puts(&command, words);
    int code = set(conf, key, buf_str(&command), from);
    buf_release(&command);
    return code;
}

static int refuse(const struct conf *conf, const char *key, const char *what)
{
    const struct ini_entry *entry = entry_of(conf, key);
    if (entry == NULL)
        return error_set(conf->error, -EINVAL, "%s: [%s] lacks %s (%s)", conf->ini.path, conf->section, key,
                         what);
    return error_set(conf->error, -EINVAL, "%s:%u: %s: %s", conf->ini.path, entry->line, key, what);
}

/* The four variables are put in as text, before any shell sees it. What a value holds is not looked at again.
 * The caller frees. */
static char *put_in(const char *text, const char *id_option, const char *id_list, const char *id_file,
                    const char *list_option)
{
    const struct words_hole holes[] = {
        {"$IDOPTION", id_option}, {"$IDLIST", id_list}, {"$IDFILE", id_file}, {"$LISTOPT", list_option}};
    struct strings words = {0};
    strings_add(&words, text);
    words_fill(&words, holes, sizeof holes / sizeof *holes);
    char *filled = mem_strdup(words.items[0]);
    strings_release(&words);
    return filled;
}

/* What of testr's language there is behind every framework: how to ask for some tests, and for a list. What
 * stands behind -- is added to the command, which is where testr puts it. */
static int set_commands(struct conf *conf, const char *command, const char *id_option,
                        const char *list_option, const char *default_ids, const char *from)
{
    static const char arguments[] = " aloof {args}";
    char *text = mem_printf("%s \"$@\"", command);
    char *option = put_in(id_option, "", "{idlist}", "{idfile}", "");
    char *list = put_in(text, "", default_ids, "", list_option);
    char *run = put_in(text, option, "{idlist}", "{idfile}", "");
    int code = set_shell(conf, "list", list, arguments, from);
    if (code == 0)
        code = set_shell(conf, "run", run, arguments, from);
    if (code == 0)
        code = set(conf, "list-format", FORMAT, NULL);
    if (code == 0)
        code = set(conf, "format", FORMAT, NULL);
    if (code == 0)
        code = set(conf, "unit", "test", NULL);
    free(run);
    free(list);
    free(option);
    free(text);
    return code;
}

/* A recipe asks for single tests, and must know which there are. */
static int check_command(const struct conf *conf, const char *command, const char *id_option,
                         const char *list_option)
{
    if (command == NULL)
        return refuse(conf, "test_command", "the command that runs the tests");
    if (strstr(command, "$IDOPTION") != NULL && id_option == NULL)
        return refuse(conf, "test_id_option", "what $IDOPTION in test_command stands for");
    if (strstr(command, "$LISTOPT") == NULL)
        return refuse(conf, "test_command", "no $LISTOPT in it, so that it cannot list its tests");
    if (list_option == NULL)
        return refuse(conf, "test_list_option", "what $LISTOPT in test_command stands for");
    const char *option = strstr(command, "$IDOPTION") != NULL ? id_option : "";
    static const char *const ways[] = {"$IDLIST", "$IDFILE"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strstr(command, ways[i]) != NULL || strstr(option, ways[i]) != NULL)
            return 0;
    return refuse(conf, *option != '\0' ? "test_id_option" : "test_command",
                  "neither $IDFILE nor $IDLIST in it, so that single tests cannot be run");
}

static int refuse_instances(const struct conf *conf)
{
    static const char *const keys[] = {"instance_provision", "instance_execute", "instance_dispose"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (entry_of(conf, keys[i]) != NULL)
            return refuse(
                conf, keys[i],
                "tests cannot be run in instances yet, for that needs gateways; without the instance_ lines "
                "they run here");
    return 0;
}

static int set_tags(struct conf *conf)
{
    char *tags = value_of(conf, "filter_tags"), *rest = tags;
    int code = 0;
    for (char *tag; code == 0 && (tag = strsep(&rest, " \t\n")) != NULL;)
        if (*tag != '\0')
            code = set(conf, "part-tag", tag, "filter_tags");
    free(tags);
    return code;
}

static int set_group(struct conf *conf)
{
    char *regex = value_of(conf, "group_regex"), *whole = value_of(conf, "parallel_class");
    static const char *const yes[] = {"1", "yes", "true", "on"};
    bool by_class = false;
    for (size_t i = 0; whole != NULL && i < sizeof yes / sizeof *yes; i++)
        by_class |= strcasecmp(whole, yes[i]) == 0;
    int code = 0;
    if (by_class)
        code = set(conf, "group", CLASS_REGEX, "parallel_class");
    else if (regex != NULL)
        code = set(conf, "group", regex, "group_regex");
    free(whole);
    free(regex);
    return code;
}

static int read_testr(struct conf *conf)
{
    char *command = value_of(conf, "test_command"), *id_option = value_of(conf, "test_id_option");
    char *list_option = value_of(conf, "test_list_option"), *ids = value_of(conf, "test_id_list_default");
    char *boxes = value_of(conf, "test_run_concurrency");
    int code = refuse_instances(conf);
    if (code == 0)
        code = check_command(conf, command, id_option, list_option);
    if (code == 0)
        code = set_commands(conf, command, id_option != NULL ? id_option : "", list_option,
                            ids != NULL ? ids : "", "test_command");
    if (code == 0)
        code = set_group(conf);
    if (code == 0)
        code = set_tags(conf);
    if (code == 0 && boxes != NULL)
        code = set_shell(conf, "boxes", boxes, "", "test_run_concurrency");
    free(boxes);
    free(ids);
    free(list_option);
    free(id_option);
    free(command);
    return code;
}

/* stestr has one command, in which a shell sees the two paths. */
static int read_stestr(struct conf *conf)
{
    char *path = value_of(conf, "test_path"), *top = value_of(conf, "top_dir");
    if (path == NULL) {
        free(top);
        return refuse(conf, "test_path", "the directory of the tests");
    }
    const char *from = top != NULL ? top : "./";
    struct buf python = {0};
    buf_puts(&python, "${PYTHON:-");
    words_quote(&python, conf->python);
    buf_puts(&python, "}");
    char *command = mem_printf("%s -m stestr.subunit_runner.run discover -t \"%s\" \"%s\" $LISTOPT $IDOPTION",
                               buf_str(&python), from, path);
    char *debug = mem_printf("PYTHONPATH=\"%s${PYTHONPATH:+:$PYTHONPATH}\" %s -m testtools.run \"$@\"", from,
                             buf_str(&python));
    int code = set_commands(conf, command, "--load-list $IDFILE", "--list", "", "test_path");
    if (code == 0)
        code = set_shell(conf, "debug", debug, " aloof {id}", NULL);
    if (code == 0)
        code = set_group(conf);
    free(debug);
    free(command);
    buf_release(&python);
    free(top);
    free(path);
    return code;
}

/* Whether a file that is also others' has a line with that heading. */
static bool has_heading(const char *path, const char *heading)
{
    struct buf text = {0};
    struct error unread;
    bool has = file_text(path, &text, &unread) == 0 && strstr(buf_str(&text), heading) != NULL;
    buf_release(&text);
    return has;
}

/* Reads the first of the files that there is. */
static int read_files(struct conf *conf, const char *name, const char *root)
{
    char *own = mem_printf("%s/.%s.conf", root, name), *project = mem_printf("%s/pyproject.toml", root);
    char *tox = mem_printf("%s/tox.ini", root);
    conf->section = DEFAULT_SECTION;
    int code = ini_read(&conf->ini, own, conf->error);
    bool further = code == -ENOENT && strcmp(name, "stestr") == 0;
    if (further && has_heading(project, "[tool.stestr]")) {
        ini_release(&conf->ini);
        conf->section = "tool.stestr";
        code = ini_read_toml(&conf->ini, project, conf->section, conf->error);
    } else if (further && has_heading(tox, "[stestr]")) {
        ini_release(&conf->ini);
        conf->section = "stestr";
        code = ini_read(&conf->ini, tox, conf->error);
    }
    free(tox);
    free(project);
    free(own);
    return code;
}

int testr_recipe(struct recipe *recipe, const char *name, const char *root, const char *python,
                 recipe_knows *knows, char **where, struct error *error)
{
    struct conf conf = {.recipe = recipe, .python = python, .knows = knows, .error = error};
    *where = NULL;
    bool testr = strcmp(name, testr_names[0]) == 0;
    if (!testr && strcmp(name, testr_names[1]) != 0)
        return -ENOENT;
    int code = read_files(&conf, name, root);
    if (code == 0)
        code = testr ? read_testr(&conf) : read_stestr(&conf);
    if (code != -ENOENT)
        *where = mem_strdup(conf.ini.path);
    ini_release(&conf.ini);
    return code;
}
