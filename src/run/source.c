#include "run/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (1024 * 1024)
#define BOOT_MAX (100 * 1024) /* Linux takes 128 KiB in one argument */
#define SUFFIX ".py"

void source_release(struct source *source)
{
    free(source->boot);
    buf_release(&source->modules);
    *source = (struct source){0};
}

static int read_all(int fd, size_t size, struct buf *to)
{
    while (size > 0) {
        ssize_t got = read(fd, buf_reserve(to, size), size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EIO;
        to->len += (size_t)got;
        size -= (size_t)got;
    }
    return 0;
}

static int read_file(const char *path, size_t max, struct buf *to)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct stat info;
    int code = fstat(fd, &info) < 0 ? -errno : 0;
    if (code == 0 && (!S_ISREG(info.st_mode) || (size_t)info.st_size > max))
        code = -EFBIG;
    if (code == 0)
        code = read_all(fd, (size_t)info.st_size, to);
    close(fd);
    return code;
}

static int read_boot(const char *directory, char **boot)
{
    char *path = mem_printf("%s/boot" SUFFIX, directory);
    struct buf text = {0};
    int code = read_file(path, BOOT_MAX, &text);
    free(path);
    *boot = buf_take(&text);
    return code;
}

static int read_module(const char *directory, const char *file, json_t *modules)
{
    char *path = mem_printf("%s/%s", directory, file);
    struct buf text = {0};
    int code = read_file(path, FILE_MAX, &text);
    free(path);
    if (code == 0) {
        char *name = mem_dup(file, strlen(file) - strlen(SUFFIX));
        if (json_object_set_new(modules, name, json_stringn(buf_str(&text), text.len)) < 0)
            code = -EILSEQ;
        free(name);
    }
    buf_release(&text);
    return code;
}

static bool is_module(const char *file)
{
    size_t len = strlen(file), tail = strlen(SUFFIX);
    return len > tail && strcmp(file + len - tail, SUFFIX) == 0;
}

static int read_modules(const char *directory, json_t *modules)
{
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return -errno;
    int code = 0;
    const struct dirent *entry;
    while (code == 0 && (entry = readdir(entries)) != NULL)
        if (is_module(entry->d_name))
            code = read_module(directory, entry->d_name, modules);
    closedir(entries);
    return code;
}

/* In a fixed order: the worker knows by this text whether it has compiled it before. */
static void write_modules(const json_t *modules, struct buf *to)
{
    char *text = json_dumps(modules, JSON_COMPACT | JSON_SORT_KEYS);
    buf_printf(to, "%zu\n", strlen(text));
    buf_puts(to, text);
    free(text);
}

int source_read(struct source *source, const char *directory)
{
    *source = (struct source){0};
    char *package = mem_printf("%s/aloof_worker", directory);
    json_t *modules = json_object();
    int code = read_boot(directory, &source->boot);
    if (code == 0)
        code = read_modules(package, modules);
    if (code == 0)
        write_modules(modules, &source->modules);
    else
        source_release(source);
    json_decref(modules);
    free(package);
    return code;
}
