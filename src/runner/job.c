#include "runner/job.h"

#include <stdlib.h>

#define NOISE_PIECE 3000 /* octets: what fits in a packet with its head */
#define NAMED_MAX 1500   /* octets kept of the name of what was reported unasked */
#define STRAY_MAX 16384  /* octets kept of output that came when no test ran */
#define DAMAGE_MAX 4096  /* octets kept of what cannot be true */
#define PLAIN_TEXT "text/plain;charset=utf8"

/* Whether its results come in a file of their own. */
static bool has_report(const struct job *job)
{
    return (job->recipe->holes & HOLE_REPORT) != 0;
}

/* Makes the tag of that file in job->group. Returns how many tags that is. */
static size_t tag_group(struct job *job, const char *file)
{
    buf_clear(&job->group);
    buf_printf(&job->group, TAG_GROUP "%s", file);
    return file[0] != '\0';
}

static void send(struct job *job, const struct event *event)
{
    job->any_failed |= event->status == EVENT_FAIL;
    held_take(&job->held, event);
}

static void begin(struct job *job, size_t at)
{
    job->running = at;
    const struct event event = {
        .status = EVENT_INPROGRESS, .test_id = bytes_of(job->asked.tests[at].id), .runnable = true};
    send(job, &event);
}

/* A deadline wants to know which test it is that runs: without a word from the stream, the first that is not
 * reported. */
static void start_next(struct job *job)
{
    size_t at = 0;
    while (at < job->asked.count && job->reported[at])
        at++;
    job->running = at;
    if (at < job->asked.count)
        begin(job, at);
}

static void settle(struct job *job, size_t at)
{
    job->reported[at] = true;
    if (!job->tells_starts && !job->crashed)
        start_next(job);
    else if (job->running == at)
        job->running = job->asked.count;
}

/* Output of the process, which is that of the test that runs. */
static void forward(struct job *job, const char *name, struct bytes octets)
{
    if (job->running == job->asked.count)
        clip_add(&job->stray, octets);
    const struct event event = {.file_name = bytes_of(name), .file = octets};
    send(job, &event);
}

/* The index of the file that a part is of, which then is the one that runs where the stream does not say
 * such things. */
static size_t find_file(struct job *job, struct bytes id, struct bytes *name)
{
    size_t at = asked_find_part(&job->asked, id, name);
    if (at == job->asked.count)
        return job->asked.count == 1 ? 0 : job->running < job->asked.count ? job->running : job->last;
    if (at != job->running && !job->reported[at] && !job->tells_starts)
        begin(job, at);
    job->last = at;
    return at;
}

/* Makes the name of a part in job->name. Returns the file that it is of; "" none. */
static const char *name_part(struct job *job, struct bytes id, struct tally **tally)
{
    struct bytes name = id;
    bool files = job->asked.files;
    size_t at = files ? find_file(job, id, &name) : 0;
    size_t kept = name.len < NAMED_MAX ? name.len : NAMED_MAX;
    const char *file = files ? job->asked.tests[at].id : asked_file(&job->asked, id, job->running);
    *tally = &job->tallies[at];
    buf_clear(&job->name);
    if (files || (file[0] != '\0' && !asked_is_in(name, file)))
        buf_printf(&job->name, "%s" ASKED_BETWEEN, file);
    buf_add(&job->name, name.data, kept);
    return files ? job->asked.tests[at].file : file;
}

/* A part of a file (a TAP point), or something that nobody listed: it is shown, and never asked for. */
static void take_part(struct job *job, const struct event *event)
{
    struct event part = *event;
    VEC(struct bytes) tags = {0};
    struct tally *tally;
    const char *file = name_part(job, event->test_id, &tally);
    part.test_id = buf_bytes(&job->name);
    part.route = (struct bytes){0};
    part.runnable = false;
    if (event_has_tag(event, TAG_COLLECTION) && event->status == EVENT_FAIL)
        strings_take(&job->broken, bytes_dup(event->test_id));
    if (event_is_final(event)) {
        tally->parts++;
        tally->failed += event->status == EVENT_FAIL;
        tally->skipped += event->status == EVENT_SKIP;
        for (size_t i = 0; i < event->tag_count; i++)
            vec_push(&tags, event->tags[i]);
        if (tag_group(job, file) > 0)
            vec_push(&tags, buf_bytes(&job->group));
        part.has_tags = tags.len > 0;
        part.tags = tags.items;
        part.tag_count = tags.len;
    }
    send(job, &part);
    vec_release(&tags);
}

