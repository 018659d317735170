#include "runner/job.h"

#include <stdlib.h>

#define BETWEEN " > "
#define NAMED_MAX 1500  /* octets kept of the name of what was reported unasked */
#define STRAY_MAX 16384 /* octets kept of output that came when no test ran */
#define DAMAGE_MAX 4096 /* octets kept of what cannot be true */
#define PLAIN_TEXT "text/plain;charset=utf8"

/* Whether a stream means the job's file by that name: as it was asked for, or by a longer path. */
static bool is_file(const struct job *job, struct bytes name)
{
    struct bytes file = bytes_of(job->tests[0].id);
    if (job->recipe->unit != UNIT_FILE || name.len < file.len)
        return false;
    size_t more = name.len - file.len;
    return memcmp(name.data + more, file.data, file.len) == 0 && (more == 0 || name.data[more - 1] == '/');
}

/* Whether its results come in a file of their own. */
static bool has_report(const struct job *job)
{
    return (job->recipe->holes & HOLE_REPORT) != 0;
}

static size_t find(const struct job *job, struct bytes id)
{
    if (is_file(job, id))
        return 0;
    size_t at = map_get(&job->by_id, id);
    return at == MAP_NONE ? job->count : at;
}

/* Whether the id is the file's, or of something in it. */
static bool is_in(struct bytes id, const char *file)
{
    size_t len = strlen(file);
    return len > 0 && id.len >= len && memcmp(id.data, file, len) == 0 &&
           (id.len == len || strchr("/:.#$ ", id.data[len]) != NULL);
}

/* The file, of those that the job was asked for, that something belongs to; "" none. */
static const char *file_of(const struct job *job, struct bytes id)
{
    const struct recipe_test *last = &job->tests[job->count - 1];
    if (strcmp(job->tests[0].file, last->file) == 0)
        return last->file;
    if (job->running < job->count && is_in(id, job->tests[job->running].file))
        return job->tests[job->running].file;
    for (size_t i = 0; i < job->count; i++)
        if ((i == 0 || strcmp(job->tests[i].file, job->tests[i - 1].file) != 0) &&
            is_in(id, job->tests[i].file))
            return job->tests[i].file;
    return "";
}

/* Makes the tag of that file in job->group. Returns how many tags that is. */
static size_t tag_group(struct job *job, const char *file)
{
    buf_clear(&job->group);
    buf_printf(&job->group, TAG_GROUP "%s", file);
    return file[0] != '\0';
}

/* By id, and within one file by name. */
static void map_tests(struct job *job)
{
    bool one = strcmp(job->tests[0].file, job->tests[job->count - 1].file) == 0;
    for (size_t i = 0; one && i < job->count; i++)
        map_put(&job->by_id, bytes_of(recipe_test_name(&job->tests[i])), i);
    for (size_t i = 0; i < job->count; i++)
        map_put(&job->by_id, bytes_of(job->tests[i].id), i);
}

static void send(struct job *job, const struct event *event)
{
    job->any_failed |= event->status == EVENT_FAIL;
    held_take(&job->held, event);
}

/* A deadline wants to know which test it is that runs: without a word from the stream, the first that is not
 * reported. */
static void start_next(struct job *job)
{
    size_t at = 0;
    while (at < job->count && job->reported[at])
        at++;
    job->running = at;
    if (at == job->count)
        return;
    const struct event event = {
        .status = EVENT_INPROGRESS, .test_id = bytes_of(job->tests[at].id), .runnable = true};
    send(job, &event);
}

static void settle(struct job *job, size_t at)
{
    job->reported[at] = true;
    if (!job->tells_starts && !job->crashed)
        start_next(job);
    else if (job->running == at)
        job->running = job->count;
}

/* Output of the process, which is that of the test that runs. */
static void forward(struct job *job, const char *name, struct bytes octets)
{
    if (job->running == job->count)
        clip_add(&job->stray, octets);
    const struct event event = {.file_name = bytes_of(name), .file = octets};
    send(job, &event);
}

/* What a part is called in its file; some streams say the file, too. */
static struct bytes name_in_file(const struct job *job, struct bytes id)
{
    const char *between = memmem(id.data, id.len, BETWEEN, strlen(BETWEEN));
    size_t len = between != NULL ? (size_t)(between - id.data) : 0;
    if (between == NULL || !is_file(job, (struct bytes){id.data, len}))
        return id;
    return (struct bytes){between + strlen(BETWEEN), id.len - len - strlen(BETWEEN)};
}

