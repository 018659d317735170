#include "command/project.h"

#include "project/config.h"
#include "project/python.h"

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
