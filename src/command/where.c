#include "command/where.h"

#include "project/config.h"
#include "project/python.h"
#include "project/share.h"
#include "stream/stream.h"

#include <errno.h>
#include <stdlib.h>

int where_find(struct where *where, struct error *error)
{
    where->self = share_self("aloof");
    where->share = share_find(where->self);
    where->recipes = mem_printf("%s/recipes", where->share);
    where->user = config_user_path(getenv("XDG_CONFIG_HOME"), getenv("HOME"));
    where->cwd = realpath(".", NULL);
    if (where->cwd == NULL)
        return error_set(error, -errno, "the current directory cannot be read: %s", strerror(errno));
    int bad = repo_open(&where->repo, where->cwd, &where->notice, error);
    if (bad != 0)
        return bad;
    where->config = mem_printf("%s/.aloof.conf", repo_root(where->repo));
    where->python = python_find(NULL, getenv("VIRTUAL_ENV"), repo_root(where->repo));
    return 0;
}

struct recipe_places where_recipes(const struct where *where)
{
    return (struct recipe_places){where->recipes, where->config, repo_root(where->repo), where->python, NULL};
}

bool where_knows(const char *format)
{
    return stream_format(format) != NULL;
}

int where_keep(const struct where *where, struct keep *keep, struct error *error)
{
    const char *const files[] = {where->user, where->config};
    struct settings settings;
    int bad = 0;
    settings_init(&settings);
    for (int i = 0; i < 2 && bad == 0; i++)
        if (files[i] != NULL)
            bad = config_read_file(&settings, files[i], error);
    *keep = settings.history_keep;
    settings_release(&settings);
    return bad;
}

void where_release(struct where *where)
{
    repo_free(where->repo);
    free(where->self);
    free(where->share);
    free(where->recipes);
    free(where->cwd);
    free(where->notice);
    free(where->config);
    free(where->user);
    free(where->python);
    *where = (struct where){0};
}
