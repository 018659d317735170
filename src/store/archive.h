/* What the history knows, for those who ask (aloof last, slowest, …): reads the database beside whoever
 * writes it, and changes nothing. Whatever is given to a callback is borrowed for the call; one that returns
 * false ends the reading. Functions return 0, or a negative errno with a line. */
#ifndef ALOOF_STORE_ARCHIVE_H
#define ALOOF_STORE_ARCHIVE_H

#include "core/error.h"
#include "plan/model.h"
#include "store/history.h"

struct archive; /* heap */

struct archive_run {
    int64_t id; /* counts up */
    const char *kind, *because;
    const char *verdict;          /* NULL: it goes on, or was killed */
    int64_t started_ns, ended_ns; /* UTC; ended 0 likewise */
    int64_t tree;                 /* the same for runs of the same sources; 0: not known */
    const char *commit, *fingerprint, *dirty, *changed; /* see history.h; "" not known */
    size_t counts[OUTCOME_COUNT];                       /* tests, by outcome */
};

struct archive_test {
    int64_t row; /* what it is asked for by */
    struct history_test known;
    enum outcome outcome;
    int64_t time_ns, run; /* of that outcome */
};

struct archive_result {
    int64_t run, test; /* their ids and rows */
    struct history_name name;
    enum outcome outcome;
    int64_t time_ns, duration_ns, cpu_ns; /* UTC; 0 unknown */
};

/* A test that passed and failed on the same sources. */
struct archive_flaky {
    int64_t test;
    struct history_name name;
    size_t passed, failed; /* runs of such sources */
    size_t trees;          /* how many they were */
    int64_t run;           /* the newest of them … */
    int64_t time_ns;       /* … which began then, UTC */
};

/* What a test came to in a run, and in the newest one before that which did not skip it. */
struct archive_turn {
    struct archive_result now;
    enum outcome before; /* OUTCOME_UNKNOWN: there is none */
};

typedef bool archive_turn_reader(void *owner, const struct archive_turn *turn);
typedef bool archive_flaky_reader(void *owner, const struct archive_flaky *flaky);
typedef bool archive_run_reader(void *owner, const struct archive_run *run);
typedef bool archive_test_reader(void *owner, const struct archive_test *test);
typedef bool archive_result_reader(void *owner, const struct archive_result *result);

/* Opens DIR/history.db. -ENOENT, without a line: there is none yet. A file of an older schema is brought to
 * the newest, where it can be written. */
int archive_open(struct archive **archive, const char *dir, struct error *error);
void archive_close(struct archive *archive); /* NULL does nothing */

/* The runs up to the one of that id (INT64_MAX: all), the newest first, `most` at most. */
int archive_runs(struct archive *archive, int64_t upto, size_t most, archive_run_reader *each, void *owner,
                 struct error *error);

/* All tests that are not retired, in the order in which they were first heard of. */
int archive_tests(struct archive *archive, archive_test_reader *each, void *owner, struct error *error);

/* Those of them that are red. */
int archive_red_tests(struct archive *archive, archive_test_reader *each, void *owner, struct error *error);

enum archive_time {
    ARCHIVE_USUAL,
    ARCHIVE_CPU,     /* of the newest run */
    ARCHIVE_WAITING, /* likewise, time less processor time */
};

/* Those of a known usual time, which take longest first, `most` at most. */
int archive_slowest(struct archive *archive, enum archive_time by, size_t most, archive_test_reader *each,
                    void *owner, struct error *error);

/* What the tests of a run came to, in the order in which they ended. */
int archive_run_results(struct archive *archive, int64_t run, archive_result_reader *each, void *owner,
                        struct error *error);

/* Those of them that are failures. */
int archive_run_failures(struct archive *archive, int64_t run, archive_result_reader *each, void *owner,
                         struct error *error);

/* What came with the newest failure of the test with that row, if it still is red. run: only if that was in
 * this one; 0: in any. */
int archive_texts(struct archive *archive, int64_t test, int64_t run,
                  bool (*each)(void *owner, const struct history_text *text), void *owner,
                  struct error *error);

/* What one test came to, the newest `most` runs, the newest first. */
int archive_test_results(struct archive *archive, int64_t test, size_t most, archive_result_reader *each,
                         void *owner, struct error *error);

/* Those tests of a run that failed in it and did not before, or passed and failed before. */
int archive_turned(struct archive *archive, int64_t run, archive_turn_reader *each, void *owner,
                   struct error *error);

/* The tests that failed in runs that are remembered, those that did in most of them first, `most` tests at
 * most: the newest failure of each. */
int archive_failures(struct archive *archive, size_t most, archive_result_reader *each, void *owner,
                     struct error *error);

/* The tests that passed and failed on the same sources, those that failed the more often first, in share. */
int archive_flaky(struct archive *archive, archive_flaky_reader *each, void *owner, struct error *error);

#endif
