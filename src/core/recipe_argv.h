/* From tests to command lines: how many tests one process is asked for, and the
 * words that ask for them. Pure. */
#ifndef ALOOF_CORE_RECIPE_ARGV_H
#define ALOOF_CORE_RECIPE_ARGV_H

#include "core/bytes.h"
#include "core/recipe.h"

/* One test as it is asked for; borrowed. */
struct recipe_test {
    const char *id;
    const char *file; /* or package: what it shares with its neighbours; "" unknown */
    size_t in_file;   /* so many are listed with that file; 0 unknown */
    const struct strings
        *parts; /* of a file: the names of those of its parts that are asked for; NULL: all */
};

#define RECIPE_PARTS_MAX 30000 /* octets of the names of parts that one process is asked for */

/* Of a test that is asked for with its file, the part of the id that the file does not say: "pkg/TestX" of
 * the package "pkg" is TestX. What stands between is one of "/", ":", "::", ".", "#", "$". Borrowed. */
const char *recipe_test_name(const struct recipe_test *test);

/* How many of the tests, from the first, one process of this recipe takes: those of one file where the file
 * is on the command line, one where that has room for one id only or the exit status is the outcome, whole
 * files where there is a command for these, only such as are asked for in parts or none of them, and no more
 * than a command line holds. At least 1 of count >= 1.
 * *command becomes the one to run. */
size_t recipe_share(const struct recipe *recipe, const struct recipe_test *tests, size_t count,
                    const struct strings **command);

/* What a recipe's command needs beside the tests. */
struct recipe_extra {
    const struct strings *args;  /* the person's own */
    const char *report;          /* the path for {report}; NULL: nobody reads it */
    const char *idfile;          /* where the ids are, see recipe_idfile; NULL: nowhere */
    const struct strings *parts; /* the recipe's words for {parts}; NULL: none */
    unsigned boxes;              /* how many processes may run at once; 0: one */
};

/* Appends the words of a command of the recipe (run, debug) for these tests of one share. For {parts} there
 * are some where the tests have parts that are asked for; those of all of them are meant then. */
void recipe_argv(const struct strings *command, const struct recipe_test *tests, size_t count,
                 const struct recipe_extra *extra, struct strings *argv);

/* Whether the command has a place for a file of ids; and what that is to hold. */
bool recipe_wants_idfile(const struct strings *command);
void recipe_idfile(const struct recipe_test *tests, size_t count, struct buf *to);

#endif
