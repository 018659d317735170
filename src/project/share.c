#include "project/share.h"

#include "core/memory.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#ifndef ALOOF_DATADIR
#define ALOOF_DATADIR "/usr/local/share/aloof"
#endif

char *share_self(const char *argv0)
{
    char path[PATH_MAX];
    size_t size = sizeof path;
    return mem_strdup(uv_exepath(path, &size) == 0 ? path : argv0);
}

char *share_find(const char *self)
{
    static const char *const places[] = {"/../../share", "/../share/aloof"};
    const char *slash = strrchr(self, '/');
    size_t len = slash != NULL ? (size_t)(slash - self) : strlen(self);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *dir = mem_printf("%.*s%s", (int)len, self, places[i]);
        char *boot = mem_printf("%s/workers/boot.py", dir);
        char *real = access(boot, R_OK) == 0 ? realpath(dir, NULL) : NULL;
        free(boot);
        free(dir);
        if (real != NULL)
            return real;
    }
    return mem_strdup(ALOOF_DATADIR);
}
