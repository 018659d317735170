#include "runner/job_private.h"

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

size_t job_tag_group(struct job *job, const char *file)
{
    buf_clear(&job->group);
    buf_printf(&job->group, TAG_GROUP "%s", file);
    return file[0] != '\0';
}

void job_send(struct job *job, const struct event *event)
{
    job->any_failed |= event->status == EVENT_FAIL;
    held_take(&job->held, event);
}

static void begin(struct job *job, size_t at)
{
    job->running = at;
    const struct event event = {
        .status = EVENT_INPROGRESS, .test_id = bytes_of(job->asked.tests[at].id), .runnable = true};
    job_send(job, &event);
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

void job_settle(struct job *job, size_t at)
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
    job_send(job, &event);
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
    if (job->all && !files && !asked_is_in(id, file))
        file = "";
    *tally = &job->tallies[at];
    buf_clear(&job->name);
    if (files || (file[0] != '\0' && !asked_is_in(name, file)))
        buf_printf(&job->name, "%s" PART_BETWEEN, file);
    buf_add(&job->name, name.data, kept);
    return files ? job->asked.tests[at].file : file;
}

/* Whether it is told of something only to say that it was left out, as others of its file were asked for: who
 * is really skipped is seen when the whole file runs. */
static bool is_left_out(const struct job *job, size_t at, const struct event *event)
{
    return job->asked.tests[at].parts != NULL &&
           (event->status == EVENT_SKIP || bytes_is(event->file_name, "reason"));
}

/* A part of a file (a TAP point), or something that nobody listed: it is shown, and never asked for. */
static void take_part(struct job *job, const struct event *event)
{
    struct event part = *event;
    VEC(struct bytes) tags = {0};
    struct tally *tally;
    const char *file = name_part(job, event->test_id, &tally);
    size_t at = (size_t)(tally - job->tallies);
    if (is_left_out(job, at, event))
        return;
    part.test_id = buf_bytes(&job->name);
    part.route = (struct bytes){0};
    part.runnable = false;
    if (event_has_tag(event, TAG_COLLECTION) && event->status == EVENT_FAIL)
        strings_take(&job->broken, bytes_dup(event->test_id));
    if (event_is_final(event)) {
        if (job->asked.tests[at].parts != NULL)
            asked_note(&job->asked, part.test_id);
        tally->parts++;
        tally->failed += event->status == EVENT_FAIL;
        tally->skipped += event->status == EVENT_SKIP;
        for (size_t i = 0; i < event->tag_count; i++)
            vec_push(&tags, event->tags[i]);
        if (job_tag_group(job, file) > 0)
            vec_push(&tags, buf_bytes(&job->group));
        part.has_tags = tags.len > 0;
        part.tags = tags.items;
        part.tag_count = tags.len;
    }
    job_send(job, &part);
    vec_release(&tags);
}

void job_attach(struct job *job, struct bytes id, const char *name, struct bytes text)
{
    const struct event event = {
        .test_id = id, .file_name = bytes_of(name), .file = text, .mime = bytes_of(PLAIN_TEXT), .eof = true};
    if (text.len > 0)
        job_send(job, &event);
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
        job_attach(job, bytes_of(job->asked.tests[at].id), "reason", bytes_of(reason));
    return true;
}

bool job_is_lacking(struct job *job, size_t at)
{
    job->tallies[at].lacking = asked_lacks(&job->asked, at);
    return job->tallies[at].lacking;
}

void job_conclude(struct job *job, size_t at, struct event outcome, const struct buf *charges)
{
    const struct tally *tally = &job->tallies[at];
    struct buf report = {0};
    if (job_is_lacking(job, at))
        return;
    if (tally->failed > 0 && job->asked.tests[at].parts != NULL)
        buf_printf(&report, "%zu of %zu that ran of it failed\n", tally->failed, tally->parts);
    else if (tally->failed > 0)
        buf_printf(&report, "%zu of %zu in it failed\n", tally->failed, tally->parts);
    if (charges != NULL)
        buf_add(&report, charges->data, charges->len);
    if (report.len > 0)
        outcome.status = EVENT_FAIL;
    if (outcome.status == EVENT_SUCCESS && tally->parts > 0 && tally->parts == tally->skipped) {
        outcome.status = EVENT_SKIP;
        job_attach(job, outcome.test_id, "reason", bytes_of("all of it is skipped"));
    }
    job_attach(job, outcome.test_id, "report", buf_bytes(&report));
    job_send(job, &outcome);
    buf_release(&report);
}

void job_flush(struct job *job)
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
    job_flush(job);
    if (event->test_id.data == NULL && event->file_name.data != NULL)
        job_send(job, event);
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
        job_conclude(job, at, own, NULL);
    else
        job_send(job, &own);
    if (event_is_final(event) && !job->reported[at])
        job_settle(job, at);
}

static void take_noise(void *owner, struct bytes octets)
{
    struct job *job = owner;
    buf_add(&job->noise, octets.data, octets.len);
    if (job->noise.len >= NOISE_PIECE)
        job_flush(job);
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
    job_flush(job);
}

void job_complain(struct job *job, const char *text)
{
    if (job->damage.len < DAMAGE_MAX)
        buf_printf(&job->damage, "%s\n", text);
}

bool job_all_reported(const struct job *job)
{
    size_t at = 0;
    while (at < job->asked.count && job->reported[at])
        at++;
    return at == job->asked.count;
}

bool job_is_done(struct job *job)
{
    bool done = job_all_reported(job);
    if (done)
        held_settle(&job->held);
    return done;
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
