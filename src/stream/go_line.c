#include "stream/go_line.h"

#include "stream/json_members.h"
#include "stream/timestamp.h"

#include <string.h>

static enum go_action action_of(struct bytes word)
{
    static const struct {
        const char *word;
        enum go_action action;
    } known[] = {
        {"output", GO_OUTPUT},
        {"run", GO_RUN},
        {"pass", GO_PASS},
        {"fail", GO_FAIL},
        {"skip", GO_SKIP},
        {"start", GO_START},
        {"pause", GO_PAUSE},
        {"cont", GO_CONT},
        {"build-output", GO_BUILD_OUTPUT},
        {"bench", GO_PASS},
        {"build-fail", GO_BUILD_FAIL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_is(word, known[i].word))
            return known[i].action;
    return GO_OTHER;
}

static struct bytes text_of(struct bytes value, struct buf *scratch)
{
    if (memchr(value.data, '\\', value.len) == NULL)
        return value;
    buf_clear(scratch);
    json_unescape(scratch, value);
    return buf_bytes(scratch);
}

static void take_member(struct go_line *said, const struct json_member *member, struct go_scratch *scratch)
{
    struct bytes key = member->key, value = member->value;
    if (!member->is_string) {
        if (bytes_is(key, "Elapsed"))
            said->duration_ns = duration_of(json_number(value), 1e9);
    } else if (bytes_is(key, "Time")) {
        said->has_time = timestamp_read(value, &said->time_ns);
    } else if (bytes_is(key, "Action")) {
        said->action = action_of(value);
    } else if (bytes_is(key, "Package")) {
        said->package = text_of(value, &scratch->package);
    } else if (bytes_is(key, "Test")) {
        said->test = text_of(value, &scratch->test);
    } else if (bytes_is(key, "Output")) {
        said->output = text_of(value, &scratch->output);
    } else if (bytes_is(key, "ImportPath")) {
        said->import_path = text_of(value, &scratch->import_path);
    } else if (bytes_is(key, "FailedBuild")) {
        said->failed_build = text_of(value, &scratch->failed_build);
    }
}

static bool is_name(struct bytes text)
{
    return bytes_utf8(text) && memchr(text.data, '\0', text.len) == NULL;
}

/* Other JSON on a line of its own is some program's log. */
static bool begins_event(struct bytes line)
{
    return bytes_starts(line, "{\"Time\":\"") || bytes_starts(line, "{\"Action\":\"") ||
           bytes_starts(line, "{\"ImportPath\":\"");
}

struct go_line go_line(struct bytes line, struct go_scratch *scratch)
{
    const struct bytes empty = {"", 0};
    struct go_line said = {
        .package = empty, .test = empty, .output = empty, .import_path = empty, .failed_build = empty};
    struct json_members members;
    struct json_member member;
    int more;
    if (line.len == 0 || line.data[0] != '{' || !json_members_open(&members, line))
        return said;
    while ((more = json_members_next(&members, &member)) > 0)
        take_member(&said, &member, scratch);
    bool names = is_name(said.package) && is_name(said.test) && is_name(said.import_path);
    if (begins_event(line) && (more < 0 || said.action == GO_NONE || !names))
        said.action = GO_BROKEN;
    else if (more < 0 || !names)
        said.action = GO_NONE;
    return said;
}

void go_scratch_release(struct go_scratch *scratch)
{
    buf_release(&scratch->package);
    buf_release(&scratch->test);
    buf_release(&scratch->output);
    buf_release(&scratch->import_path);
    buf_release(&scratch->failed_build);
}