/* A part of a file (a TAP point), or something that nobody listed: it is shown, and never asked for. */
static void take_part(struct job *job, const struct event *event)
{
    struct event part = *event;
    VEC(struct bytes) tags = {0};
    struct bytes name = name_in_file(job, event->test_id);
    size_t kept = name.len < NAMED_MAX ? name.len : NAMED_MAX;
    const char *file = file_of(job, name);
    buf_clear(&job->name);
    if (job->recipe->unit == UNIT_FILE)
        buf_printf(&job->name, "%s" BETWEEN, job->tests[0].id);
    else if (file[0] != '\0' && !is_in(name, file))
        buf_printf(&job->name, "%s" BETWEEN, file);
    buf_add(&job->name, name.data, kept);
    part.test_id = buf_bytes(&job->name);
    part.route = (struct bytes){0};
    part.runnable = false;
    if (event_has_tag(event, TAG_COLLECTION) && event->status == EVENT_FAIL)
        strings_take(&job->broken, bytes_dup(event->test_id));
    if (event_is_final(event)) {
        job->parts++;
        job->failed += event->status == EVENT_FAIL;
        job->skipped += event->status == EVENT_SKIP;
        for (size_t i = 0; i < event->tag_count; i++)
            vec_push(&tags, event->tags[i]);
        if (tag_group(job, file_of(job, event->test_id)) > 0)
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
        attach(job, bytes_of(job->tests[at].id), "reason", bytes_of(reason));
    return true;
}

static void take_event(void *owner, const struct event *event)
{
    struct job *job = owner;
    if (event->test_id.data == NULL && event->file_name.data != NULL)
        send(job, event);
    if (event->test_id.data == NULL || event->status == EVENT_EXISTS)
        return;
    size_t at = find(job, event->test_id);
    if (at == job->count || recipe_is_part(job->recipe, event)) {
        take_part(job, event);
        return;
    }
    if (event_has_tag(event, TAG_CRASH) && !take_crash(job, at))
        return;
    struct event own = *event;
    own.test_id = bytes_of(job->tests[at].id);
    own.route = (struct bytes){0};
    own.runnable = true;
    if (event->status == EVENT_INPROGRESS) {
        bool known = job->running == at;
        job->tells_starts = true;
        job->running = at;
        if (known)
            return;
    }
    send(job, &own);
    if (event_is_final(event) && !job->reported[at])
        settle(job, at);
}

static void take_noise(void *owner, struct bytes octets)
{
    forward(owner, "stdout", octets);
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
    map_release(&job->by_id);
    job->tests = tests;
    job->count = job->running = count;
    job->reported = mem_zero(count * sizeof *job->reported);
    job->crashed = false;
    map_tests(job);
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
        job->format->feed(job->reader, octets.data, octets.len);
}

void job_report(struct job *job, struct bytes octets)
{
    job->format->feed(job->reader, octets.data, octets.len);
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
    else if (job->failed > 0 && job->recipe->unit == UNIT_FILE)
        buf_printf(charges, "%zu of %zu in it failed\n", job->failed, job->parts);
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
    struct bytes id = bytes_of(job->tests[0].id);
    bool skipped = charges.len == 0 && job->format != NULL && job->skipped == job->parts;
    if (skipped)
        attach(job, id, "reason",
               bytes_of(job->parts > 0 ? "all of it is skipped" : "there is nothing in it"));
    attach(job, id, "report", buf_bytes(&charges));
    const struct event outcome = {.test_id = id,
                                  .status = charges.len > 0 ? EVENT_FAIL
                                            : skipped       ? EVENT_SKIP
                                                            : EVENT_SUCCESS,
                                  .runnable = true};
    send(job, &outcome);
    job->reported[0] = true;
    job->running = job->count;
    buf_release(&charges);
}

/* A test that nothing was reported of. One whose file does not build is skipped: it is the file that is red.
 */
static void judge_missing(struct job *job, size_t at, int exit_code)
{
    const struct recipe_test *test = &job->tests[at];
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
    for (size_t i = 0; i < job->count; i++)
        if (!job->reported[i])
            judge_missing(job, i, exit_code);
    job->running = job->count;
    accuse(job, exit_code, signal, &charges);
    const char *file = file_of(job, bytes_of(""));
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
    while (at < job->count && job->reported[at])
        at++;
    return at == job->count;
}

bool job_is_done(struct job *job)
{
    bool done = all_reported(job);
    if (done)
        held_settle(&job->held);
    return done;
}

bool job_end(struct job *job, int exit_code, int signal)
{
    job->signal = signal;
    job->exit_code = exit_code;
    if (job->format != NULL)
        job->format->end(job->reader);
    if ((signal != 0 || job->crashed) && !all_reported(job)) {
        held_settle(&job->held);
        return false;
    }
    if (job->crashed)
        job->running = job->count; /* that explains the rest of what is odd */
    else if (job->format == NULL || (job->recipe->unit == UNIT_FILE && !job->reported[0]))
        judge_whole(job, exit_code);
    else
        judge_each(job, exit_code, signal);
    held_settle(&job->held);
    return true;
}

void job_release(struct job *job)
{
    if (job->format != NULL)
        job->format->release(job->reader);
    free(job->reader);
    free(job->reported);
    map_release(&job->by_id);
    strings_release(&job->broken);
    buf_release(&job->group);
    buf_release(&job->name);
    buf_release(&job->damage);
    clip_release(&job->stray);
    held_release(&job->held);
    *job = (struct job){0};
}
