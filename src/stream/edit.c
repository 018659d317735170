#include "stream/edit.h"

#include "core/regex.h"

#include <errno.h>
#include <stdlib.h>

struct edit_rename {
    struct regex *regex;
    char *replacement;
};

/* Where the rule's parts meet; NULL: nowhere. */
static const char *find_equals(const char *rule)
{
    for (const char *p = rule; *p != '\0'; p++) {
        bool ahead = p - rule >= 2 && p[-1] == '?' && p[-2] == '(';
        bool behind = p - rule >= 3 && p[-1] == '<' && p[-2] == '?' && p[-3] == '(';
        if (*p == '\\' && p[1] != '\0')
            p++;
        else if (*p == '=' && !ahead && !behind)
            return p;
    }
    return NULL;
}

int edit_rename(struct edit *edit, const char *rule, struct error *error)
{
    const char *equals = find_equals(rule);
    if (equals == NULL || equals == rule)
        return error_set(error, -EINVAL, "--rename %s: expected REGEX=REPLACEMENT", rule);
    struct edit_rename made = {0};
    char *pattern = mem_dup(rule, (size_t)(equals - rule));
    int bad = regex_new(&made.regex, pattern, error);
    free(pattern);
    if (bad != 0)
        return bad;
    made.replacement = mem_strdup(equals + 1);
    vec_push(&edit->renames, made);
    return regex_takes(made.regex, equals + 1)
               ? 0
               : error_set(error, -EINVAL,
                           "--rename %s: no such group; $1 is the first one, $$ a dollar sign", rule);
}

int edit_tags(struct edit *edit, const char *changes, struct error *error)
{
    for (const char *p = changes;; p++) {
        size_t len = strcspn(p, ",");
        if (len < 2 || (*p != '+' && *p != '-'))
            return error_set(error, -EINVAL, "--tag %s: expected +TAG or -TAG, and commas between them",
                             changes);
        strings_take(*p == '+' ? &edit->added : &edit->removed, mem_dup(p + 1, len - 1));
        p += len;
        if (*p == '\0')
            return 0;
    }
}

bool edit_is_open(const struct edit *edit)
{
    return edit->renames.len + edit->added.len + edit->removed.len == 0;
}

/* An id of which nothing would be left stays as it is: no event of a test becomes one of none. */
static struct bytes rename_test(struct edit *edit, struct bytes id)
{
    const struct edit_rename *rename;
    buf_clear(&edit->id);
    buf_add(&edit->id, id.data, id.len);
    vec_each (rename, &edit->renames) {
        buf_clear(&edit->spare);
        if (regex_replace(rename->regex, buf_bytes(&edit->id), rename->replacement, &edit->spare) != 0 ||
            edit->spare.len == 0)
            continue;
        struct buf other = edit->id;
        edit->id = edit->spare;
        edit->spare = other;
    }
    return buf_bytes(&edit->id);
}

static bool is_among(const struct strings *texts, struct bytes tag)
{
    for (size_t i = 0; i < texts->len; i++)
        if (bytes_is(tag, texts->items[i]))
            return true;
    return false;
}

static void change_tags(struct edit *edit, struct event *event)
{
    edit->tags.len = 0;
    for (size_t i = 0; i < event->tag_count; i++)
        if (!is_among(&edit->removed, event->tags[i]) && !is_among(&edit->added, event->tags[i]))
            vec_push(&edit->tags, event->tags[i]);
    for (size_t i = 0; i < edit->added.len; i++)
        vec_push(&edit->tags, bytes_of(edit->added.items[i]));
    event->tags = edit->tags.items;
    event->tag_count = edit->tags.len;
    event->has_tags = event->has_tags || event->tag_count > 0;
}

static void take_event(void *owner, const struct event *event)
{
    struct edit *edit = owner;
    struct event changed = *event;
    if (event->test_id.data != NULL && edit->renames.len > 0)
        changed.test_id = rename_test(edit, event->test_id);
    if (event->test_id.data != NULL && (event->status != EVENT_NONE || event->has_tags))
        change_tags(edit, &changed);
    edit->sink->event(edit->owner, &changed);
}

static void take_noise(void *owner, struct bytes octets)
{
    const struct edit *edit = owner;
    if (edit->sink->noise != NULL)
        edit->sink->noise(edit->owner, octets);
}

static void take_damage(void *owner, const char *reason, uint64_t offset, uint64_t length)
{
    const struct edit *edit = owner;
    if (edit->sink->damage != NULL)
        edit->sink->damage(edit->owner, reason, offset, length);
}

const struct event_sink edit_sink = {take_event, take_noise, take_damage};

void edit_release(struct edit *edit)
{
    struct edit_rename *rename;
    vec_each (rename, &edit->renames) {
        regex_free(rename->regex);
        free(rename->replacement);
    }
    vec_release(&edit->renames);
    strings_release(&edit->added);
    strings_release(&edit->removed);
    buf_release(&edit->id);
    buf_release(&edit->spare);
    vec_release(&edit->tags);
}
