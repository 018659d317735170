/* What the session's own files share; nobody else includes it. */
#ifndef ALOOF_SESSION_PRIVATE_H
#define ALOOF_SESSION_PRIVATE_H

#include "session/session.h"

#include "session/chatter.h"
#include "session/failure.h"

#include "plan/affects.h"
#include "plan/order.h"
#include "plan/risks.h"
#include "plan/rounds.h"
#include "plan/shard.h"
#include "project/repo.h"
#include "project/watch.h"
#include "run/pool.h"
#include "store/history.h"
#include "trace/places.h"
#include "trace/suffix.h"

/* What a team is at in the run that goes on. */
enum team_state {
    TEAM_OUT, /* takes no part in it */
    TEAM_LISTING,
    TEAM_DEALING,
    TEAM_ENDED,
};

/* Who runs the tests of one recipe: its worker, and its boxes. Several may work side by side; they share the
 * slots, of which each holds boxes of one team at a time. */
struct team {
    struct session *session;
    unsigned number;
    const struct recipe *recipe; /* borrowed */
    char *known_as;              /* by the history: the recipe's name, and whose outcomes these are */
    char *prefix;                /* before the ids of its tests, so that they differ from those of others */
    char *runner;                /* "pytest 7.2.1", NULL not known yet */
    char *python;                /* that it took instead of the session's; NULL: none */
    struct pool *pool;           /* NULL: closed */
    struct strings args;         /* the runner's: options, then targets */
    enum team_state state;
    bool idle;            /* takes part in nothing: the person asked for tests of others */
    bool all_files;       /* collects everything, … */
    struct strings files; /* … or these */
    VEC(uint32_t) listed; /* by position in its own listing: that in the model's */
    struct schedule schedule;
    struct setups setups;
    struct affects affects;
    struct risks risks;
    struct pool_end end; /* of TEAM_ENDED; its text is `said` */
    char *said;
};

/* A look at the work tree, in another thread. */
struct session_tree {
    struct session *session;
    uv_work_t work;
    bool busy, again;
    int code;
    struct repo_state state;
    unsigned number; /* the model's, of the tree that is looked at; 0: it had just changed */
    unsigned newest; /* that a run was of */
};

struct session_load;  /* load.c */
struct session_files; /* files.c */

struct session {
    uv_loop_t *loop;
    struct settings settings; /* strings borrowed from the caller's */
    const struct session_events *events;
    void *owner;

    struct repo *repo;
    struct watch *watch;       /* NULL: --once, or closed */
    struct session_load *load; /* results of elsewhere, until they are read; NULL: none */
    struct team *teams;        /* they never move */
    size_t team_count;
    struct history *history;
    struct chatter chatter;
    struct session_files *files_kept;        /* NULL: no run yet */
    const struct session_reporter *reporter; /* NULL: none */
    void *reporter_owner;
    uv_prepare_t before_wait; /* hands out one `changed` per turn of the loop */
    uv_timer_t flush;         /* armed while results wait for the history */
    uv_timer_t calm;          /* armed while tests are suspected of being flaky */
    unsigned open_parts;      /* pools, watch, prepare, timers: and a count under way: down to closed() */
    bool closing;

    struct model model;
    struct loop loop_plan;
    struct selfwrite selfwrite;
    VEC(uint32_t) own_positions; /* by position in the model's listing: that in its team's own */
    VEC(struct failure) failures;
    VEC(size_t) failure_at; /* by test: its place among them, MAP_NONE none; as long as was needed */
    unsigned versions;      /* that failures had so far */
    struct places *places;  /* how frames are written in other languages than Python */

    struct suffixes tree; /* the project's files by the ends of their paths, … */
    bool tree_known;      /* … if anybody has asked yet */

    char *cwd, *python, *here, *branch, *runner, *broken;
    char *self, *worker_source;
    struct strings covered; /* changed files that the run is about */
    struct strings killed;  /* ids of tests, not yet told */
    struct strings reports; /* files that are written for other programs, relative to the root */
    bool watching, dirty, stop_on_failure, stopped;
    struct order order;     /* that a person wants */
    struct strings list;    /* that is run by name */
    struct strings names;   /* what was typed and is no file: tests, where there are such */
    const char *nothing;    /* why there is nothing to run; NULL there is */
    bool profile;           /* tests are to tell what takes their time */
    bool idle;              /* its owner asks for every run */
    bool list_in_order;     /* that is wanted of lists; */
    bool list_in_one_box;   /* so is that; */
    bool one_box;           /* and so it is with this run */
    size_t risky, affected; /* tests of this run, as the status tells them */
    unsigned maxfail;       /* of this run: the settings', else what the runner's own options say */

