#include "project/config.h"

#include "core/bytes.h"
#include "core/nearest.h"
#include "project/config_entries.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

/* The known key that looks most like this one; NULL when none is near. The caller frees. In a file the keys
 * without a section of their own stand under [run]. A key that was only put into the wrong section is near
 * too. */
static char *nearest_key(const char *key)
{
    size_t count, best = SIZE_MAX;
    const struct option *table = options_table(&count);
    const char *dot = strrchr(key, '.'), *word = dot != NULL ? dot + 1 : key;
    char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        if (table[i].key == NULL)
            continue;
        const char *own = strrchr(table[i].key, '.');
        char *name = mem_printf("%s%s", own == NULL && dot != NULL ? "run." : "", table[i].key);
        size_t far = nearest_distance(key, name);
        if (far > 1 && strcasecmp(own != NULL ? own + 1 : table[i].key, word) == 0)
            far = 1;
        if (far < best) {
            best = far;
            free(nearest);
            nearest = name;
        } else {
            free(name);
        }
    }
    if (best <= nearest_limit(key))
        return nearest;
    free(nearest);
    return NULL;
}

/* What a binding means, the screen knows. */
static void add_binding(struct settings *settings, const char *key, const char *value, const char *where,
                        bool typed)
{
    char *name = mem_strdup(key);
    for (char *p = name; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    vec_push(&settings->bindings,
             (struct binding){
                 .name = name, .value = mem_strdup(value), .where = mem_strdup(where), .typed = typed});
}

/* where: "path:line"; NULL: the command line. */
static int set_key(struct settings *settings, const char *key, const char *value, const char *where,
                   struct error *error)
{
    bool typed = where == NULL;
    where = typed ? "command line" : where;
    const struct option *option = options_by_key(key);
    if (option != NULL && option->type == OPTION_BINDING) {
        add_binding(settings, key, value, where, typed);
        return 0;
    }
    if (option != NULL)
        return options_set(settings, option, value, where, error);
    char *nearest = nearest_key(key);
    if (nearest != NULL)
        error_set(error, -EINVAL, "%s: unknown key %s; did you mean %s?", where, key, nearest);
    else
        error_set(error, -EINVAL, "%s: unknown key %s; see aloof --help for those there are", where, key);
    free(nearest);
    return -EINVAL;
}

static int take_entry(void *owner, const char *name, const char *value, const char *where,
                      struct error *error)
{
    if (strncmp(name, "recipe.", 7) == 0) /* of the project's own recipes, see project/recipe.h */
        return 0;
    return set_key(owner, name, value, where, error);
}

char *config_user_path(const char *base, const char *home)
{
    if (base != NULL && base[0] == '/')
        return mem_printf("%s/aloof/config", base);
    return home != NULL && *home != '\0' ? mem_printf("%s/.config/aloof/config", home) : NULL;
}

int config_read_file(struct settings *settings, const char *path, struct error *error)
{
    int code = config_entries(path, take_entry, settings, error);
    return code == -ENOENT ? 0 : code;
}

int config_read_argument(struct settings *settings, const char *argument, struct error *error)
{
    const char *equals = strchr(argument, '=');
    char *key = equals != NULL ? mem_dup(argument, (size_t)(equals - argument)) : mem_strdup(argument);
    int code = set_key(settings, key, equals != NULL ? equals + 1 : "true", NULL, error);
    free(key);
    return code;
}
