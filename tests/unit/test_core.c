#include "core/bytes.h"
#include "core/clip.h"
#include "core/error.h"
#include "core/event.h"
#include "core/map.h"
#include "core/vec.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void absent_is_not_empty(void **state)
{
    (void)state;
    struct bytes absent = bytes_of(NULL), empty = bytes_of("");
    assert_null(absent.data);
    assert_false(bytes_equal(absent, empty));
    assert_false(bytes_equal(empty, absent));
    assert_true(bytes_equal(absent, absent));
    assert_true(bytes_equal(empty, (struct bytes){"x", 0}));
    assert_true(bytes_is(empty, ""));
    assert_false(bytes_is(absent, ""));
    assert_false(bytes_starts(absent, ""));
    assert_null(bytes_dup(absent));
    assert_true(bytes_utf8(absent));
}

static void octets_compare_whole(void **state)
{
    (void)state;
    struct bytes text = {"a\0b", 3};
    assert_false(bytes_is(text, "a"));
    assert_true(bytes_equal(text, (struct bytes){"a\0b", 3}));
    assert_false(bytes_equal(text, (struct bytes){"a\0c", 3}));
    assert_true(bytes_starts(text, "a"));
    assert_false(bytes_starts(text, "ab"));
    assert_false(bytes_starts(bytes_of("ab"), "abc"));
    char *copy = bytes_dup(text);
    assert_memory_equal(copy, "a\0b\0", 4);
    free(copy);
}

static void utf8_is_told_from_other_octets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } table[] = {
        {"", true},
        {"plain", true},
        {"\x7F", true},
        {"\xC2\x80", true},
        {"\xDF\xBF", true},
        {"\xE0\xA0\x80", true},
        {"\xED\x9F\xBF", true},
        {"\xEE\x80\x80", true},
        {"\xF0\x90\x80\x80", true},
        {"\xF4\x8F\xBF\xBF", true},
        {"a\xE2\x82\xAC"
         "b",
         true},
        {"\x80", false},
        {"\xBF", false},
        {"\xC0\x80", false},
        {"\xC1\xBF", false},
        {"\xE0\x9F\xBF", false},
        {"\xED\xA0\x80", false},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xF4\x90\x80\x80", false},
        {"\xF5\x80\x80\x80", false},
        {"\xFF", false},
        {"\xC2", false},
        {"\xE2\x82", false},
        {"\xF0\x90\x80", false},
        {"\xE2\x28\xA1", false},
        {"ok\xC3(", false},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        /* A copy of its very size, so that the sanitizer sees a read past it. */
        size_t len = strlen(table[i].text);
        char *exact = mem_resize(NULL, len, 1);
        memcpy(exact, table[i].text, len);
        if (bytes_utf8((struct bytes){exact, len}) != table[i].valid)
            fail_msg("row %zu", i);
        free(exact);
    }
}

static void a_buf_grows_and_stays_a_string(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_string_equal(buf_str(&buf), "");
    assert_non_null(buf_bytes(&buf).data);
    for (int i = 0; i < 1000; i++) {
        buf_printf(&buf, "%d,", i);
        assert_int_equal(strlen(buf.data), buf.len);
    }
    assert_int_equal(buf.len, 10 + 90 * 2 + 900 * 3 + 1000);
    buf_clear(&buf);
    assert_string_equal(buf_str(&buf), "");
    buf_putc(&buf, 'a');
    buf_add(&buf, "\0b", 2);
    buf_puts(&buf, "c");
    buf_add(&buf, NULL, 0);
    assert_true(bytes_equal(buf_bytes(&buf), (struct bytes){"a\0bc", 4}));
    buf_drop(&buf, 0);
    buf_drop(&buf, 2);
    assert_string_equal(buf_str(&buf), "bc");
    buf_drop(&buf, 99);
    assert_string_equal(buf_str(&buf), "");
    memcpy(buf_reserve(&buf, 3), "xyz", 3);
    buf.len += 3;
    char *taken = buf_take(&buf);
    assert_string_equal(taken, "xyz");
    assert_null(buf.data);
    free(taken);
    taken = buf_take(&buf);
    assert_string_equal(taken, "");
    free(taken);
    buf_release(&buf);
}

/* What a clip of the limit must keep of the text. */
static char *clipped(const char *text, size_t len, size_t limit)
{
    struct buf kept = {0};
    size_t half = limit / 2;
    if (len <= 2 * half) {
        buf_add(&kept, text, len);
        return buf_take(&kept);
    }
    buf_add(&kept, text, half);
    buf_printf(&kept, "\n… %zu bytes dropped …\n", len - 2 * half);
    buf_add(&kept, text + len - half, half);
    return buf_take(&kept);
}