    bool drawn;            /* the seed of the order is not the person's */
    struct rounds rounds;  /* of --once */
    struct shard shard;    /* that is wanted of each run, */
    size_t elsewhere;      /* and so many tests of this one are in others */
    unsigned retrying;     /* tests that failed in this run and run again */
    struct strings routes; /* where those ran first, that did so; … */
    struct map retried;    /* … of which test, by its id */

    unsigned serial;
    uint64_t run_began, run_took;                     /* uv_hrtime */
    int64_t run_began_utc, run_ended_utc, verdict_at; /* run_ended_utc: 0 while one is on */
    struct session_tree tree_look;
    size_t added, modified; /* as counted last */
    int exit_code;
};

/* What a kill -9 may cost of the history at most. */
#define SESSION_FLUSH_MS 50

/* UTC now, in ns. */
int64_t session_now(void);

/* Marks that something changed; `changed` follows before the loop waits again. */
void session_touch(struct session *session);

/* run.c: one step of the plan, and what it asks for. */
void session_step(struct session *session, const struct loop_event *event);
/* Takes in an event of the run; as model_apply. A test that so has its outcome is then to be finished. */
size_t session_take(struct session *session, const struct event *event);
void session_finish(struct session *session, size_t test);
/* What the history was told is written within SESSION_FLUSH_MS. */
void session_flush_soon(struct session *session);
/* Whether that end means that the runner could not do its work; and why a team's could not, and what to do
 * when there is no interpreter with the runner in it: the caller frees. */
bool session_is_broken(const struct pool_end *end);
char *session_explain(const struct team *team);
/* All teams that took part in the run have ended. */
void session_run_ended(struct session *session);

/* team.c: makes the teams, one for each recipe; they are borrowed for the session's life. */
void session_teams_make(struct session *session, const struct recipe *recipes, size_t count);
void session_teams_open(struct session *session); /* starts their workers */
void session_teams_run(struct session *session);  /* what the plan asks for */
void session_team_run(struct team *team);         /* one that takes part in it */

/* Whether one process is to run all that the team's recipe lists. */
bool session_team_runs_all(const struct team *team);

void session_teams_cancel(struct session *session);
bool session_teams_are(const struct session *session, enum team_state state);                /* any of them */
const struct team *session_team_known_as(const struct session *session, const char *recipe); /* NULL none */
const struct team *session_team_of(const struct session *session, size_t test);
/* Whose boxes the slot holds; NULL: it is free. */
const struct team *session_team_in(const struct session *session, unsigned slot);
/* The team's test of that id (NULL none) in the model, or MAP_NONE; and back, with its recipe for the
 * history.
 */
size_t session_find(const struct session *session, const struct team *team, const char *own_id);
const char *session_own_id(const struct session *session, const struct test *test);
struct history_name session_name(const struct session *session, const struct test *test);
void session_teams_close(struct session *session);
void session_teams_release(struct session *session);

/* deal.c: their owner is a team. */
extern const struct pool_events session_pool_events;

/* How a run ended that could be carried through or not, and what the plan does then. */
void session_end_run(struct session *session, int exit_code, bool complete, bool cancelled);
/* Whether any test of the run failed. */
bool session_run_failed(const struct session *session);

/* load.c: results that are read instead of made, from where the input says. */
void session_load_new(struct session *session, const struct session_input *input);
const char *session_load_name(const struct session *session);
/* First the tests of this project are listed. Of that listing: an event; it ended, whichever way. */
void session_load_listed(struct session *session, const struct event *event);
void session_load_read(struct session *session, const struct pool_end *end);
/* Stops it, if the reading is on. Whether it was. */
bool session_load_stop(struct session *session);
void session_load_close(struct session *session); /* a part of the session then closes */
void session_load_free(struct session *session);

/* tell.c: lines for the person and for the log. A test ended in a crash or at its deadline, and it
 * was here that it ran; it left processes behind. */
void session_tell_ended(struct session *session, size_t test);
void session_tell_leak(struct session *session, const struct event *event);
/* The test was running and was killed: all of them are one line, once it is known why; where it is the plan
 * that wanted it, the plan knows. */
void session_killed(struct session *session, struct bytes test_id);
void session_tell_killed(struct session *session, const char *why);
void session_tell_cancelled(struct session *session);
/* The worker is being killed. */
void session_tell_broken(struct session *session);
void session_tell_ignored(struct session *session, const char *path, size_t others, const char *why);
/* recipes: the value of the key that would have what fits, too. */
void session_tell_beside(struct session *session, const char *recipes);

/* beside.c: has the log tell, soon, which other recipes fit. */
void session_beside_look(struct session *session);

/* files.c: files of no test. A run begins; an event is a piece of one; the run is over. */
void session_files_begin(struct session *session);
void session_files_take(struct session *session, const struct event *event);
void session_files_end(struct session *session);
void session_files_close(struct session *session);
void session_files_free(struct session *session);

/* watch.c */
extern const struct watch_events session_watch_events;

