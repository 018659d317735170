#include "stream/libtest_line.h"

#include "stream/json_members.h"
#include "stream/timestamp.h"

#include <string.h>

static enum libtest_kind kind_of(struct bytes type, struct bytes event)
{
    static const struct {
        const char *type, *event;
        enum libtest_kind kind;
    } known[] = {
        {"suite", "started", LIBTEST_SUITE_STARTED},
        {"suite", "ok", LIBTEST_SUITE_ENDED},
        {"suite", "failed", LIBTEST_SUITE_ENDED},
        {"test", "started", LIBTEST_STARTED},
        {"test", "ok", LIBTEST_OK},
        {"test", "failed", LIBTEST_FAILED},
        {"test", "ignored", LIBTEST_IGNORED},
        {"test", "allowed_failure", LIBTEST_ALLOWED},
        {"test", "discovered", LIBTEST_FOUND},
        {"bench", "discovered", LIBTEST_FOUND},
        {"bench", "", LIBTEST_OK},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_is(type, known[i].type) && bytes_is(event, known[i].event))
            return known[i].kind;
    static const char *const others[] = {"suite", "test", "bench", "report"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (bytes_is(type, others[i]))
            return LIBTEST_OTHER;
    return LIBTEST_NONE;
}

/* The crate, the binary and its kind, which nextest adds to a suite. */
static void take_suite(struct libtest_line *said, struct bytes object)
{
    struct json_members members;
    struct json_member member;
    struct buf crate = {0}, name = {0}, kind = {0};
    bool told = json_members_open(&members, object);
    while (told && json_members_next(&members, &member) > 0)
        if (member.is_string && bytes_is(member.key, "crate"))
            json_unescape(&crate, member.value);
        else if (member.is_string && bytes_is(member.key, "test_binary"))
            json_unescape(&name, member.value);
        else if (member.is_string && bytes_is(member.key, "kind"))
            json_unescape(&kind, member.value);
    buf_printf(&said->label, "%s::%s", buf_str(&crate), buf_str(&name));
    if (strcmp(buf_str(&kind), "lib") == 0)
        buf_puts(&said->binary, buf_str(&crate));
    else if (kind.len == 0 || strcmp(buf_str(&kind), "test") == 0)
        buf_puts(&said->binary, buf_str(&said->label));
    else
        buf_printf(&said->binary, "%s::%s/%s", buf_str(&crate), buf_str(&kind), buf_str(&name));
    buf_release(&crate);
    buf_release(&name);
    buf_release(&kind);
}

static void take_string(struct libtest_line *said, const struct json_member *member)
{
    if (bytes_is(member->key, "name"))
        json_unescape(&said->name, member->value);
    else if (bytes_is(member->key, "stdout"))
        json_unescape(&said->stdout, member->value);
    else if (bytes_is(member->key, "message") || bytes_is(member->key, "ignore_message"))
        json_unescape(&said->message, member->value);
    else if (bytes_is(member->key, "reason"))
        said->time_limit = bytes_is(member->value, "time limit exceeded");
}

static void take_number(struct libtest_line *said, const struct json_member *member)
{
    const struct {
        const char *key;
        uint64_t *count;
    } counts[] = {{"test_count", &said->test_count},
                  {"passed", &said->passed},
                  {"failed", &said->failed},
                  {"ignored", &said->ignored}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (bytes_is(member->key, counts[i].key))
            *counts[i].count = (uint64_t)duration_of(json_number(member->value), 1);
}

/* Where the event begins: behind what a test printed without a newline when it is not captured. */
static size_t find_event(struct bytes line)
{
    static const char *const begins[] = {"{ \"type\": \"", "{\"type\":\""};
    for (size_t i = 0; i < 2; i++) {
        const char *found = memmem(line.data, line.len, begins[i], strlen(begins[i]));
        if (found != NULL)
            return (size_t)(found - line.data);
    }
    return line.len;
}

struct libtest_line libtest_line(struct bytes line)
{
    size_t at = find_event(line);
    struct libtest_line said = {.before = {line.data, at}};
    struct bytes type = {"", 0}, event = {"", 0};
    struct json_members members;
    struct json_member member;
    int more = -1;
    if (at == line.len)
        return said;
    if (json_members_open(&members, (struct bytes){line.data + at, line.len - at}))
        while ((more = json_members_next(&members, &member)) > 0) {
            if (bytes_is(member.key, "type"))
                type = member.value;
            else if (bytes_is(member.key, "event"))
                event = member.value;
            else if (bytes_is(member.key, "exec_time")) /* once "0.001s", a string */
                said.duration_ns = duration_of(json_number(member.value), 1e9);
            else if (bytes_is(member.key, "nextest"))
                take_suite(&said, member.value);
            else if (member.is_string)
                take_string(&said, &member);
            else
                take_number(&said, &member);
        }
    said.kind = kind_of(type, event);
    struct bytes name = buf_bytes(&said.name);
    bool named = name.len > 0 && bytes_utf8(name) && memchr(name.data, '\0', name.len) == NULL;
    if (said.kind != LIBTEST_NONE && (more < 0 || (said.kind >= LIBTEST_FOUND && !named)))
        said.kind = LIBTEST_BROKEN;
    return said;
}

void libtest_line_release(struct libtest_line *said)
{
    buf_release(&said->name);
    buf_release(&said->stdout);
    buf_release(&said->message);
    buf_release(&said->label);
    buf_release(&said->binary);
}
