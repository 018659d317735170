#include "project/recipe.h"

#include "core/bytes.h"
#include "project/config_entries.h"
#include "project/python.h"
#include "project/testr.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#define SUFFIX ".conf"
#define PYTEST "pytest"
#define DJANGO "django"
#define SHARE_VARIABLE "ALOOF_SHARE"
#define TEXT_MAX (1 << 20) /* octets of a file that are searched for a text */

/* What of a file is read: the keys of one section, or which sections there are. */
struct reading {
    const char *section; /* "recipe." or "recipe.NAME."; NULL: only the names */
    struct recipe *recipe;
    struct strings *names;
    recipe_knows *knows;
    char *where; /* of the first key */
};

static void note_name(struct strings *names, const char *entry)
{
    const char *dot = strrchr(entry, '.');
    size_t prefix = strlen("recipe.");
    if (strncmp(entry, "recipe.", prefix) != 0 || dot < entry + prefix)
        return;
    char *name = mem_dup(entry + prefix, (size_t)(dot - entry) - prefix);
    if (strings_find(names, name, NULL) == 0)
        free(name);
    else
        strings_take(names, name);
}

static int take_entry(void *owner, const char *name, const char *value, const char *where,
                      struct error *error)
{
    struct reading *reading = owner;
    if (reading->section == NULL) {
        note_name(reading->names, name);
        return 0;
    }
    size_t len = strlen(reading->section);
    if (strncmp(name, reading->section, len) != 0 || strchr(name + len, '.') != NULL)
        return 0;
    if (reading->where == NULL)
        reading->where = mem_strdup(where);
    return recipe_set(reading->recipe, name + len, value, where, reading->knows, error);
}

static int own_names(const char *config, struct strings *names, struct error *error)
{
    struct reading reading = {.names = names};
    int code = config_entries(config, take_entry, &reading, error);
    return code == -ENOENT ? 0 : code;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void recipe_shipped(const char *directory, struct strings *names)
{
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        size_t len = strlen(entry->d_name), tail = strlen(SUFFIX);
        if (len > tail && strcmp(entry->d_name + len - tail, SUFFIX) == 0)
            strings_take(names, mem_dup(entry->d_name, len - tail));
    }
    closedir(entries);
    if (names->len > 0)
        qsort(names->items, names->len, sizeof *names->items, by_name);
}

/* Commands find what comes with aloof by a variable, in which nothing needs to be quoted. */
static int tell_share(struct recipe *recipe, const struct recipe_places *places, struct error *error)
{
    char *entry = mem_printf(SHARE_VARIABLE "=%s/..", places->shipped);
    int bad = recipe_set(recipe, "env", entry, places->shipped, NULL, error);
    free(entry);
    return bad;
}

/* Reads the recipe of that name: the shipped file, or what another tool's configuration makes of it, then the
 * project's own section. -ENOENT: there is none of these. */
static int load(struct recipe *recipe, const struct recipe_places *places, const char *name,
                recipe_knows *knows, struct error *error)
{
    recipe_release(recipe);
    recipe->name = mem_strdup(name);
    char *file = mem_printf("%s/%s" SUFFIX, places->shipped, name);
    char *section = mem_printf("recipe.%s.", name);
    struct reading shipped = {.section = "recipe.", .recipe = recipe, .knows = knows};
    struct reading own = {.section = section, .recipe = recipe, .knows = knows};
    bool plain = strchr(name, '/') == NULL;
    int code = plain ? config_entries(file, take_entry, &shipped, error) : -ENOENT;
    if (code == -ENOENT)
        code = testr_recipe(recipe, name, places->root, places->python, knows, &shipped.where, error);
    if (code == 0 || code == -ENOENT)
        code = config_entries(places->config, take_entry, &own, error);
    if (code == -ENOENT)
        code = 0;
    const char *where = own.where != NULL ? own.where : shipped.where;
    if (code == 0)
        code = where != NULL ? recipe_check(recipe, where, error) : -ENOENT;
    if (code == 0)
        code = tell_share(recipe, places, error);
    free(own.where);
    free(shipped.where);
    free(section);
    free(file);
    return code;
}

