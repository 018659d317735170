/* What profilers print, under libFuzzer: the first octet says in which format. */
#include "trace/profile.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_own(void *owner, const char *path)
{
    (void)owner;
    return path[0] != '.';
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"cprofile", "pprof-top", "cpuprofile"};
    struct profile profile = {0};
    struct error error = {0};
    if (size == 0)
        return 0;
    const struct bytes text = {(const char *)data + 1, size - 1};
    int code = profile_read(&profile, formats[data[0] % 3], text, &error);
    check((code == 0) == (error.text[0] == '\0'));
    profile_settle(&profile, "/p", is_own, NULL);
    for (size_t i = 0; i < profile.rows.len; i++) {
        check(profile.rows.items[i].function != NULL);
        check(!profile.rows.items[i].project || profile.rows.items[i].file != NULL);
        check(i == 0 || profile.rows.items[i - 1].project || !profile.rows.items[i].project);
    }
    profile_release(&profile);
    return 0;
}
