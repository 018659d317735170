#include "runner/job_private.h"

/* What speaks against the process as a whole; "": nothing. */
static void accuse(const struct job *job, int exit_code, int signal, struct buf *charges)
{
    if (signal != 0)
        buf_printf(charges, "killed by signal %d when all was reported\n", signal);
    else if (exit_code != 0 && !job->any_failed)
        buf_printf(charges, "exited with status %d%s\n", exit_code,
                   job->format != NULL ? ", and nothing that it reported failed" : "");
    buf_add(charges, job->damage.data, job->damage.len);
}

/* The outcome of a test that is a process as a whole. */
static void judge_whole(struct job *job, int exit_code)
{
    struct buf charges = {0};
    accuse(job, exit_code, 0, &charges);
    if (charges.len == 0 && job->format != NULL && job->format->silent && !job->spoken)
        buf_printf(&charges, "exited with status %d without a word about it\n", exit_code);
    struct event outcome = {
        .test_id = bytes_of(job->asked.tests[0].id), .status = EVENT_SUCCESS, .runnable = true};
    if (charges.len == 0 && job->format != NULL && job->tallies[0].parts == 0 && !job_is_lacking(job, 0)) {
        outcome.status = EVENT_SKIP;
        job_attach(job, outcome.test_id, "reason", bytes_of("there is nothing in it"));
    }
    job_conclude(job, 0, outcome, &charges);
    job->reported[0] = true;
    job->running = job->asked.count;
    buf_release(&charges);
}

/* A test that nothing was reported of. One whose file does not build is skipped: it is the file that is red.
 */
static void judge_missing(struct job *job, size_t at, int exit_code)
{
    const struct recipe_test *test = &job->asked.tests[at];
    bool broken = strings_find(&job->broken, test->file, NULL) == 0;
    struct bytes id = bytes_of(test->id);
    struct buf reason = {0};
    if (broken)
        buf_printf(&reason, "%s does not build", test->file);
    else
        buf_printf(&reason, "the command exited with status %d without a word about it", exit_code);
    job_attach(job, id, "reason", buf_bytes(&reason));
    const struct bytes tag = bytes_of(TAG_NOT_RUN);
    const struct event missing = {.test_id = id,
                                  .status = broken ? EVENT_SKIP : EVENT_FAIL,
                                  .tags = &tag,
                                  .tag_count = !broken,
                                  .has_tags = !broken,
                                  .runnable = true};
    job_send(job, &missing);
    job->reported[at] = true;
    buf_release(&reason);
}

/* Each test has an outcome of its own. A process that fails without a failing test, or that contradicts
 * itself, fails as what its tests share. */
static void judge_each(struct job *job, int exit_code, int signal)
{
    struct buf charges = {0};
    for (size_t i = 0; i < job->asked.count; i++)
        if (!job->reported[i])
            judge_missing(job, i, exit_code);
    job->running = job->asked.count;
    accuse(job, exit_code, signal, &charges);
    const char *file = asked_file(&job->asked, bytes_of(""), job->running);
    const char *shared = file[0] != '\0' ? file : job->recipe->name;
    size_t tagged = job_tag_group(job, file);
    const struct bytes group = buf_bytes(&job->group);
    struct buf stray = {0};
    clip_text(&job->stray, &stray);
    job_attach(job, bytes_of(shared), "report", buf_bytes(&charges));
    if (charges.len > 0)
        job_attach(job, bytes_of(shared), "stdout", buf_bytes(&stray));
    buf_release(&stray);
    const struct event outcome = {.test_id = bytes_of(shared),
                                  .status = EVENT_FAIL,
                                  .tags = &group,
                                  .tag_count = tagged,
                                  .has_tags = tagged > 0};
    if (charges.len > 0)
        job_send(job, &outcome);
    buf_release(&charges);
}

/* The process ended in the middle of a file, as the stream has it. */
static void judge_cut_off(struct job *job, int exit_code)
{
    size_t at = job->running;
    char reason[80];
    const struct bytes id = bytes_of(job->asked.tests[at].id), tag = bytes_of(TAG_CRASH);
    const struct event crash = {.test_id = id,
                                .status = EVENT_FAIL,
                                .tags = &tag,
                                .tag_count = 1,
                                .has_tags = true,
                                .runnable = true};
    snprintf(reason, sizeof reason, "exited with status %d in the middle of it", exit_code);
    job_attach(job, id, "reason", bytes_of(reason));
    job->crashed = true;
    job_send(job, &crash);
    job_settle(job, at);
}

/* The files of which parts were told, and no end. When nothing is wrong as a whole, that is all of them, and
 * they are as their parts are. Whether all are judged. */
static bool judge_files(struct job *job, int exit_code)
{
    bool whole = true, fine = job->damage.len == 0 && (exit_code == 0 || job->any_failed);
    for (size_t i = 0; i < job->asked.count; i++) {
        const struct event outcome = {
            .test_id = bytes_of(job->asked.tests[i].id), .status = EVENT_SUCCESS, .runnable = true};
        bool told = fine && job->tallies[i].parts > 0;
        whole &= told || job->reported[i];
        if (told && !job->reported[i])
            job_conclude(job, i, outcome, NULL);
        job->reported[i] |= told;
    }
    return whole;
}

static bool any_lacking(const struct job *job)
{
    size_t at = 0;
    while (at < job->asked.count && !job->tallies[at].lacking)
        at++;
    return at < job->asked.count;
}

static enum job_ending died(struct job *job, bool known)
{
    held_settle(&job->held);
    bool blames = known || job->asked.count == 1 || !job->asked.files || job->recipe->feed;
    return blames ? JOB_DIED : JOB_UNSURE;
}

enum job_ending job_end(struct job *job, int exit_code, int signal)
{
    job->signal = signal;
    job->exit_code = exit_code;
    if (job->format != NULL && job->format->exited != NULL && signal == 0)
        job->format->exited(job->reader, exit_code);
    if (job->format != NULL)
        job->format->end(job->reader);
    job_flush(job);
    bool files = job->asked.files && job->format != NULL, many = job->asked.count > 1;
    if (signal == 0 && files && job->tells_starts && job->running < job->asked.count)
        judge_cut_off(job, exit_code);
    if ((signal != 0 || job->crashed) && !job_all_reported(job))
        return died(job, job->crashed || job->tells_starts);
    if (files && many && !job->recipe->feed && !job_all_reported(job) && !judge_files(job, exit_code))
        return died(job, false);
    if (job->crashed || any_lacking(job))
        job->running = job->asked.count; /* that explains the rest of what is odd */
    else if (job->format == NULL || (files && !many && !job->reported[0]))
        judge_whole(job, exit_code);
    else
        judge_each(job, exit_code, signal);
    held_settle(&job->held);
    return any_lacking(job) ? JOB_LACKING : JOB_WHOLE;
}
