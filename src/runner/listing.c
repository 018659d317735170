#include "runner/listing.h"

#include <stdlib.h>
#include <unistd.h>

#define REMARKS_MAX 16384 /* octets */
#define PIECE 65536
#define NOISE_MAX (64 * 1024 * 1024)
#define ID_MAX 3000 /* octets, so that every packet about a test is one write */

/* Whether a place that the person named holds the test: the same name, or what is below a directory. */
static bool holds(const char *place, const char *name)
{
    size_t len = strlen(place);
    while (len > 0 && place[len - 1] == '/')
        len--;
    if (len == 0 || (len == 1 && place[0] == '.'))
        return true;
    return strncmp(place, name, len) == 0 && (name[len] == '\0' || strchr("/:[", name[len]) != NULL);
}

static bool in_scope(const struct listing *listing, const struct recipe_test *test)
{
    for (size_t i = 0; i < listing->scope->len; i++)
        if (holds(listing->scope->items[i], test->id) || holds(listing->scope->items[i], test->file))
            return true;
    return listing->scope->len == 0;
}

static void forget(const struct recipe_test *test)
{
    free((char *)(uintptr_t)test->id);
    free((char *)(uintptr_t)test->file);
}

/* "pkg.mod.Class." is called without its last dot. */
static struct bytes group_of(const struct listing *listing, struct bytes id)
{
    struct bytes group = regex_prefix(listing->group, id);
    while (group.len > 0 && strchr("./:#", group.data[group.len - 1]) != NULL)
        group.len--;
    return group;
}

/* Also of what is outside of the scope: it would run with its file. */
static void count_in_file(struct listing *listing, const char *file)
{
    size_t at = map_get(&listing->by_file, bytes_of(file));
    if (at == MAP_NONE) {
        at = listing->files.len;
        strings_add(&listing->files, file);
        vec_push(&listing->in_file, 0);
        map_put(&listing->by_file, bytes_of(listing->files.items[at]), at);
    }
    listing->in_file.items[at]++;
}

static void add(struct listing *listing, struct bytes id, struct bytes file)
{
    if (listing->group != NULL)
        file = group_of(listing, id);
    if (id.len > ID_MAX || file.len > ID_MAX) {
        buf_printf(&listing->damage, "a test's name of more than %d octets: %.60s…\n", ID_MAX, id.data);
        return;
    }
    const struct recipe_test test = {bytes_dup(id), file.len > 0 ? bytes_dup(file) : mem_strdup(""), 0, NULL};
    count_in_file(listing, test.file);
    if (!in_scope(listing, &test)) {
        forget(&test);
        return;
    }
    vec_push(&listing->tests, test);
    struct buf group = {0};
    buf_printf(&group, TAG_GROUP "%s", test.file);
    const struct bytes tags[] = {buf_bytes(&group)};
    const struct event event = {.status = EVENT_EXISTS,
                                .test_id = bytes_of(test.id),
                                .runnable = true,
                                .tags = tags,
                                .tag_count = test.file[0] != '\0',
                                .has_tags = test.file[0] != '\0'};
    wire_event(listing->wire, &event);
    buf_release(&group);
}

static struct bytes rest_of(struct bytes text, size_t from)
{
    return (struct bytes){text.data + from, text.len - from};
}

/* "./t/a.t" and "t/a.t" are one file, and the second is how it is called when it changes. Where single tests
 * are listed, a file and a tab may stand before the test. */
static void take_line(void *owner, const struct line *line)
{
    struct listing *listing = owner;
    struct bytes id = line->text, file = {"", 0};
    bool files = listing->recipe->unit == UNIT_FILE;
    const char *tab = files ? NULL : memchr(id.data, '\t', id.len);
    while (files && bytes_starts(id, "./"))
        id = rest_of(id, 2);
    if (tab != NULL) {
        file = (struct bytes){id.data, (size_t)(tab - id.data)};
        id = rest_of(id, file.len + 1);
    }
    if (id.len > 0)
        add(listing, id, files ? id : file);
}