/* tree.c: looks at the work tree, and tells the header and the history of it; again, if it is at it.
 */
void session_tree_look(struct session *session);
/* A run begins; fills in what it is of. */
void session_tree_begin(struct session *session, struct history_run *run);

/* failures.c: the list of failures as the screen shows it. */
void session_failure_update(struct session *session, size_t test);
void session_failures_recall(struct session *session);                 /* known red tests, at start */
void session_failures_sweep(struct session *session, bool keep_fixed); /* drops what is retired, and fixed */
void session_failures_remark(struct session *session);                 /* marks changed lines again */
void session_failure_touch(struct session *session, size_t test);      /* it is to be told anew */
void session_failures_release(struct session *session);

/* elsewhere.c: what the project calls a file that is not where a failure of the test has it; as
 * `here` of trace_paths. */
const char *session_find_here(struct session *session, const struct test *test, const char *path);
bool session_has_file(const struct session *session, const char *path);
/* A file was changed, made or deleted. */
void session_tree_changed(struct session *session, const char *path, bool deleted);

/* list.c: takes in what of the tests is wanted, and in which order: 0, or a negative errno with a
 * line. Then begins the run of what is wanted by name. */
int session_choose(struct session *session, struct error *error);
void session_list_begin(struct session *session);
/* After it: whether the list has tests that are not there, which it says. */
bool session_list_is_short(struct session *session);
/* The order of the run that goes on; tells it, where nobody could know it. */
struct order session_order(const struct session *session);
void session_order_tell(struct session *session);
/* The team's tests are asked for, and are to be dealt: leaves out what is in other shards. At the end it is
 * told; returns whether all of it is there. */
void session_shard_keep(struct team *team);
bool session_shard_is_empty(struct session *session);

/* retry.c: a run begins. */
void session_retry_begin(struct session *session);
/* The test has an outcome: whether it is run again for another. */
bool session_retry(struct session *session, size_t test);
/* Hands the event to the reporter, with what retries make of it. */
void session_report(struct session *session, const struct event *event);

/* narrow.c: tells what a step of the plan made of the steps, which were at `before`. */
void session_steps_tell(struct session *session, size_t before);

/* recipe.c: what a recipe changes. The text that our own worker is started with; NULL for pytest's.
 * The caller frees. */
char *session_recipe_source(const struct team *team);
/* Settles how many boxes there are: where nobody said, as many as the first recipe that has a command for it
 * says, else one a processor; but never more than can be busy at once. -EINVAL with a line. */
int session_recipe_boxes(struct session *session, struct error *error);

/* python.c: the team's interpreter; and another one, with which its run has begun again, where that
 * could not do it for lack of what runs the tests. False: there is none. */
const char *session_python(const struct team *team);
bool session_python_instead(struct team *team, const struct pool_end *end);

/* args.c: fills in the args of the team: for pytest's worker its options, then what it is restricted
 * to. */
int session_team_args(struct team *team, struct error *error);

/* What was typed and is neither a file nor, by the listing, a test; NULL: nothing. Borrowed. */
const char *session_missing_name(const struct session *session);
/* The person's own arguments, as far as they are for it. */
const struct strings *session_runner_args(const struct team *team);

/* learned.c: what the history knows, at start; and what a test tells that the event ended. */
void session_learned_recall(struct session *session);
/* How long the test usually takes when it sets up all that it shares, in ns; 0 not known. */
int64_t session_usual(const struct session *session, const struct test *test);
void session_learn_test(struct team *team, const struct event *event, const struct test *test);

/* affects.c: which files load which; what broke, when a run ends; what the history knows of both; and
 * what is so known for a deal, to be released. */
struct session_facts {
    struct schedule_facts schedule;
    struct map affected, risky;
};
void session_learn_loads(struct team *team, const char *path, const char *how, const struct strings *loads);
void session_learn_risks(struct session *session);
void session_recall_fact(struct team *team, const struct history_fact *fact);
void session_facts_gather(const struct team *team, struct session_facts *to);
void session_facts_count(struct team *team, const struct session_facts *facts); /* what the status tells */
void session_facts_release(struct session_facts *facts);

/* texts.c: what came with a failure, as the history keeps it; its bufs own it. Then, at the start of
 * the loop: gives the test what is kept of it, and says whether there was any. */
struct session_texts {
    struct history_text texts[FAILURE_KEPT];
    struct buf bufs[FAILURE_KEPT];
    size_t count;
};
void session_texts_keep(const struct test *test, struct session_texts *texts);
void session_texts_release(struct session_texts *texts);
bool session_texts_recall(struct session *session, size_t test);

/* remember.c: a run ended; tests that turned in it are flaky if no change is heard of soon. */
void session_flaky_await(struct session *session);

/* A part (a pool, watch, prepare, timer) is closed. */
void session_part_closed(struct session *session);

#endif