static void a_clip_keeps_head_and_tail_however_it_is_filled(void **state)
{
    (void)state;
    static const size_t limits[] = {0, 1, 2, 10, 11, 64};
    uint32_t seed = 7;
    for (size_t i = 0; i < COUNT(limits) * 200; i++) {
        char text[300];
        size_t limit = limits[i % COUNT(limits)], len = next_random(&seed) % sizeof text;
        struct clip clip = {.limit = limit};
        for (size_t at = 0; at < len; at++)
            text[at] = (char)('a' + next_random(&seed) % 26);
        for (size_t at = 0, part; at < len; at += part) {
            part = next_random(&seed) % 40;
            part = part < len - at ? part : len - at;
            clip_add(&clip, (struct bytes){text + at, part});
        }
        clip_add(&clip, (struct bytes){0});
        struct buf kept = {0};
        clip_text(&clip, &kept);
        char *expected = clipped(text, len, limit);
        assert_string_equal(buf_str(&kept), expected);
        assert_int_equal(clip.total, len);
        assert_int_equal(clip_dropped(&clip), len > limit / 2 * 2 ? len - limit / 2 * 2 : 0);
        free(expected);
        buf_release(&kept);
        clip_release(&clip);
        assert_int_equal(clip.limit, limit);
        assert_int_equal(clip.total, 0);
    }
}

static void an_empty_map_knows_nothing(void **state)
{
    (void)state;
    struct map map = {0};
    assert_true(map_get(&map, bytes_of("a")) == MAP_NONE);
    map_remove(&map, bytes_of("a"));
    map_put(&map, bytes_of(""), 3);
    assert_int_equal(map_get(&map, bytes_of("")), 3);
    assert_true(map_get(&map, bytes_of("a")) == MAP_NONE);
    map_release(&map);
    map_release(&map);
}

#define KEYS 500

static void a_map_agrees_with_a_plain_array(void **state)
{
    (void)state;
    struct map map = {0};
    char *keys[KEYS];
    size_t values[KEYS];
    uint32_t seed = 1;
    for (size_t i = 0; i < KEYS; i++) {
        keys[i] = mem_printf("test_%zu", i);
        values[i] = MAP_NONE;
    }
    for (size_t step = 0; step < 20000; step++) {
        size_t i = next_random(&seed) % KEYS;
        if (next_random(&seed) % 3 > 0) {
            values[i] = step;
            map_put(&map, bytes_of(keys[i]), step);
        } else {
            values[i] = MAP_NONE;
            map_remove(&map, bytes_of(keys[i]));
        }
        i = next_random(&seed) % KEYS;
        assert_true(map_get(&map, bytes_of(keys[i])) == values[i]);
    }
    for (size_t i = 0; i < KEYS; i++) {
        assert_true(map_get(&map, bytes_of(keys[i])) == values[i]);
        free(keys[i]);
    }
    assert_true(map.cap <= 8 * KEYS); /* removed slots do not pile up */
    map_release(&map);
}

/* The caller need not keep a key that it has removed. */
static void a_removed_key_is_never_looked_at(void **state)
{
    (void)state;
    struct map map = {0};
    for (size_t i = 0; i < 100; i++) {
        char *key = mem_strdup("the same");
        map_put(&map, bytes_of(key), i);
        assert_int_equal(map_get(&map, bytes_of("the same")), i);
        map_remove(&map, bytes_of(key));
        free(key);
        assert_true(map_get(&map, bytes_of("the same")) == MAP_NONE);
    }
    map_release(&map);
}

static void a_key_put_again_has_the_new_value_and_memory(void **state)
{
    (void)state;
    struct map map = {0};
    char *old = mem_strdup("key"), *new = mem_strdup("key");
    map_put(&map, bytes_of(old), 1);
    map_put(&map, bytes_of(new), 2);
    free(old);
    assert_int_equal(map_get(&map, bytes_of("key")), 2);
    assert_int_equal(map.used, 1);
    map_release(&map);
    free(new);
}

static void hashes_differ_where_octets_do(void **state)
{
    (void)state;
    assert_true(hash_bytes(bytes_of("a")) == hash_bytes(bytes_of("a")));
    assert_true(hash_bytes(bytes_of("a")) != hash_bytes(bytes_of("b")));
    assert_true(hash_bytes((struct bytes){"\0", 1}) != hash_bytes((struct bytes){"\0\0", 2}));
}

