/* Options that contradict each other, or that have nothing to act on. */
#include "core/options.h"

#include <errno.h>

/* What was typed; "": not that. */
static const char *typed_box(const struct settings *typed)
{
    return typed->boxed ? "--boxed" : typed->box == 1 ? "--box=test" : typed->box == 2 ? "--box=group" : "";
}

int options_check(const struct settings *typed, bool loads, struct error *error)
{
    const struct {
        bool typed;
        const char *name, *instead;
    } of_once[] = {
        {typed->failing, "--failing", "in the loop r runs the red tests"},
        {typed->load_list != NULL, "--load-list", "the loop has --include, --exclude and --exclude-list"},
        {typed->shard != NULL, "--shard", "the loop has all tests"},
        {typed->repeat > 1, "--repeat", "the loop runs again with every change"},
        {typed->until_failure, "--until-failure", "the loop runs again with every change"},
    };
    for (size_t i = 0; i < sizeof of_once / sizeof *of_once; i++) {
        if (of_once[i].typed && loads)
            return error_set(error, -EINVAL, "%s: nothing is run when results are loaded", of_once[i].name);
        if (of_once[i].typed && !typed->once)
            return error_set(error, -EINVAL, "%s: only with --once (%s)", of_once[i].name,
                             of_once[i].instead);
    }
    if (typed->serial && typed->boxes > 1)
        return error_set(error, -EINVAL, "--serial is one box, and -n %u wants %u: give one of them",
                         typed->boxes, typed->boxes);
    if (typed->serial && *typed_box(typed) != '\0')
        return error_set(error, -EINVAL,
                         "--serial is one box for all tests, and %s wants several: give one of them",
                         typed_box(typed));
    bool both = typed->load_list != NULL && typed->exclude_list != NULL;
    if (both && strcmp(typed->load_list, "-") == 0 && strcmp(typed->exclude_list, "-") == 0)
        return error_set(error, -EINVAL,
                         "--load-list - --exclude-list -: standard input can be one list only");
    return 0;
}
