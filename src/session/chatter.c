#include "session/chatter.h"

#include <stdlib.h>
#include <string.h>

/* A slot's own route is its number; what its process passed on has more behind it: "0/farm". */
static bool is_box(struct bytes route)
{
    return route.len > 0 && route.data[0] >= '0' && route.data[0] <= '9';
}

static char *origin_of(struct bytes route, struct bytes name, bool elsewhere)
{
    struct buf origin = {0};
    if (!elsewhere && is_box(route))
        buf_puts(&origin, "box ");
    buf_add(&origin, route.data, route.len);
    if (route.len > 0)
        buf_putc(&origin, ' ');
    buf_add(&origin, name.data, name.len);
    return buf_take(&origin);
}

static struct chatter_source *find(struct chatter *chatter, char *take_origin)
{
    struct chatter_source *source;
    vec_each (source, &chatter->sources)
        if (strcmp(source->origin, take_origin) == 0 || chatter->sources.len >= CHATTER_SOURCES) {
            free(take_origin);
            return source;
        }
    vec_push(&chatter->sources, (struct chatter_source){.origin = take_origin});
    return &chatter->sources.items[chatter->sources.len - 1];
}

static void end_line(struct chatter *chatter, struct chatter_source *source)
{
    while (source->line.len > 0 && source->line.data[source->line.len - 1] == '\r')
        source->line.data[--source->line.len] = '\0';
    if (source->line.len > 0 && chatter->told < CHATTER_LINES) {
        chatter->told++;
        chatter->line(chatter->owner, source->origin, buf_str(&source->line));
    } else {
        chatter->untold += source->line.len > 0;
    }
    buf_clear(&source->line);
}

void chatter_begin(struct chatter *chatter)
{
    chatter->told = chatter->untold = 0;
}

void chatter_take(struct chatter *chatter, struct bytes route, struct bytes name, struct bytes octets,
                  bool elsewhere)
{
    struct chatter_source *source = find(chatter, origin_of(route, name, elsewhere));
    for (size_t at = 0; at < octets.len;) {
        const char *end = memchr(octets.data + at, '\n', octets.len - at);
        size_t len = end != NULL ? (size_t)(end - octets.data) - at : octets.len - at;
        size_t room = CHATTER_LINE_MAX - source->line.len;
        buf_add(&source->line, octets.data + at, len < room ? len : room);
        if (end != NULL)
            end_line(chatter, source);
        at += len + 1;
    }
}

void chatter_end(struct chatter *chatter)
{
    struct chatter_source *source;
    vec_each (source, &chatter->sources) {
        end_line(chatter, source);
        free(source->origin);
        buf_release(&source->line);
    }
    chatter->sources.len = 0;
    if (chatter->untold == 0)
        return;
    char *more =
        mem_printf("%zu more lines that belong to no test (--subunit FILE has all)", chatter->untold);
    chatter->untold = 0;
    chatter->line(chatter->owner, "", more);
    free(more);
}

void chatter_release(struct chatter *chatter)
{
    struct chatter_source *source;
    vec_each (source, &chatter->sources) {
        free(source->origin);
        buf_release(&source->line);
    }
    vec_release(&chatter->sources);
    *chatter = (struct chatter){0};
}
