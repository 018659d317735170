#include "stream/tally.h"

#include <stdlib.h>

struct tally_test {
    bool runs;   /* something was told since its last outcome, but for its being there */
    bool listed; /* exists was all */
    bool has_start;
    int64_t start_ns;
    size_t id_at; /* in its key */
};

static void note_tags(struct tally *tally, const struct event *event)
{
    for (size_t i = 0; i < event->tag_count; i++)
        if (names_add(&tally->tags_seen, event->tags[i]))
            strings_take(&tally->tags, bytes_dup(event->tags[i]));
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void count(struct tally *tally, size_t number, enum event_status status, int64_t duration_ns)
{
    tally->counts[status]++;
    const char *id = tally->roster.keys.items[number] + tally->tests.items[number].id_at;
    if (tally->take != NULL)
        tally->take(tally->owner, bytes_of(id), status, duration_ns);
}

void tally_event(struct tally *tally, const struct event *event)
{
    if (event->test_id.data == NULL)
        return;
    note_tags(tally, event);
    size_t number = roster_find(&tally->roster, event);
    if (number == tally->tests.len)
        vec_push(&tally->tests, (struct tally_test){.id_at = event->route.len + 1});
    struct tally_test *test = &tally->tests.items[number];
    if (event->status == EVENT_EXISTS) {
        test->listed = true;
    } else if (event_is_final(event)) {
        int64_t duration = event->duration_ns;
        if (duration == 0 && test->has_start && event->has_time && event->time_ns > test->start_ns)
            duration = event->time_ns - test->start_ns;
        test->listed = test->runs = test->has_start = false;
        count(tally, number, event->status, duration);
    } else if (event->status == EVENT_INPROGRESS) {
        test->runs = true;
        test->has_start = event->has_time;
        test->start_ns = event->time_ns;
    }
}

void tally_end(struct tally *tally)
{
    for (size_t i = 0; i < tally->tests.len; i++) {
        if (tally->tests.items[i].runs)
            count(tally, i, EVENT_INPROGRESS, 0);
        else if (tally->tests.items[i].listed)
            count(tally, i, EVENT_EXISTS, 0);
    }
    if (tally->tags.len > 0)
        qsort(tally->tags.items, tally->tags.len, sizeof *tally->tags.items, compare_texts);
}

uint64_t tally_total(const struct tally *tally)
{
    uint64_t total = 0;
    for (int status = EVENT_INPROGRESS; status <= EVENT_XFAIL; status++)
        total += tally->counts[status];
    return total;
}

uint64_t tally_failed(const struct tally *tally)
{
    return tally->counts[EVENT_FAIL] + tally->counts[EVENT_INPROGRESS];
}

void tally_release(struct tally *tally)
{
    roster_release(&tally->roster);
    vec_release(&tally->tests);
    strings_release(&tally->tags);
    names_release(&tally->tags_seen);
}
