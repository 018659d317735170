/* The tests of this project, found by what other machines, formats and versions of
 * a framework call them. Pure. */
#ifndef ALOOF_KNOWN_H
#define ALOOF_KNOWN_H

#include "trace/suffix.h"

/* Zeroed: no tests. */
struct known {
    struct suffixes names; /* of the tests, in words with slashes between */
    VEC(size_t) tests;     /* by name; MAP_NONE: two tests have it */
    struct map by_name;
};

/* Adds a test by its id. */
void known_add(struct known *known, struct bytes id, size_t test);

/* The test that is meant by the id: "tests.test_api.TestX.test_y" is "tests/test_api.py::TestX::test_y", by
 * the words of both; when one of them has fewer words, it is the other's end. MAP_NONE: there is none, or
 * more than one. */
size_t known_find(const struct known *known, struct bytes id);

/* The test that the id names a part of, by its longest beginning that known_find finds ("t/a.t > adds" is of
 * "t/a.t"); *len is that beginning's length. MAP_NONE: it is part of none. */
size_t known_owner(const struct known *known, struct bytes id, size_t *len);

void known_release(struct known *known);

#endif
