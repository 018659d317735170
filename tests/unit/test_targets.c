/* What aloof writes reads again as the same tests: each stream of the corpus, through each protocol that is
 * both read and written. */
#include "stream/gather.h"
#include "stream/stream.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#define CORPUS "tests/corpus/stream"

/* The tests of a stream, as lines "id status", and what became of the stream. */
struct record {
    struct gather gather;
    struct strings tests;
    size_t damages;
    const struct stream_target *target; /* NULL: only the record */
    void *writer;
};

/* The protocols differ in what they make of octets that are no text: all of those are one '?' here. */
static void put_plain(struct buf *to, struct bytes id)
{
    for (size_t i = 0; i < id.len; i++) {
        bool plain = id.data[i] > ' ' && id.data[i] < 0x7F && id.data[i] != '?';
        if (plain || to->len == 0 || to->data[to->len - 1] != '?')
            buf_putc(to, plain ? id.data[i] : '?');
    }
    while (to->len > 0 && to->data[to->len - 1] == '?')
        to->len--;
}

static void on_test(void *owner, const struct gathered *test)
{
    struct record *record = owner;
    struct buf line = {0};
    put_plain(&line, buf_bytes(&test->id));
    buf_printf(&line, "\t%s", event_status_name(test->status));
    strings_take(&record->tests, buf_take(&line));
}

static void on_event(void *owner, const struct event *event)
{
    struct record *record = owner;
    gather_event(&record->gather, event);
    if (record->target != NULL)
        record->target->sink.event(record->writer, event);
}

static void on_noise(void *owner, struct bytes octets)
{
    struct record *record = owner;
    if (record->target != NULL)
        record->target->sink.noise(record->writer, octets);
}

static void on_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct record *record = owner;
    record->damages++;
    if (record->target != NULL && record->target->sink.damage != NULL)
        record->target->sink.damage(record->writer, reason, offset, length);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads the octets; where there is a target, what it writes is appended to `to`. */
static void read_stream(struct record *record, const struct stream_format *format, struct bytes octets,
                        const struct stream_target *target, struct buf *to)
{
    static const struct event_sink sink = {on_event, on_noise, on_damage};
    *record = (struct record){.gather = {.take = on_test, .owner = record}, .target = target};
    if (target != NULL) {
        record->writer = mem_zero(target->size);
        target->init(record->writer, to);
    }
    void *reader = mem_zero(format->size);
    format->init(reader, &sink, record);
    format->feed(reader, octets.data, octets.len);
    format->end(reader);
    format->release(reader);
    free(reader);
    if (target != NULL) {
        target->end(record->writer);
        target->release(record->writer);
        free(record->writer);
    }
    gather_end(&record->gather);
    gather_release(&record->gather);
    if (record->tests.len > 0)
        qsort(record->tests.items, record->tests.len, sizeof *record->tests.items, by_text);
}

static void check(const char *path, const struct stream_format *format, struct bytes stream,
                  const struct stream_target *target)
{
    struct record before, after;
    struct buf written = {0};
    read_stream(&before, format, stream, target, &written);
    read_stream(&after, stream_format(target->name), buf_bytes(&written), NULL, NULL);
    if (before.tests.len != after.tests.len)
        fail_msg("%s as %s: %zu tests become %zu:\n%s", path, target->name, before.tests.len, after.tests.len,
                 buf_str(&written));
    for (size_t i = 0; i < before.tests.len; i++)
        if (strcmp(before.tests.items[i], after.tests.items[i]) != 0)
            fail_msg("%s as %s: \"%s\" becomes \"%s\"", path, target->name, before.tests.items[i],
                     after.tests.items[i]);
    bool tells = target->sink.damage != NULL; /* what was damaged stays so, and nothing else becomes it */
    if (before.tests.len > 0 && (after.damages > 0) != (tells && before.damages > 0))
        fail_msg("%s as %s: %zu damages become %zu", path, target->name, before.damages, after.damages);
    strings_release(&before.tests);
    strings_release(&after.tests);
    buf_release(&written);
}

static bool read_file(const char *path, struct buf *content)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char part[65536];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        buf_add(content, part, got);
    fclose(file);
    return true;
}

/* Each stream of the format's corpus but those that tell a test twice. */
static size_t check_format(const struct stream_format *format, const struct stream_target *target)
{
    char *folder = mem_printf(CORPUS "/%s", format->name);
    DIR *dir = opendir(folder);
    size_t count = 0;
    for (const struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        const char *ending = strrchr(entry->d_name, '.');
        if (ending == NULL || strcmp(ending, ".in") != 0 || strncmp(entry->d_name, "contradictory", 13) == 0)
            continue;
        char *path = mem_printf("%s/%s", folder, entry->d_name);
        struct buf stream = {0};
        assert_true(read_file(path, &stream));
        check(path, format, buf_bytes(&stream), target);
        buf_release(&stream);
        free(path);
        count++;
    }
    if (dir != NULL)
        closedir(dir);
    free(folder);
    return count;
}

static void check_target(const char *name)
{
    size_t count, streams = 0;
    const struct stream_format *const *formats = stream_formats(&count);
    for (size_t i = 0; i < count; i++)
        streams += check_format(formats[i], stream_target(name));
    assert_true(streams > 50);
}

static void tap_reads_as_it_was_written(void **state)
{
    (void)state;
    check_target("tap");
}

static void junit_reads_as_it_was_written(void **state)
{
    (void)state;
    check_target("junit");
}

static void subunit1_reads_as_it_was_written(void **state)
{
    (void)state;
    check_target("subunit1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tap_reads_as_it_was_written),
        cmocka_unit_test(junit_reads_as_it_was_written),
        cmocka_unit_test(subunit1_reads_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
