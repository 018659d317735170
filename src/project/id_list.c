#include "project/id_list.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdlib.h>

#define LINE_END "\r\n"

/* -EINVAL: it is no text. */
static int take_line(char *line, size_t len, struct strings *ids)
{
    if (memchr(line, '\0', len) != NULL)
        return -EINVAL;
    line[strcspn(line, LINE_END)] = '\0';
    if (*line != '\0' && *line != '#')
        strings_add(ids, line);
    return 0;
}

static int read_lines(FILE *file, const char *option, const char *name, struct strings *ids,
                      struct error *error)
{
    char *line = NULL;
    size_t cap = 0, number = 0;
    int bad = 0;
    errno = 0;
    for (ssize_t len; bad == 0 && (len = getline(&line, &cap, file)) >= 0; number++)
        if (take_line(line, (size_t)len, ids) < 0)
            bad = error_set(error, -EINVAL, "%s: %s:%zu: is no text, but should be ids of tests, one a line",
                            option, name, number + 1);
    if (bad == 0 && ferror(file))
        bad = error_set(error, -EIO, "%s: %s: cannot be read: %s", option, name, strerror(errno));
    free(line);
    return bad;
}

int id_list_read(const char *option, const char *path, struct strings *ids, struct error *error)
{
    if (strcmp(path, "-") == 0)
        return read_lines(stdin, option, "standard input", ids, error);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return error_set(error, -errno, "%s: %s: cannot be read: %s", option, path, strerror(errno));
    int bad = read_lines(file, option, path, ids, error);
    fclose(file);
    return bad;
}
