#include "session/known.h"

#define BETWEEN "/\\.:#>"    /* words of an id */
#define OPENS_PARAMETERS '[' /* what follows is not looked into */

/* Whether a file's extension begins here that ids of other formats leave out. */
static size_t extension(struct bytes rest)
{
    if (!bytes_starts(rest, ".py"))
        return 0;
    size_t len = strlen(".py");
    return rest.len == len || rest.data[len] == ':' ? len : 0;
}

static bool is_between(char c)
{
    return c != '\0' && strchr(BETWEEN, c) != NULL;
}

static void put_word(struct buf *name, struct bytes word)
{
    while (word.len > 0 && word.data[0] == ' ')
        word = (struct bytes){word.data + 1, word.len - 1};
    while (word.len > 0 && word.data[word.len - 1] == ' ')
        word.len--;
    if (word.len == 0)
        return;
    if (name->len > 0)
        buf_putc(name, '/');
    for (size_t i = 0; i < word.len; i++) /* of parameters: a path's own signs would divide them */
        buf_putc(name, word.data[i] == '/' || word.data[i] == '\\' ? '|' : word.data[i]);
}

/* The id's words: "tests/test_api/TestX/test_y[1/2]". */
static void put_name(struct buf *name, struct bytes id)
{
    size_t begin = 0, at = 0;
    while (at < id.len && id.data[at] != OPENS_PARAMETERS) {
        struct bytes rest = {id.data + at, id.len - at};
        size_t skip = extension(rest);
        if (skip == 0 && is_between(id.data[at]))
            skip = 1;
        if (skip > 0) {
            put_word(name, (struct bytes){id.data + begin, at - begin});
            begin = at + skip;
        }
        at += skip > 0 ? skip : 1;
    }
    put_word(name, (struct bytes){id.data + begin, id.len - begin});
}

void known_add(struct known *known, struct bytes id, size_t test)
{
    struct buf name = {0};
    put_name(&name, id);
    size_t before = known->names.paths.len;
    size_t there = map_get(&known->by_name, buf_bytes(&name));
    suffixes_add(&known->names, buf_str(&name));
    if (known->names.paths.len > before) {
        vec_push(&known->tests, test);
        map_put(&known->by_name, bytes_of(known->names.paths.items[before]), before);
    } else if (known->tests.items[there] != test) {
        known->tests.items[there] = MAP_NONE;
    }
    buf_release(&name);
}

/* Whether the shorter of both is the end of the other, and says enough: a test that is one word is not meant
 * by every id which ends in it. */
static bool is_meant(struct bytes told, struct bytes name)
{
    if (bytes_equal(told, name))
        return true;
    struct bytes shorter = told.len < name.len ? told : name, longer = told.len < name.len ? name : told;
    size_t before = longer.len - shorter.len;
    if (before == 0 || longer.data[before - 1] != '/' ||
        memcmp(longer.data + before, shorter.data, shorter.len) != 0)
        return false;
    return told.len < name.len || memchr(name.data, '/', name.len) != NULL;
}

size_t known_find(const struct known *known, struct bytes id)
{
    if (known->tests.len == 0)
        return MAP_NONE;
    struct buf told = {0};
    put_name(&told, id);
    size_t at = map_get(&known->by_name, buf_bytes(&told));
    const char *name = at == MAP_NONE ? suffixes_find(&known->names, buf_str(&told)) : NULL;
    if (name != NULL && is_meant(buf_bytes(&told), bytes_of(name)))
        at = map_get(&known->by_name, bytes_of(name));
    buf_release(&told);
    return at != MAP_NONE ? known->tests.items[at] : MAP_NONE;
}

size_t known_owner(const struct known *known, struct bytes id, size_t *len)
{
    for (size_t cut = known->tests.len > 0 ? id.len : 0; cut-- > 1;) {
        bool between = is_between(id.data[cut]) || id.data[cut] == OPENS_PARAMETERS || id.data[cut] == ' ';
        if (!between || is_between(id.data[cut - 1]) || id.data[cut - 1] == ' ')
            continue;
        size_t test = known_find(known, (struct bytes){id.data, cut});
        *len = cut;
        if (test != MAP_NONE)
            return test;
    }
    return MAP_NONE;
}

void known_release(struct known *known)
{
    suffixes_release(&known->names);
    vec_release(&known->tests);
    map_release(&known->by_name);
}
