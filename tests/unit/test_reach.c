/* The plan of a person who wants no more run than what changes can affect. */
#include "loop_script.h"

/* a.py is loaded by test_a and by test_ab, b.py by test_ab; nobody is known to load data. */
static const struct script scripts[] = {
    {"a change of what some load",
     "",
     {{"test_a::x=p test_b::x=p test_ab::x=p", "start",
       "run all (start) asks test_a::x test_b::x test_ab::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "change a.py",
       "run affected (a.py changed) a.py test_a test_ab asks test_a::x test_ab::x | partly |"},
      {NULL, "end", "wait | affected |"},
      {NULL, "change b.py", "run affected (b.py changed) b.py test_ab asks test_ab::x | partly |"},
      {NULL, "end", "wait | affected |"},
      {NULL, "change data", "run all (data changed) asks test_a::x test_b::x test_ab::x | partly |"},
      {NULL, "end", "wait | green |"},
      {NULL, "a", "run all (key) asks test_a::x test_b::x test_ab::x | green |"},
      {NULL, "end", "wait | green |"}}},
    {"it breaks one, which is mended: what both changes can affect",
     "",
     {{"test_a::x=p test_b::x=p test_ab::x=p", "start",
       "run all (start) asks test_a::x test_b::x test_ab::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {"test_a::x=p test_b::x=p test_ab::x=f", "change b.py",
       "run affected (b.py changed) b.py test_ab asks test_ab::x | partly |"},
      {NULL, "end", "wait | red | test_ab::x"},
      {NULL, "change a.py", "run red (a.py changed) test_ab a.py asks test_ab::x | red | test_ab::x"},
      {NULL, "end", "wait | red | test_ab::x"},
      {"test_a::x=p test_b::x=p test_ab::x=p", "change b.py",
       "run red (b.py changed) test_ab b.py asks test_ab::x | red | test_ab::x"},
      {NULL, "end",
       "run affected (the red set passed) a.py b.py test_a test_ab asks test_a::x test_ab::x | partly |"},
      {NULL, "end", "wait | affected |"}}},
    {"a change in the middle of it",
     "",
     {{"test_a::x=p test_b::x=p test_ab::x=p", "start",
       "run all (start) asks test_a::x test_b::x test_ab::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "change b.py", "run affected (b.py changed) b.py test_ab asks test_ab::x | partly |"},
      {NULL, "change a.py", "cancel | partly |"},
      {NULL, "cancelled",
       "run affected (a.py changed) b.py a.py test_a test_ab asks test_a::x test_ab::x | partly |"},
      {NULL, "end", "wait | affected |"}}},
    {"a full run comes first",
     "test_a::x",
     {{"test_a::x=p test_b::x=p test_ab::x=p", "start",
       "run red (start) test_a asks test_a::x | red | test_a::x"},
      {NULL, "change a.py", "cancel | red | test_a::x"},
      {NULL, "cancelled", "run red (a.py changed) test_a a.py asks test_a::x | red | test_a::x"},
      {NULL, "end", "run all (the red set passed) asks test_a::x test_b::x test_ab::x | partly |"},
      {NULL, "end", "wait | green |"}}},
    {"a new file of tests, and one that is gone",
     "",
     {{"test_a::x=p test_b::x=p", "start", "run all (start) asks test_a::x test_b::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {"test_a::x=p test_b::x=p test_new.py::x=p", "change test_new.py",
       "run affected (test_new.py changed) test_new.py asks test_new.py::x | partly |"},
      {NULL, "end", "wait | affected |"},
      {"test_b::x=p test_new.py::x=p", "change test_a",
       "run affected (test_a changed) test_a asks | partly |"},
      {NULL, "end", "wait | affected |"}}},
    {"a filter: what it leaves",
     "",
     {{"test_a::x=p test_b::x=p test_ab::x=p", "start",
       "run all (start) asks test_a::x test_b::x test_ab::x | unknown |"},
      {NULL, "end", "wait | green |"},
      {NULL, "f test_b", "run all (the filter was set) test_b asks test_b::x | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "change b.py", "run all (b.py changed) test_b b.py asks test_b::x | partly |"},
      {NULL, "end", "wait | partly |"},
      {NULL, "f ", "run affected (the filter was cleared) b.py test_ab asks test_ab::x | partly |"},
      {NULL, "end", "wait | affected |"}}},
};

static void tell(struct affects *affects, const char *path, const char *loads)
{
    struct strings list = {0};
    words(&list, loads);
    affects_tell(affects, path, AFFECTS_ALL, &list);
    strings_release(&list);
}

static void test_what_changes_can_affect_is_enough(void **state)
{
    (void)state;
    struct affects affects = {0};
    tell(&affects, "test_a", "a.py");
    tell(&affects, "test_b", "");
    tell(&affects, "test_ab", "a.py b.py");
    tell(&affects, AFFECTS_EVERYTHING, "");
    RUN_REACH(scripts, &affects);
    affects_release(&affects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_changes_can_affect_is_enough)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
