/* The tests and packages of a run of `go test` that are not over. */
#ifndef ALOOF_STREAM_GO_TESTS_H
#define ALOOF_STREAM_GO_TESTS_H

#include "core/map.h"
#include "core/vec.h"
#include "stream/go_output.h"

#define GO_TESTS_MAX 65536
#define GO_PACKAGES_MAX 4096

struct go_package {
    char *name;
    uint64_t offset;  /* of the first line about it */
    uint64_t failing; /* tests of it */
    struct go_output output;
};

struct go_test {
    char *key;     /* package/test */
    char *id;      /* likewise, distinct */
    size_t name;   /* where the test's own name begins in the key */
    size_t serial; /* counts tests as they begin */
    bool paused, runnable;
    uint64_t subtests, failing; /* subtests that ended */
    struct go_output output;
};

/* Zeroed is empty. Items move when others go. */
struct go_tests {
    VEC(struct go_package *) packages;
    VEC(struct go_test *) running;
    struct map map; /* key to running */
    size_t serial, newest;
};

/* The package of that name; NULL: it is not open. */
struct go_package *go_package(struct go_tests *tests, struct bytes name);
/* Opens it. NULL: there are too many. */
struct go_package *go_package_open(struct go_tests *tests, struct bytes name);
void go_package_close(struct go_tests *tests, struct go_package *package);

/* The running test of that key (package/test); NULL: there is none. */
struct go_test *go_test(struct go_tests *tests, struct bytes key);
/* Begins it; `name`: where its own name begins in the key. NULL: there are too many. */
struct go_test *go_test_begin(struct go_tests *tests, struct bytes key, size_t name, struct bytes id);
void go_test_end(struct go_tests *tests, struct go_test *test);
/* The innermost running test that the test is a subtest of; NULL none. */
struct go_test *go_test_parent(struct go_tests *tests, const struct go_test *test);
/* The running tests of the package, the newest first, and how many. The caller frees the array. */
struct go_test **go_tests_of(const struct go_tests *tests, const struct go_package *package, size_t *count);

void go_tests_release(struct go_tests *tests);

#endif