/* Whether a file of that path holds the text. */
static bool file_says(const char *path, const char *text)
{
    struct buf content = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = 1;
    while (fd >= 0 && got > 0 && content.len < TEXT_MAX) {
        got = read(fd, buf_reserve(&content, 4096), 4096);
        content.len += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    bool says = content.len > 0 && memmem(content.data, content.len, text, strlen(text)) != NULL;
    buf_release(&content);
    return says;
}

/* The root may hold what a pattern would take for more than a name. */
static char *join_pattern(const char *root, const char *pattern)
{
    struct buf joined = {0};
    for (; *root != '\0'; root++) {
        if (strchr("*?[]\\", *root) != NULL)
            buf_putc(&joined, '\\');
        buf_putc(&joined, *root);
    }
    buf_printf(&joined, "/%s", pattern);
    return buf_take(&joined);
}

static bool fits(const char *root, const char *mark)
{
    size_t len = strcspn(mark, ":");
    const char *text = mark[len] == ':' ? mark + len + 1 : NULL;
    char *name = mem_dup(mark, len);
    char *pattern = join_pattern(root, name);
    glob_t found = {0};
    bool is = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
    bool says = is && text == NULL;
    for (size_t i = 0; is && !says && i < found.gl_pathc; i++)
        says = file_says(found.gl_pathv[i], text);
    globfree(&found);
    free(pattern);
    free(name);
    return says;
}

static const char *first_fitting(const struct strings *marks, const char *root)
{
    for (size_t i = 0; i < marks->len; i++)
        if (fits(root, marks->items[i]))
            return marks->items[i];
    return NULL;
}

const char *recipe_mark(const struct recipe *recipe, const char *root)
{
    return first_fitting(&recipe->detect, root);
}

static bool has_module(const struct recipe_places *places, const char *module)
{
    if (python_has(places->python, module, places->root))
        return true;
    char *other = python_instead(places->configured, places->python, module);
    bool has = other != NULL && python_has(other, module, places->root);
    free(other);
    return has;
}

static bool detected(const struct recipe *recipe, const struct recipe_places *places)
{
    if (recipe_mark(recipe, places->root) == NULL || first_fitting(&recipe->unless, places->root) != NULL)
        return false;
    for (size_t i = 0; i < recipe->imports.len; i++)
        if (!has_module(places, recipe->imports.items[i]))
            return false;
    return true;
}

/* 1: the recipe is the one; 0: it is not, or a negative errno with a line. bare: one without marks fits. */
static int try_name(struct recipe *recipe, const struct recipe_places *places, const char *name, bool bare,
                    recipe_knows *knows, struct error *error)
{
    int code = load(recipe, places, name, knows, error);
    if (code == -ENOENT)
        return 0;
    if (code < 0)
        return code;
    return detected(recipe, places) || (bare && recipe->detect.len == 0);
}

static int try_names(struct recipe *recipe, const struct recipe_places *places, const struct strings *names,
                     bool bare, recipe_knows *knows, struct error *error)
{
    int found = 0;
    for (size_t i = 0; found == 0 && i < 2 * names->len; i++) {
        bool last = i >= names->len; /* the second time round */
        found = try_name(recipe, places, names->items[i % names->len], bare, knows, error);
        found = found > 0 && (recipe->last != 0) != last ? 0 : found;
    }
    return found;
}

static int refuse(const char *name, const struct strings *own, const struct strings *shipped,
                  struct error *error)
{
    struct buf there = {0};
    for (size_t i = 0; i < own->len + shipped->len; i++)
        buf_printf(&there, "%s%s", i > 0 ? ", " : "",
                   i < own->len ? own->items[i] : shipped->items[i - own->len]);
    error_set(error, -EINVAL, "recipe = %s: there is no such recipe (there are: %s)", name, buf_str(&there));
    buf_release(&there);
    return -EINVAL;
}

int recipe_find(struct recipe *recipe, const struct recipe_places *places, const char *name,
                recipe_knows *knows, struct error *error)
{
    struct strings own = {0}, shipped = {0};
    int code = own_names(places->config, &own, error);
    recipe_shipped(places->shipped, &shipped);
    if (code == 0 && name != NULL) {
        code = load(recipe, places, name, knows, error);
        if (code == -ENOENT)
            code = refuse(name, &own, &shipped, error);
        goto out;
    }
    if (code == 0)
        code = try_names(recipe, places, &own, true, knows, error);
    for (size_t i = 0; code == 0 && testr_names[i] != NULL; i++)
        code = try_name(recipe, places, testr_names[i], true, knows, error);
    if (code == 0)
        code = try_name(recipe, places, DJANGO, false, knows, error);
    if (code == 0)
        code = try_name(recipe, places, PYTEST, false, knows, error);
    if (code == 0)
        code = try_names(recipe, places, &shipped, false, knows, error);
    if (code == 0) {
        recipe_release(recipe);
        recipe->name = mem_strdup(PYTEST);
        recipe->worker = WORKER_PYTEST;
    }
    code = code > 0 ? 0 : code;
out:
    strings_release(&own);
    strings_release(&shipped);
    return code;
}

/* bare: one without marks fits, and so does one that is broken: it is meant. */
static void add_fitting(const struct recipe_places *places, const char *name, bool bare, recipe_knows *knows,
                        struct strings *names)
{
    struct recipe recipe = {0};
    struct error error;
    int code = try_name(&recipe, places, name, bare, knows, &error);
    if ((code > 0 || (code < 0 && bare)) && strings_find(names, name, NULL) != 0)
        strings_add(names, name);
    recipe_release(&recipe);
}

void recipe_fitting(const struct recipe_places *places, recipe_knows *knows, struct strings *names)
{
    struct strings own = {0}, shipped = {0};
    struct error error;
    if (own_names(places->config, &own, &error) < 0)
        strings_clear(&own);
    recipe_shipped(places->shipped, &shipped);
    for (size_t i = 0; i < own.len; i++)
        add_fitting(places, own.items[i], true, knows, names);
    for (size_t i = 0; testr_names[i] != NULL; i++)
        add_fitting(places, testr_names[i], true, knows, names);
    add_fitting(places, DJANGO, false, knows, names);
    add_fitting(places, PYTEST, false, knows, names);
    for (size_t i = 0; i < shipped.len; i++)
        add_fitting(places, shipped.items[i], false, knows, names);
    strings_release(&shipped);
    strings_release(&own);
}
