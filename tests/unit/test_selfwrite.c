#include "plan/selfwrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* One change of a file: who was running (NULL: no run was on, "": a run, but nobody), and what becomes of it.
 * path NULL: the key that forgets. */
struct change {
    const char *path, *running;
    enum { COUNTS, CAUGHT, IGNORED, FORGOT_NONE, FORGOT_ONE } expect;
    const char *culprit; /* of CAUGHT */
};

static const struct {
    const char *name;
    struct change changes[8];
} cases[] = {
    {"twice while the same test ran: its own, and from then on silently",
     {{"out", "t1 t2", COUNTS, NULL},
      {"out", "t3 t2", CAUGHT, "t2"},
      {"out", "t3", IGNORED, NULL},
      {"out", "t9", IGNORED, NULL}}},
    {"twice, but never the same test: somebody typed",
     {{"out", "t1", COUNTS, NULL}, {"out", "t2", COUNTS, NULL}, {"out", "t1", COUNTS, NULL}}},
    {"the newest suspects count",
     {{"out", "t1", COUNTS, NULL}, {"out", "t2", COUNTS, NULL}, {"out", "t2", CAUGHT, "t2"}}},
    {"a run, but no test in it (collecting): no suspect",
     {{"out", "", COUNTS, NULL}, {"out", "", COUNTS, NULL}, {"out", "t1", COUNTS, NULL}}},
    {"a change while nothing runs forgets the suspicion",
     {{"out", "t1", COUNTS, NULL},
      {"out", NULL, COUNTS, NULL},
      {"out", "t1", COUNTS, NULL},
      {"out", "t1", CAUGHT, "t1"}}},
    {"a change while nothing runs counts though the file is ignored, and it must be caught anew",
     {{"out", "t1", COUNTS, NULL},
      {"out", "t1", CAUGHT, "t1"},
      {"out", NULL, COUNTS, NULL},
      {"out", "t1", COUNTS, NULL},
      {"out", "t1", CAUGHT, "t1"}}},
    {"files are judged one by one",
     {{"out", "t1", COUNTS, NULL},
      {"log", "t1", COUNTS, NULL},
      {"log", "t1", CAUGHT, "t1"},
      {"log", "t1", IGNORED, NULL},
      {"out", NULL, COUNTS, NULL},
      {"log", "t2", IGNORED, NULL}}},
    {"the key forgets what is ignored",
     {{NULL, NULL, FORGOT_NONE, NULL},
      {"out", "t1", COUNTS, NULL},
      {"log", "t1", COUNTS, NULL},
      {"out", "t1", CAUGHT, "t1"},
      {NULL, NULL, FORGOT_ONE, NULL},
      {"out", "t1", COUNTS, NULL}}},
};

static void words(struct strings *list, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, " ");
        strings_take(list, mem_dup(text, len));
        text += len + strspn(text + len, " ");
    }
}

static bool matches(struct selfwrite *self, const struct change *change)
{
    if (change->path == NULL)
        return selfwrite_forget(self) == (change->expect == FORGOT_ONE ? 1 : 0);
    struct strings running = {0};
    bool newly;
    const char *culprit;
    if (change->running != NULL)
        words(&running, change->running);
    bool ignored =
        selfwrite_judge(self, change->path, change->running != NULL ? &running : NULL, &newly, &culprit);
    strings_release(&running);
    bool blamed =
        change->culprit == NULL ? culprit == NULL : culprit != NULL && strcmp(culprit, change->culprit) == 0;
    return ignored == (change->expect != COUNTS) && newly == (change->expect == CAUGHT) && blamed;
}

static void test_judgement(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct selfwrite self = {0};
        for (size_t k = 0; k < 8; k++) {
            const struct change *change = &cases[i].changes[k];
            bool end = change->path == NULL && change->expect == COUNTS;
            if (!end && !matches(&self, change))
                fail_msg("%s: change %zu is judged otherwise", cases[i].name, k + 1);
        }
        selfwrite_release(&self);
    }
}

static void test_what_is_temporary_by_its_name(void **state)
{
    (void)state;
    assert_true(selfwrite_is_passing("d/log.tmp"));
    assert_true(selfwrite_is_passing("a.tmp"));
    assert_false(selfwrite_is_passing("d/tmp"));
    assert_false(selfwrite_is_passing("d/a.tmp.c"));
    assert_false(selfwrite_is_passing("d/.tmp"));
    assert_false(selfwrite_is_passing(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_judgement),
                                       cmocka_unit_test(test_what_is_temporary_by_its_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
