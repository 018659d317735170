/* What a test is called that a JUnit report tells of, in the dialects of those who write them. */
#ifndef ALOOF_STREAM_JUNIT_NAME_H
#define ALOOF_STREAM_JUNIT_NAME_H

#include "core/bytes.h"

/* What the report says about where a test is; absent where it does not. */
struct junit_address {
    struct bytes class_name, name, file; /* attributes of the test case */
    struct bytes suite;                  /* name of the suite it is in */
    struct bytes path;                   /* names of all suites around it, " > " between */
};

/* Appends the id: pytest's own ("a/test_b.py::TestC::test_d") where the report names the file; "Class.name";
 * the name alone where the class says nothing more; "suites > name" where there is no class. */
void junit_id(const struct junit_address *address, struct buf *id);

#endif
