#include "project/recipe_beside.h"

#include "core/bytes.h"
#include "project/testr.h"

#include <stdlib.h>

/* What is to be known of a recipe to tell whether it may stand beside others. */
struct nature {
    bool python; /* it runs Python's tests */
    bool last;
};

static struct nature nature_of(const struct recipe_places *places, const char *name)
{
    struct recipe recipe = {0};
    struct error error;
    struct nature nature = {.last = true};
    if (recipe_find(&recipe, places, name, NULL, &error) == 0)
        nature = (struct nature){.python = recipe.worker != WORKER_OWN, .last = recipe.last != 0};
    for (size_t i = 0; testr_names[i] != NULL; i++)
        nature.python |= strcmp(name, testr_names[i]) == 0;
    recipe_release(&recipe);
    return nature;
}

char *recipe_beside(const struct recipe_places *places, const char *chosen)
{
    struct strings fitting = {0};
    struct buf value = {0};
    bool python = nature_of(places, chosen).python, more = false;
    recipe_fitting(places, NULL, &fitting);
    buf_puts(&value, chosen);
    for (size_t i = 0; i < fitting.len; i++) {
        const char *name = fitting.items[i];
        const struct nature nature = nature_of(places, name);
        if (strcmp(name, chosen) == 0 || nature.last || (nature.python && python))
            continue;
        buf_printf(&value, ", %s", name);
        python |= nature.python;
        more = true;
    }
    strings_release(&fitting);
    char *text = buf_take(&value);
    if (more)
        return text;
    free(text);
    return NULL;
}
