#include "stream/select.h"

#include "core/regex.h"

#include <errno.h>
#include <stdlib.h>

enum kind { KIND_STATUS, KIND_TAG, KIND_ID, KIND_COUNT };

struct select_word {
    enum kind kind;
    enum event_status status;
    char *tag;
    struct regex *regex;
};

/* UNKNOWN: what is still to come decides. */
enum verdict { UNKNOWN, GOES, STAYS };
enum fit { FITS_NOT, MAY_FIT, FITS };

struct select_test {
    enum verdict verdict;
    enum event_status status; /* the newest, none: not told */
    bool over;                /* it has had its outcome; another one is another run of it */
    struct strings tags;      /* until the verdict */
    VEC(struct event *) held; /* until then, too */
    size_t held_size, lost;   /* octets of it, and of what did not fit */
};

static int bad_word(const char *word, struct error *error)
{
    return error_set(error, -EINVAL,
                     "%s: neither a status (exists, inprogress, success, uxsuccess, skip, fail, xfail), nor "
                     "tag:NAME, nor /REGEX/",
                     word);
}

static int read_status(struct select_word *made, const char *word, struct error *error)
{
    const char *name = strncmp(word, "status:", 7) == 0 ? word + 7 : word;
    for (int status = EVENT_EXISTS; status <= EVENT_XFAIL; status++)
        if (strcmp(name, event_status_name((enum event_status)status)) == 0) {
            made->status = (enum event_status)status;
            return 0;
        }
    return bad_word(word, error);
}

static int read_word(struct select_word *made, const char *word, struct error *error)
{
    size_t len = strlen(word);
    *made = (struct select_word){.kind = KIND_STATUS};
    if (len >= 2 && word[0] == '/' && word[len - 1] == '/') {
        char *pattern = mem_dup(word + 1, len - 2);
        int bad = regex_new(&made->regex, pattern, error);
        made->kind = KIND_ID;
        free(pattern);
        return bad;
    }
    if (strncmp(word, "tag:", 4) == 0 && word[4] != '\0') {
        made->kind = KIND_TAG;
        made->tag = mem_strdup(word + 4);
        return 0;
    }
    return read_status(made, word, error);
}

int select_only(struct select *select, const char *word, struct error *error)
{
    struct select_word made;
    int bad = read_word(&made, word, error);
    if (bad == 0)
        vec_push(&select->only, made);
    return bad;
}

int select_except(struct select *select, const char *word, struct error *error)
{
    struct select_word made;
    int bad = read_word(&made, word, error);
    if (bad == 0)
        vec_push(&select->except, made);
    return bad;
}

bool select_is_open(const struct select *select)
{
    return select->only.len + select->except.len == 0 && !select->tests_only;
}

/* all: nothing more will come of the test. A regular expression that costs too much leaves the test in. */
static enum fit fits(const struct select_word *word, const struct select_test *test, struct bytes id,
                     bool all, bool on_doubt)
{
    enum fit yet = all ? FITS_NOT : MAY_FIT;
    if (word->kind == KIND_STATUS)
        return !all ? MAY_FIT : test->status == word->status ? FITS : FITS_NOT;
    if (word->kind == KIND_TAG)
        return strings_find(&test->tags, word->tag, NULL) == 0 ? FITS : yet;
    int found = regex_found(word->regex, id);
    return found > 0 || (found < 0 && on_doubt) ? FITS : FITS_NOT;
}

static enum verdict judge(const struct select *select, const struct select_test *test, struct bytes id,
                          bool all)
{
    bool asked[KIND_COUNT] = {false}, unknown = false;
    enum fit best[KIND_COUNT] = {FITS_NOT};
    const struct select_word *word;
    vec_each (word, &select->except) {
        enum fit fit = fits(word, test, id, all, false);
        if (fit == FITS)
            return STAYS;
        unknown |= fit == MAY_FIT;
    }
    vec_each (word, &select->only) {
        enum fit fit = fits(word, test, id, all, true);
        asked[word->kind] = true;
        best[word->kind] = fit > best[word->kind] ? fit : best[word->kind];
    }
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (asked[kind] && best[kind] == FITS_NOT)
            return STAYS;
        unknown |= asked[kind] && best[kind] == MAY_FIT;
    }
    return unknown ? UNKNOWN : GOES;
}

