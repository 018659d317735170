#include "plan/setups.h"

#include <string.h>

#define MOST_US INT64_C(100000000000) /* a day */
#define NEARLY 8                      /* a change of less than this part is not worth being kept */
#define LITTLE_NS INT64_C(1000000)    /* nor is any of so little */

static const char letters[SETUP_KINDS] = {[SETUP_BOX] = 's', [SETUP_FILE] = 'm', [SETUP_CLASS] = 'c'};

/* A number of microseconds at the beginning of text; how long it is, 0 none. */
static size_t read_us(struct bytes text, int64_t *us)
{
    size_t len = 0;
    for (*us = 0; len < text.len && text.data[len] >= '0' && text.data[len] <= '9' && *us < MOST_US; len++)
        *us = *us * 10 + (text.data[len] - '0');
    return len;
}

struct setup_told setup_read(const struct event *event)
{
    struct setup_told told = {{-1, -1, -1}};
    struct bytes rest = event_tag_value(event, TAG_SETUP);
    while (rest.len > 1) {
        const char *kind = memchr(letters, rest.data[0], sizeof letters);
        rest = (struct bytes){rest.data + 1, rest.len - 1};
        int64_t us;
        size_t len = read_us(rest, &us);
        if (kind == NULL || len == 0)
            break;
        told.ns[kind - letters] = us * 1000;
        size_t step = len < rest.len ? len + 1 : len; /* a comma */
        rest = (struct bytes){rest.data + step, rest.len - step};
    }
    return told;
}

int64_t setup_sum(const struct setup_told *told)
{
    int64_t sum_ns = 0;
    for (int kind = 0; kind < SETUP_KINDS; kind++)
        sum_ns += told->ns[kind] > 0 ? told->ns[kind] : 0;
    return sum_ns;
}

struct bytes setup_class(const char *id)
{
    struct bytes place = setups_class_place(id);
    const char *first = strstr(id, "::");
    return place.len > 0 ? (struct bytes){first + 2, (size_t)(place.data + place.len - first - 2)} : place;
}

struct bytes setups_class_place(const char *id)
{
    const char *first = strstr(id, "::");
    if (first == NULL)
        return bytes_of("");
    const char *end = first + strcspn(first, "[");
    const char *last = first;
    for (const char *p = first; p != NULL && p < end; p = strstr(p + 2, "::"))
        last = p;
    return last > first ? (struct bytes){id, (size_t)(last - id)} : bytes_of("");
}

int64_t setups_find(const struct setups *setups, enum setup_kind kind, struct bytes place)
{
    size_t at = setups != NULL && place.len > 0 ? map_get(&setups->by_place, place) : MAP_NONE;
    int64_t ns = at != MAP_NONE ? setups->items.items[at].ns[kind] : 0;
    return ns > 0 ? ns : 0;
}

static struct setup *setup_at(struct setups *setups, struct bytes place)
{
    size_t at = map_get(&setups->by_place, place);
    if (at == MAP_NONE) {
        at = setups->items.len;
        struct setup made = {.place = bytes_dup(place), .ns = {-1, -1, -1}};
        vec_push(&setups->items, made);
        map_put(&setups->by_place, (struct bytes){made.place, place.len}, at);
    }
    return &setups->items.items[at];
}

int64_t setups_learn(struct setups *setups, enum setup_kind kind, struct bytes place, int64_t ns)
{
    if (ns < 0 || place.len == 0)
        return -1;
    int64_t *known = &setup_at(setups, place)->ns[kind], before = *known;
    *known = before >= 0 ? (3 * before + ns) / 4 : ns;
    int64_t change = *known > before ? *known - before : before - *known;
    bool same = before >= 0 && (change * NEARLY < before || change < LITTLE_NS);
    bool nothing = before < 0 && *known < LITTLE_NS;
    return same || nothing ? -1 : *known;
}

void setups_recall(struct setups *setups, enum setup_kind kind, const char *place, int64_t ns)
{
    if (*place != '\0')
        setup_at(setups, bytes_of(place))->ns[kind] = ns;
}

void setups_release(struct setups *setups)
{
    struct setup *setup;
    vec_each (setup, &setups->items)
        free(setup->place);
    vec_release(&setups->items);
    map_release(&setups->by_place);
}
