/* What `go tool pprof -top` prints: a table of functions, then, with -lines, one of their lines:
 *
 *       flat  flat%   sum%        cum   cum%
 *      180ms 42.86% 42.86%      180ms 42.86%  example.com/m.hot (inline)
 *      160ms 38.10% 38.10%      160ms 38.10%  example.com/m.hot /p/m.go:8 (inline)
 *
 * A function is found at the line that took most of its own time, which comes first. */
#include "trace/profile.h"

#include "core/map.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define TIME_MAX_NS 1e18

/* "180ms" in ns; -1: it is no time. */
static int64_t read_time(const char *text, char **end)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"ns", 1},  {"us", 1e3},    {"µs", 1e3},    {"ms", 1e6},
                 {"s", 1e9}, {"mins", 6e10}, {"hrs", 3.6e12}};
    double value = strtod(text, end);
    if (*end == text || !isfinite(value))
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(units[i].unit);
        if (strncmp(*end, units[i].unit, len) == 0 && ((*end)[len] == ' ' || (*end)[len] == '\0')) {
            *end += len;
            value *= units[i].ns;
            return value >= 0 && value < TIME_MAX_NS ? (int64_t)value : -1;
        }
    }
    return value == 0 ? 0 : -1;
}

/* Passes over "42.86%". */
static bool skip_percent(char **at)
{
    char *end;
    strtod(*at, &end);
    if (end == *at || *end != '%')
        return false;
    *at = end + 1;
    return true;
}

/* One line of a table; `name` is then what stands behind the numbers. */
static bool read_line(char *line, int64_t *own_ns, int64_t *total_ns, char **name)
{
    char *at;
    *own_ns = read_time(line, &at);
    if (*own_ns < 0 || !skip_percent(&at) || !skip_percent(&at))
        return false;
    *total_ns = read_time(at, &at);
    if (*total_ns < 0 || !skip_percent(&at))
        return false;
    at += strspn(at, " ");
    char *mark = strstr(at, " (inline)");
    if (mark == NULL)
        mark = strstr(at, " (partial-inline)");
    if (mark != NULL)
        *mark = '\0';
    *name = at;
    return *at != '\0';
}

/* Cuts "/p/m.go:8" off the name. NULL: it has no place. */
static char *cut_place(char *name, unsigned *line)
{
    char *place = strstr(name, " /"), *colon = strrchr(name, ':');
    if (place == NULL || colon == NULL || colon < place)
        return NULL;
    *line = (unsigned)strtoul(colon + 1, NULL, 10);
    *place = *colon = '\0';
    return place + 1;
}

static void take_line(struct profile *profile, struct map *places, char *line)
{
    int64_t own_ns, total_ns;
    unsigned number;
    char *name;
    if (!read_line(line, &own_ns, &total_ns, &name))
        return;
    char *file = cut_place(name, &number);
    size_t at = map_get(places, bytes_of(name));
    if (at == MAP_NONE) {
        struct profile_row row = {
            .function = mem_strdup(name), .calls = -1, .own_ns = own_ns, .total_ns = total_ns};
        at = profile->rows.len;
        vec_push(&profile->rows, row);
        map_put(places, bytes_of(row.function), at);
    }
    struct profile_row *row = &profile->rows.items[at];
    if (file == NULL || row->file != NULL)
        return;
    row->file = mem_strdup(file);
    row->line = number;
}

int profile_read_pprof(struct profile *profile, struct bytes text, struct error *error)
{
    struct map places = {0};
    char *copy = mem_dup(text.data, text.len);
    bool table = false;
    for (char *line = copy; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        table |= strstr(line, "flat%") != NULL;
        take_line(profile, &places, line);
        line = end;
    }
    free(copy);
    map_release(&places);
    return table ? 0 : error_set(error, -EINVAL, "the profile is no table of pprof's");
}