static void attach(struct job *job, struct bytes id, const char *name, struct bytes text)
{
    const struct event event = {
        .test_id = id, .file_name = bytes_of(name), .file = text, .mime = bytes_of(PLAIN_TEXT), .eof = true};
    if (text.len > 0)
        send(job, &event);
}

/* The stream says that the test crashed. Whether it is to be told: when a signal ended the process under it,
 * the pool knows better. */
static bool take_crash(struct job *job, size_t at)
{
    char reason[80];
    if (job->signal != 0 && at == job->running)
        return false;
    job->crashed = true;
    snprintf(reason, sizeof reason, "exited with status %d in the middle of the test", job->exit_code);
    if (job->exit_code >= 0)
        attach(job, bytes_of(job->asked.tests[at].id), "reason", bytes_of(reason));
    return true;
}

/* The outcome of a file, by what it says itself, what its parts say, and what else speaks against it (lines;
 * NULL: nothing). */
static void conclude(struct job *job, size_t at, struct event outcome, const struct buf *charges)
{
    const struct tally *tally = &job->tallies[at];
    struct buf report = {0};
    if (tally->failed > 0)
        buf_printf(&report, "%zu of %zu in it failed\n", tally->failed, tally->parts);
    if (charges != NULL)
        buf_add(&report, charges->data, charges->len);
    if (report.len > 0)
        outcome.status = EVENT_FAIL;
    if (outcome.status == EVENT_SUCCESS && tally->parts > 0 && tally->parts == tally->skipped) {
        outcome.status = EVENT_SKIP;
        attach(job, outcome.test_id, "reason", bytes_of("all of it is skipped"));
    }
    attach(job, outcome.test_id, "report", buf_bytes(&report));
    send(job, &outcome);
    buf_release(&report);
}

/* Lines that are not of the format go on together: an event each would cost more than they do. */
static void flush_noise(struct job *job)
{
    if (job->noise.len == 0)
        return;
    struct buf noise = job->noise;
    job->noise = (struct buf){0};
    forward(job, "stdout", buf_bytes(&noise));
    buf_release(&noise);
}

static void take_event(void *owner, const struct event *event)
{
    struct job *job = owner;
    job->spoken = true;
    flush_noise(job);
    if (event->test_id.data == NULL && event->file_name.data != NULL)
        send(job, event);
    if (event->test_id.data == NULL || event->status == EVENT_EXISTS)
        return;
    size_t at = asked_find(&job->asked, event->test_id);
    if (at == job->asked.count || recipe_is_part(job->recipe, event)) {
        take_part(job, event);
        return;
    }
    if (event_has_tag(event, TAG_CRASH) && !take_crash(job, at))
        return;
    struct event own = *event;
    own.test_id = bytes_of(job->asked.tests[at].id);
    own.route = (struct bytes){0};
    own.runnable = true;
    if (event->status == EVENT_INPROGRESS) {
        bool known = job->running == at;
        job->tells_starts = true;
        job->running = at;
        if (known)
            return;
    }
    if (job->asked.files && event_is_final(event))
        conclude(job, at, own, NULL);
    else
        send(job, &own);
    if (event_is_final(event) && !job->reported[at])
        settle(job, at);
}

static void take_noise(void *owner, struct bytes octets)
{
    struct job *job = owner;
    buf_add(&job->noise, octets.data, octets.len);
    if (job->noise.len >= NOISE_PIECE)
        flush_noise(job);
}

static void take_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    struct job *job = owner;
    (void)length;
    if (job->damage.len < DAMAGE_MAX)
        buf_printf(&job->damage, "%s (at octet %llu of its %s)\n", reason, (unsigned long long)offset,
                   has_report(job) ? "report" : "output");
}

static const struct event_sink sink = {take_event, take_noise, take_damage};

void job_again(struct job *job, const struct recipe_test *tests, size_t count)
{
    free(job->reported);
    free(job->tallies);
    asked_release(&job->asked);
    asked_init(&job->asked, job->recipe, tests, count);
    job->running = count;
    job->last = 0;
    job->reported = mem_zero(count * sizeof *job->reported);
    job->tallies = mem_zero(count * sizeof *job->tallies);
    job->crashed = false;
}

