#include "command/project.h"

#include "project/config.h"
#include "project/python.h"

#include <errno.h>
#include <stdlib.h>

/* From the first to win to the last, each over what was set before. */
static int read_settings(struct project *project, int argc, const char *const argv[], struct strings *configs,
                         struct error *error)
{
    const char *const files[] = {project->where.user, project->where.config};
    struct strings again = {0};
    enum arguments_action action;
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < sizeof files / sizeof *files; i++)
        if (files[i] != NULL)
            bad = config_read_file(&project->settings, files[i], error);
    for (size_t i = 0; bad == 0 && i < configs->len; i++)
        bad = config_read_argument(&project->settings, configs->items[i], error);
    if (bad == 0)
        bad = arguments_parse(&project->settings, argc, argv, &action, &again, error);
    const char *of_tox = getenv("TOX_ENV_NAME");
    if (project->settings.environment == NULL && of_tox != NULL && *of_tox != '\0')
        project->settings.environment = mem_strdup(of_tox);
    strings_release(&again);
    return bad;
}

static int find_recipes(struct project *project, struct error *error)
{
    const struct strings *names = &project->settings.recipes.list;
    const char *root = repo_root(project->where.repo);
    char *python = python_find(project->settings.python, getenv("VIRTUAL_ENV"), root);
    const struct recipe_places places = {project->where.recipes, project->where.config, root, python,
                                         project->settings.python};
    project->recipe_count = names->len > 0 ? names->len : 1;
    project->recipes = mem_zero(project->recipe_count * sizeof *project->recipes);
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < project->recipe_count; i++)
        bad = recipe_find(&project->recipes[i], &places, names->len > 0 ? names->items[i] : NULL, where_knows,
                          error);
    free(python);
    return bad;
}

int project_find(struct project *project, int argc, const char *const argv[], struct error *error)
{
    struct settings asked;
    struct strings configs = {0};
    enum arguments_action action;
    settings_init(&project->settings);
    settings_init(&asked);
    int bad = arguments_parse(&asked, argc, argv, &action, &configs, error);
    if (bad == 0)
        bad = where_find(&project->where, error);
    if (bad == 0 && project->where.notice != NULL)
        fprintf(stderr, "aloof: %s\n", project->where.notice);
    if (bad == 0)
        bad = read_settings(project, argc, argv, &configs, error);
    if (bad == 0)
        bad = find_recipes(project, error);
    if (bad == 0)
        project->workers = mem_printf("%s/workers", project->where.share);
    strings_release(&configs);
    settings_release(&asked);
    return bad;
}

const char *project_value(const char *name, int argc, char *argv[], int *at)
{
    size_t len = strlen(name);
    if (strncmp(argv[*at], name, len) != 0)
        return NULL;
    if (argv[*at][len] == '=')
        return argv[*at] + len + 1;
    if (argv[*at][len] != '\0')
        return NULL;
    return *at + 1 < argc ? argv[++*at] : "";
}

int project_take_test(struct project *project, const char *command, const struct strings *rest,
                      const char **test, struct strings *options, struct error *error)
{
    struct strings *paths = &project->settings.paths;
    if (paths->len != 1)
        return error_set(error, -EINVAL, "%s: give one TEST, by its id or a part of it", command);
    for (size_t i = 1; i < rest->len; i++)
        if (strcmp(rest->items[i], paths->items[0]) == 0)
            *test = rest->items[i];
        else
            strings_add(options, rest->items[i]);
    strings_clear(paths);
    return 0;
}

void project_release(struct project *project)
{
    for (size_t i = 0; i < project->recipe_count; i++)
        recipe_release(&project->recipes[i]);
    free(project->recipes);
    free(project->workers);
    settings_release(&project->settings);
    where_release(&project->where);
    *project = (struct project){0};
}
