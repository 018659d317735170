#include "command/doctor.h"

#include "store/schema.h"
#include "ui/terminal_curses.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <expat.h>
#include <jansson.h>
#include <pcre2.h>
#include <stdlib.h>
#include <unistd.h>
#include <utf8proc.h>
#include <uv.h>
#include <zlib.h>

static void tell_share(struct doctor *doctor)
{
    struct strings recipes = {0};
    char *worker = mem_printf("%s/workers/boot.py", doctor->where.share);
    recipe_shipped(doctor->where.recipes, &recipes);
    if (access(worker, R_OK) != 0)
        finding_wrong(&doctor->findings, "share", "%s: cannot be read; install aloof again (make install)",
                      worker);
    else if (recipes.len == 0)
        finding_wrong(&doctor->findings, "share",
                      "%s: there are no recipes; install aloof again (make install)", doctor->where.recipes);
    else
        finding_ok(&doctor->findings, "share", "%s, with %zu recipes", doctor->where.share, recipes.len);
    free(worker);
    strings_release(&recipes);
}

void doctor_program(struct doctor *doctor)
{
    char pcre2[64] = "";
    const char *expat = XML_ExpatVersion();
    char *git = repo_library();
    pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    pcre2[strcspn(pcre2, " ")] = '\0';
    finding_ok(&doctor->findings, "aloof", "%s, %s", ALOOF_VERSION, doctor->where.self);
    tell_share(doctor);
    finding_ok(&doctor->findings, "libraries",
               "libuv %s, libgit2 %s, %s, SQLite %s, jansson %s, expat %s, zlib %s, pcre2 %s, utf8proc %s",
               uv_version_string(), git, terminal_library(), schema_library(), JANSSON_VERSION,
               expat + strspn(expat, "expat_"), zlibVersion(), pcre2, utf8proc_version());
    free(git);
}