static void forget_held(struct select_test *test)
{
    struct event **held;
    vec_each (held, &test->held)
        free(*held);
    vec_release(&test->held);
    strings_release(&test->tags);
    test->held_size = test->lost = 0;
}

/* Tells, as an attachment, that some of the test's attachments is missing. */
static void tell_lost(const struct select *select, const struct event *of, size_t lost)
{
    char text[80];
    snprintf(text, sizeof text, "%zu octets that came before the outcome are left out\n", lost);
    const struct event event = {.test_id = of->test_id,
                                .route = of->route,
                                .file_name = bytes_of("left out"),
                                .file = bytes_of(text),
                                .mime = bytes_of("text/plain;charset=utf8"),
                                .eof = true};
    select->sink->event(select->owner, &event);
}

static void release_held(const struct select *select, struct select_test *test)
{
    struct event **held;
    if (test->verdict == GOES) {
        if (test->lost > 0 && test->held.len > 0)
            tell_lost(select, test->held.items[0], test->lost);
        vec_each (held, &test->held)
            select->sink->event(select->owner, *held);
    }
    forget_held(test);
}

/* Statuses are kept whatever was kept before: they are small. */
static void hold(struct select_test *test, const struct event *event)
{
    size_t size = event_size(event);
    if (event->status == EVENT_NONE && test->held_size + size > SELECT_HELD_MAX) {
        test->lost += event->file.len;
        return;
    }
    test->held_size += size;
    vec_push(&test->held, event_dup(event));
}

static void note(struct select_test *test, const struct event *event)
{
    if (event->status != EVENT_NONE)
        test->status = event->status;
    for (size_t i = 0; i < event->tag_count; i++)
        strings_take(&test->tags, bytes_dup(event->tags[i]));
    test->over = test->over || event_is_final(event);
}

static void take_event(void *owner, const struct event *event)
{
    struct select *select = owner;
    if (event->test_id.data == NULL) {
        if (!select->tests_only)
            select->sink->event(select->owner, event);
        return;
    }
    size_t number = roster_find(&select->roster, event);
    if (number == select->tests.len)
        vec_push(&select->tests, (struct select_test){0});
    struct select_test *test = &select->tests.items[number];
    if (test->over && event->status > EVENT_EXISTS)
        *test = (struct select_test){0}; /* it runs again; nothing is held of the run before */
    if (test->verdict == UNKNOWN) {
        note(test, event);
        test->verdict = judge(select, test, event->test_id, test->over);
        if (test->verdict == UNKNOWN)
            hold(test, event);
        else
            release_held(select, test);
    }
    test->over = test->over || event_is_final(event);
    if (test->verdict == GOES)
        select->sink->event(select->owner, event);
}

static void take_noise(void *owner, struct bytes octets)
{
    const struct select *select = owner;
    if (!select->tests_only && select->sink->noise != NULL)
        select->sink->noise(select->owner, octets);
}

static void take_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    const struct select *select = owner;
    if (select->sink->damage != NULL)
        select->sink->damage(select->owner, reason, offset, length);
}

const struct event_sink select_sink = {take_event, take_noise, take_damage};

void select_end(struct select *select)
{
    struct select_test *test;
    vec_each (test, &select->tests)
        if (test->verdict == UNKNOWN && test->held.len > 0) {
            test->verdict = judge(select, test, test->held.items[0]->test_id, true);
            release_held(select, test);
        }
}

static void release_words(struct select_word *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(words[i].tag);
        regex_free(words[i].regex);
    }
}

void select_release(struct select *select)
{
    struct select_test *test;
    vec_each (test, &select->tests)
        forget_held(test);
    vec_release(&select->tests);
    roster_release(&select->roster);
    release_words(select->only.items, select->only.len);
    release_words(select->except.items, select->except.len);
    vec_release(&select->only);
    vec_release(&select->except);
}
