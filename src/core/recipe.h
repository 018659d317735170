/* How one test framework is listed, run and read, as plain data: what a recipe
 * file says (aloof-recipes(5)), key by key. Pure; the files are project/recipe's. */
#ifndef ALOOF_CORE_RECIPE_H
#define ALOOF_CORE_RECIPE_H

#include "core/error.h"
#include "core/event.h"
#include "core/vec.h"

#include <jansson.h>
#include <stdbool.h>

/* What is listed: each of these can be asked for. */
enum recipe_unit {
    UNIT_FILE, /* a file is one test; what it reports of itself are parts of it */
    UNIT_TEST, /* single tests */
};

/* Who runs the tests: our own worker, or Python's, by a framework of that name. */
enum recipe_worker { WORKER_OWN, WORKER_PYTEST, WORKER_UNITTEST, WORKER_DJANGO };

/* Placeholders of `run`: a test's id or name; those of all, a word for each or joined; the file (or package)
 * that they share; a regular expression that matches their names and nothing else; the person's own
 * arguments; the file that the process writes its results to; a file with an id a line; the ids as a shell
 * reads them; what asks for some parts of a file only; how many boxes there are. */
enum recipe_hole {
    HOLE_ID = 1,
    HOLE_IDS = 2,
    HOLE_FILE = 4,
    HOLE_REGEX = 8,
    HOLE_ARGS = 16,
    HOLE_REPORT = 32,
    HOLE_IDFILE = 64,
    HOLE_IDLIST = 128,
    HOLE_FILES = 256,
    HOLE_PARTS = 512,
    HOLE_BOXES = 1024,
};

#define RECIPE_BY_EXIT "exit"   /* as format: the outcome is the exit status */
#define RECIPE_BUILD_ID "build" /* the test that is red when the build command fails */
#define RECIPE_LINES "lines"    /* as list format: an id a line */

struct recipe {
    char *name;
    struct strings detect;       /* patterns from the root; "FILE:TEXT": a file that contains the text */
    struct strings unless;       /* likewise: what must not be there */
    struct strings imports;      /* modules that the project's Python must have */
    struct strings list, run;    /* commands as words, with their placeholders */
    struct strings run_files;    /* likewise: whole files, without naming their tests; empty: none */
    struct strings parts;        /* words for {parts}, where only some parts of a file are asked for */
    struct strings run_all;      /* likewise: all tests there are, side by side of its own; empty: none */
    struct strings build, debug; /* likewise; empty: none */
    struct strings profile;      /* likewise: prints a profile */
    int profile_format;          /* see recipe_profile_format */
    char *list_format, *format;  /* NULL: RECIPE_LINES, RECIPE_BY_EXIT */
    struct strings env;          /* NAME=VALUE */
    struct strings part_tags;    /* what has one of these is shown, and never asked for */
    struct strings version;      /* a command that prints the framework's version; empty: none */
    struct strings boxes; /* a command that prints how many of its processes run at once; empty: none */
    char *group;          /* what matches it at the start of an id is the file; NULL none */
    int unit;             /* enum recipe_unit */
    int last;             /* others are asked first whether they fit */
    int worker;           /* enum recipe_worker; for Python's only the keys that detect count */
    int slow;             /* a process costs so much to begin with that few are wanted */
    int feed;         /* a process is told its ids on its standard input, a line each, as long as it runs */
    int merge;        /* standard error goes the way of standard output */
    int unsafe;       /* no two of its processes at once */
    int stack_signal; /* see recipe_signal */
    unsigned holes;   /* enum recipe_hole, of `run` */
    struct strings keys, values; /* all that was set, in order, so that it can be sent elsewhere */
};

/* Whether there is a format of that name; for the values of format and list-format. */
typedef bool recipe_knows(const char *format);

/* Sets one key from text; what takes one value only is replaced, `detect` and `env` are added to. where:
 * "path:line". -EINVAL and a line for an unknown key or a bad value. knows may be NULL: every format is. */
int recipe_set(struct recipe *recipe, const char *key, const char *value, const char *where,
               recipe_knows *knows, struct error *error);

/* The name of the framework that Python's worker runs; NULL: the worker is our own. */
const char *recipe_framework(const struct recipe *recipe);

/* What makes a hanging process say where it hangs; 0: nothing does. */
int recipe_signal(const struct recipe *recipe);

/* The name of the format that its command `profile` prints, see trace/profile.h; NULL: it has none. */
const char *recipe_profile_format(const struct recipe *recipe);

/* Whether an event is about a part: something that is shown and never asked for. */
bool recipe_is_part(const struct recipe *recipe, const struct event *event);

/* Whether a file's parts can be asked for without the others. */
bool recipe_picks_parts(const struct recipe *recipe);

/* Whether it is complete. where: the file or section, for the line. 0 or -EINVAL. */
int recipe_check(const struct recipe *recipe, const char *where, struct error *error);

/* As one JSON object, and back: -EINVAL with a line when that is none. The object is the caller's. */
json_t *recipe_pack(const struct recipe *recipe);
int recipe_unpack(struct recipe *recipe, const json_t *packed, struct error *error);

void recipe_release(struct recipe *recipe);

#endif
