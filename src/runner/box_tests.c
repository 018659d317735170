#include "runner/box_tests.h"

#include <stdlib.h>

static void read_parts(struct strings *parts, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        if (json_is_string(json_array_get(names, i)))
            strings_add(parts, json_string_value(json_array_get(names, i)));
}

void box_tests_read(struct box_tests *box, const struct listing *listing, const json_t *body)
{
    const json_t *positions = json_object_get(body, "tests"), *parts = json_object_get(body, "parts");
    size_t size = json_array_size(positions);
    *box = (struct box_tests){.tests = mem_zero(size * sizeof *box->tests),
                              .parts = mem_zero(size * sizeof *box->parts)};
    for (size_t i = 0; i < size; i++) {
        json_int_t position = json_integer_value(json_array_get(positions, i));
        if (position < 0 || (size_t)position >= listing->tests.len)
            continue;
        struct recipe_test *test = &box->tests[box->count];
        struct strings *own = &box->parts[box->count++];
        *test = listing->tests.items[position];
        read_parts(own, json_array_get(parts, i));
        test->parts = own->len > 0 ? own : NULL;
    }
}

void box_tests_release(struct box_tests *box)
{
    for (size_t i = 0; i < box->count; i++)
        strings_release(&box->parts[i]);
    free(box->parts);
    free(box->tests);
    *box = (struct box_tests){0};
}
