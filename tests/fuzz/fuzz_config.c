/* What stands in the files that configure aloof and other runners, under libFuzzer: the same octets as our
 * own configuration, as INI and as a table of TOML. */
#include "core/options.h"
#include "core/words.h"
#include "project/config.h"
#include "project/ini.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* What is wrong is told in one line with its place. */
static void check_error(int code, const struct error *error)
{
    check(code == 0 || (code == -EINVAL && error->text[0] != '\0'));
    check(strchr(error->text, '\n') == NULL);
}

static void read_ini(const char *path, bool toml)
{
    struct ini ini = {0};
    struct error error = {0};
    const struct ini_entry *entry;
    int code = toml ? ini_read_toml(&ini, path, "tool", &error) : ini_read(&ini, path, &error);
    check_error(code, &error);
    vec_each (entry, &ini.entries) {
        struct strings words = {0};
        char *value = ini_value(&ini, entry);
        words_split(value, &words, &error);
        strings_release(&words);
        free(value);
    }
    ini_release(&ini);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct error error = {0};
    int fd = memfd_create("config", MFD_CLOEXEC);
    check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    char *path = mem_printf("/proc/self/fd/%d", fd);
    settings_init(&settings);
    check_error(config_read_file(&settings, path, &error), &error);
    settings_release(&settings);
    read_ini(path, false);
    read_ini(path, true);
    free(path);
    close(fd);
    return 0;
}