static void a_vec_grows_and_is_walked(void **state)
{
    (void)state;
    VEC(int) numbers = {0};
    const int *number;
    int sum = 0;
    vec_each (number, &numbers)
        fail();
    for (int i = 0; i < 100; i++)
        vec_push(&numbers, i);
    vec_each (number, &numbers)
        sum += *number;
    assert_int_equal(sum, 4950);
    assert_true(numbers.cap >= 100);
    vec_release(&numbers);
    assert_null(numbers.items);
    assert_int_equal(numbers.len, 0);
}

static void strings_own_their_texts(void **state)
{
    (void)state;
    struct strings list = {0};
    size_t at = 99;
    char text[] = "first";
    strings_add(&list, text);
    text[0] = 'X';
    strings_take(&list, mem_strdup("second"));
    assert_int_equal(strings_find(&list, "first", &at), 0);
    assert_int_equal(at, 0);
    assert_int_equal(strings_find(&list, "second", NULL), 0);
    assert_int_equal(strings_find(&list, "third", &at), -ENOENT);
    strings_clear(&list);
    assert_int_equal(strings_find(&list, "first", NULL), -ENOENT);
    strings_add(&list, "again");
    assert_string_equal(list.items[0], "again");
    strings_release(&list);
}

static void an_error_is_one_clean_line(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(error_set(&error, -EINVAL, "%s:%d: bad\n\x1b[31m\x7F", "file", 3), -EINVAL);
    assert_string_equal(error.text, "file:3: bad??[31m?");
    assert_int_equal(error_set(NULL, -ENOENT, "nobody reads this"), -ENOENT);
}

static void a_long_error_is_cut_between_characters(void **state)
{
    (void)state;
    struct error error;
    struct buf text = {0};
    for (size_t pad = 0; pad < 4; pad++) {
        buf_clear(&text);
        for (size_t i = 0; i < pad; i++)
            buf_putc(&text, '.');
        for (size_t i = 0; i < 600; i++)
            buf_puts(&text, i % 2 == 0 ? "€" : "é");
        error_set(&error, -EIO, "%s", buf_str(&text));
        assert_true(bytes_utf8(bytes_of(error.text)));
        assert_true(strlen(error.text) > sizeof error.text - 5);
    }
    buf_release(&text);
}

static void final_events_end_a_test(void **state)
{
    (void)state;
    static const struct {
        enum event_status status;
        bool final;
        const char *name;
    } table[] = {
        {EVENT_NONE, false, ""},
        {EVENT_EXISTS, false, "exists"},
        {EVENT_INPROGRESS, false, "inprogress"},
        {EVENT_SUCCESS, true, "success"},
        {EVENT_UXSUCCESS, true, "uxsuccess"},
        {EVENT_SKIP, true, "skip"},
        {EVENT_FAIL, true, "fail"},
        {EVENT_XFAIL, true, "xfail"},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct event event = {.status = table[i].status};
        assert_int_equal(table[i].status, i); /* the protocol's numbers */
        assert_true(event_is_final(&event) == table[i].final);
        assert_string_equal(event_status_name(table[i].status), table[i].name);
    }
}

static void tags_are_found_by_name_and_prefix(void **state)
{
    (void)state;
    struct bytes tags[] = {bytes_of("slow"), bytes_of("group=a.py"), bytes_of("group=b.py"),
                           bytes_of("group")};
    struct event event = {.has_tags = true, .tags = tags, .tag_count = COUNT(tags)};
    assert_true(event_has_tag(&event, "slow"));
    assert_false(event_has_tag(&event, "slo"));
    assert_false(event_has_tag(&event, TAG_GROUP));
    assert_true(bytes_is(event_tag_value(&event, TAG_GROUP), "a.py"));
    assert_null(event_tag_value(&event, "none=").data);
    assert_null(event_tag_value(&(struct event){0}, TAG_GROUP).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(octets_compare_whole),
        cmocka_unit_test(utf8_is_told_from_other_octets),
        cmocka_unit_test(a_buf_grows_and_stays_a_string),
        cmocka_unit_test(a_clip_keeps_head_and_tail_however_it_is_filled),
        cmocka_unit_test(an_empty_map_knows_nothing),
        cmocka_unit_test(a_map_agrees_with_a_plain_array),
        cmocka_unit_test(a_removed_key_is_never_looked_at),
        cmocka_unit_test(a_key_put_again_has_the_new_value_and_memory),
        cmocka_unit_test(hashes_differ_where_octets_do),
        cmocka_unit_test(a_vec_grows_and_is_walked),
        cmocka_unit_test(strings_own_their_texts),
        cmocka_unit_test(an_error_is_one_clean_line),
        cmocka_unit_test(a_long_error_is_cut_between_characters),
        cmocka_unit_test(final_events_end_a_test),
        cmocka_unit_test(tags_are_found_by_name_and_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