void job_init(struct job *job, const struct recipe *recipe, const struct recipe_test *tests, size_t count,
              void (*event)(void *owner, const struct event *event), void *owner)
{
    *job = (struct job){.recipe = recipe, .exit_code = -1, .held = {.event = event, .owner = owner}};
    job->stray.limit = STRAY_MAX;
    job_again(job, tests, count);
    if (recipe->format == NULL)
        return;
    job->format = stream_format(recipe->format);
    job->held.late = job->format->late;
    job->reader = mem_zero(job->format->size);
    job->format->init(job->reader, &sink, job);
}

void job_begin(struct job *job)
{
    start_next(job);
}

void job_feed(struct job *job, bool errors, struct bytes octets)
{
    if (errors || job->format == NULL || has_report(job))
        forward(job, errors ? "stderr" : "stdout", octets);
    else
        job_report(job, octets);
}

void job_report(struct job *job, struct bytes octets)
{
    job->format->feed(job->reader, octets.data, octets.len);
    flush_noise(job);
}

void job_complain(struct job *job, const char *text)
{
    if (job->damage.len < DAMAGE_MAX)
        buf_printf(&job->damage, "%s\n", text);
}

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
    if (charges.len == 0 && job->format != NULL && job->tallies[0].parts == 0) {
        outcome.status = EVENT_SKIP;
        attach(job, outcome.test_id, "reason", bytes_of("there is nothing in it"));
    }
    conclude(job, 0, outcome, &charges);
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
    attach(job, id, "reason", buf_bytes(&reason));
    const struct bytes tag = bytes_of(TAG_NOT_RUN);
    const struct event missing = {.test_id = id,
                                  .status = broken ? EVENT_SKIP : EVENT_FAIL,
                                  .tags = &tag,
                                  .tag_count = !broken,
                                  .has_tags = !broken,
                                  .runnable = true};
    send(job, &missing);
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
    size_t tagged = tag_group(job, file);
    const struct bytes group = buf_bytes(&job->group);
    struct buf stray = {0};
    clip_text(&job->stray, &stray);
    attach(job, bytes_of(shared), "report", buf_bytes(&charges));
    if (charges.len > 0)
        attach(job, bytes_of(shared), "stdout", buf_bytes(&stray));
    buf_release(&stray);
    const struct event outcome = {.test_id = bytes_of(shared),
                                  .status = EVENT_FAIL,
                                  .tags = &group,
                                  .tag_count = tagged,
                                  .has_tags = tagged > 0};
    if (charges.len > 0)
        send(job, &outcome);
    buf_release(&charges);
}

static bool all_reported(const struct job *job)
{
    size_t at = 0;
    while (at < job->asked.count && job->reported[at])
        at++;
    return at == job->asked.count;
}

bool job_is_done(struct job *job)
{
    bool done = all_reported(job);
    if (done)
        held_settle(&job->held);
    return done;
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
    attach(job, id, "reason", bytes_of(reason));
    job->crashed = true;
    send(job, &crash);
    settle(job, at);
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
            conclude(job, i, outcome, NULL);
        job->reported[i] |= told;
    }
    return whole;
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
    if (job->format != NULL)
        job->format->end(job->reader);
    flush_noise(job);
    bool files = job->asked.files && job->format != NULL, many = job->asked.count > 1;
    if (signal == 0 && files && job->tells_starts && job->running < job->asked.count)
        judge_cut_off(job, exit_code);
    if ((signal != 0 || job->crashed) && !all_reported(job))
        return died(job, job->crashed || job->tells_starts);
    if (files && many && !job->recipe->feed && !all_reported(job) && !judge_files(job, exit_code))
        return died(job, false);
    if (job->crashed)
        job->running = job->asked.count; /* that explains the rest of what is odd */
    else if (job->format == NULL || (files && !many && !job->reported[0]))
        judge_whole(job, exit_code);
    else
        judge_each(job, exit_code, signal);
    held_settle(&job->held);
    return JOB_WHOLE;
}

void job_release(struct job *job)
{
    if (job->format != NULL)
        job->format->release(job->reader);
    free(job->reader);
    free(job->reported);
    free(job->tallies);
    asked_release(&job->asked);
    strings_release(&job->broken);
    buf_release(&job->group);
    buf_release(&job->name);
    buf_release(&job->noise);
    buf_release(&job->damage);
    clip_release(&job->stray);
    held_release(&job->held);
    *job = (struct job){0};
}