static void take_event(void *owner, const struct event *event)
{
    struct listing *listing = owner;
    bool part = recipe_is_part(listing->recipe, event);
    listing->packets = true;
    if (event->status == EVENT_EXISTS && event->test_id.data != NULL && !part)
        add(listing, event->test_id,
            listing->recipe->unit == UNIT_FILE ? event->test_id : event_tag_value(event, TAG_GROUP));
    else if (event->status == EVENT_FAIL)
        buf_printf(&listing->damage, "%.*s: failed\n", (int)event->test_id.len, event->test_id.data);
    else if (event->test_id.data == NULL && listing->remarks.len < REMARKS_MAX)
        buf_add(&listing->remarks, event->file.data, event->file.len);
}

static void take_noise(void *owner, struct bytes octets)
{
    struct listing *listing = owner;
    if (listing->noise.len + octets.len <= NOISE_MAX)
        buf_add(&listing->noise, octets.data, octets.len);
}

static void take_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct listing *listing = owner;
    buf_printf(&listing->damage, "%s (%llu octets at %llu)\n", reason, (unsigned long long)length,
               (unsigned long long)offset);
}

static const struct event_sink sink = {take_event, take_noise, take_damage};

void listing_init(struct listing *listing, const struct recipe *recipe, const struct strings *scope,
                  struct wire *wire)
{
    *listing = (struct listing){.recipe = recipe, .scope = scope, .wire = wire};
    if (recipe->group != NULL && recipe->unit == UNIT_TEST)
        regex_new(&listing->group, recipe->group, NULL); /* recipe_set has seen that it is one */
    if (recipe->list_format == NULL)
        return;
    listing->format = stream_format(recipe->list_format);
    listing->reader = mem_zero(listing->format->size);
    listing->format->init(listing->reader, &sink, listing);
}

void listing_feed(struct listing *listing, struct bytes octets)
{
    if (listing->format != NULL)
        listing->format->feed(listing->reader, octets.data, octets.len);
    else
        lines_feed(&listing->lines, octets, take_line, listing);
}

static void tell_neighbours(struct listing *listing)
{
    struct recipe_test *test;
    vec_each (test, &listing->tests)
        test->in_file = listing->in_file.items[map_get(&listing->by_file, bytes_of(test->file))];
}

/* Before there were packets, testr's list was lines. */
static bool is_old_list(const struct listing *listing)
{
    return strcmp(listing->format->name, "testr") == 0 && !listing->packets;
}

void listing_end(struct listing *listing, bool ok)
{
    if (listing->format != NULL)
        listing->format->end(listing->reader);
    if (listing->format != NULL && ok && is_old_list(listing))
        lines_feed(&listing->lines, buf_bytes(&listing->noise), take_line, listing);
    lines_end(&listing->lines, take_line, listing);
    tell_neighbours(listing);
}

/* Of each test the id, the file and how many it has, each with its NUL. */
void listing_write(const struct listing *listing, int fd)
{
    struct buf text = {0};
    const struct recipe_test *test;
    vec_each (test, &listing->tests) {
        buf_add(&text, test->id, strlen(test->id) + 1);
        buf_add(&text, test->file, strlen(test->file) + 1);
        buf_printf(&text, "%zu", test->in_file);
        buf_putc(&text, '\0');
    }
    wire_write(fd, text.data, text.len);
    buf_release(&text);
}

void listing_read(struct listing *listing, int fd)
{
    struct buf text = {0};
    ssize_t got = 1;
    for (off_t at = 0; got > 0; at += got) {
        got = pread(fd, buf_reserve(&text, PIECE), PIECE, at);
        text.len += got > 0 ? (size_t)got : 0;
    }
    const char *end = text.data + text.len;
    for (const char *at = text.data; at < end;) {
        const char *file = at + strlen(at) + 1, *in_file = file + strlen(file) + 1;
        const struct recipe_test test = {
            .id = mem_strdup(at), .file = mem_strdup(file), .in_file = strtoul(in_file, NULL, 10)};
        vec_push(&listing->tests, test);
        at = in_file + strlen(in_file) + 1;
    }
    buf_release(&text);
}

void listing_release(struct listing *listing)
{
    if (listing->format != NULL)
        listing->format->release(listing->reader);
    free(listing->reader);
    lines_release(&listing->lines);
    struct recipe_test *test;
    vec_each (test, &listing->tests)
        forget(test);
    vec_release(&listing->tests);
    regex_free(listing->group);
    buf_release(&listing->remarks);
    buf_release(&listing->noise);
    map_release(&listing->by_file);
    strings_release(&listing->files);
    vec_release(&listing->in_file);
    buf_release(&listing->damage);
    *listing = (struct listing){0};
}
