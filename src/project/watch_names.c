#include "project/watch_names.h"

#include "core/memory.h"

#include <fnmatch.h>
#include <stdlib.h>

static const char *const PATTERNS[] = {
    "*~",                  /* backups of many */
    ".*.sw[a-z]",          /* vim: swap files; .swx is its probe */
    "#*#",                 /* emacs: auto-save */
    ".#*",                 /* emacs: locks (dangling links) */
    ".*.tmp.[0-9]*",       /* atomic saves of many, by process id */
    "*.tmp.[0-9]*.[0-9]*", /* atomic saves of many, by process id and time */
    ".*.tmp",              /* rename-over helpers */
    "*___jb_tmp___",       /* JetBrains: new content */
    "*___jb_old___",       /* JetBrains: old content */
    ".goutputstream-*",    /* GLib: gedit and its kin */
    "*.kate-swp",          /* kate */
    ".~lock.*#",           /* office suites */
    "*.un~",               /* vim: undo */
    ".nfs[0-9a-f]*",       /* an open file deleted on NFS */
    ".fuse_hidden*",       /* the same on FUSE */
};

/* vim tries whether a directory can be written with a file named 4913, and goes up by 123 while that exists.
 */
static bool is_vim_probe(const char *name)
{
    char *end;
    if (name[0] < '1' || name[0] > '9' || strlen(name) > 6)
        return false;
    unsigned long number = strtoul(name, &end, 10);
    return *end == '\0' && number >= 4913 && (number - 4913) % 123 == 0;
}

bool watch_is_dropping(const char *name)
{
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++)
        if (fnmatch(PATTERNS[i], name, 0) == 0)
            return true;
    return is_vim_probe(name);
}
