#include "stream/jest.h"

#include "stream/document.h"
#include "stream/script_stack.h"
#include "stream/timestamp.h"

#include <string.h>

struct tally {
    uint64_t passed, failed, left_out, files_failed;
};

static enum event_status status_of(const json_t *test, struct bytes *reason)
{
    static const struct {
        const char *word;
        enum event_status status;
    } known[] = {{"passed", EVENT_SUCCESS}, {"failed", EVENT_FAIL},   {"pending", EVENT_SKIP},
                 {"skipped", EVENT_SKIP},   {"disabled", EVENT_SKIP}, {"todo", EVENT_SKIP}};
    struct bytes word = member_text(test, "status");
    if (bytes_is(word, "todo"))
        *reason = word;
    if (bytes_is(word, "passed") && member_true(test, "failing"))
        return EVENT_XFAIL; /* test.failing: it is to fail, and did */
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes_is(word, known[i].word))
            return known[i].status;
    return EVENT_NONE;
}

static void count(struct tally *tally, enum event_status status)
{
    tally->passed += status == EVENT_SUCCESS || status == EVENT_XFAIL;
    tally->failed += status == EVENT_FAIL;
    tally->left_out += status == EVENT_SKIP;
}

/* Appends the texts of a list, an empty line between. */
static void join(const json_t *list, struct buf *to)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct bytes text = item_text(list, i);
        buf_puts(to, to->len > 0 ? "\n\n" : "");
        buf_add(to, text.data, text.len);
    }
}

static struct bytes trim(struct bytes name)
{
    while (name.len > 0 && name.data[0] == ' ')
        name = (struct bytes){name.data + 1, name.len - 1};
    return name;
}

static void take_test(struct document *document, struct bytes file, const json_t *test, struct tally *tally)
{
    struct buf stack = {0};
    int64_t start_ns = instant_of(member_number(test, "startAt"), 1e6);
    struct testcase told = {.id = document_id(document, file, trim(member_text(test, "fullName"))),
                            .runnable = true,
                            .duration_ns = duration_of(member_number(test, "duration"), 1e6)};
    told.status = status_of(test, &told.reason);
    if (told.status == EVENT_NONE) {
        document_damage(document, "a test without a status that is known");
        return;
    }
    told.has_start = told.has_time = start_ns > 0 && told.status != EVENT_SKIP;
    told.start_ns = start_ns;
    told.time_ns = start_ns + told.duration_ns;
    count(tally, told.status);
    if (told.status == EVENT_FAIL) {
        join(member_list(test, "failureMessages"), &stack);
        told.traceback = buf_bytes(&stack);
        told.message = script_stack_message(told.traceback);
    }
    document_tell(document, &told);
    buf_release(&stack);
}

/* Cuts a file's message down to what is about the whole file. Returns whether there is such a part. */
static bool find_whole(struct bytes *message)
{
    static const char title[] = "Test suite failed to run\n";
    const char *found = memmem(message->data, message->len, title, sizeof title - 1);
    if (found == NULL)
        return false;
    found += sizeof title - 1;
    *message = (struct bytes){found, (size_t)(message->data + message->len - found)};
    return true;
}

/* Up to the first empty line that has something before it. */
static struct bytes first_paragraph(struct bytes text)
{
    while (text.len > 0 && (text.data[0] == '\n' || text.data[0] == ' '))
        text = (struct bytes){text.data + 1, text.len - 1};
    const char *end = memmem(text.data, text.len, "\n\n", 2);
    return (struct bytes){text.data, end != NULL ? (size_t)(end - text.data) : text.len};
}

/* A file fails without a failing test when it cannot be loaded, or when a hook around all of its tests fails;
 * jest says so in its message when there are failing tests, too. */
static void take_file(struct document *document, const json_t *file, struct tally *tally)
{
    const json_t *tests = member_list(file, "assertionResults");
    struct bytes name = member_text(file, "name"), message = member_text(file, "message");
    uint64_t failed = tally->failed;
    for (size_t i = 0; i < json_array_size(tests); i++)
        take_test(document, name, json_array_get(tests, i), tally);
    bool says = find_whole(&message);
    if (!bytes_is(member_text(file, "status"), "failed") || (tally->failed > failed && !says))
        return;
    tally->files_failed++;
    const struct testcase told = {.id = name,
                                  .status = EVENT_FAIL,
                                  .tag = json_array_size(tests) == 0 ? TAG_COLLECTION : TAG_ERROR,
                                  .runnable = true,
                                  .message = first_paragraph(message),
                                  .traceback = message};
    document_tell(document, &told);
}

static void take(struct document *document, const json_t *root)
{
    struct tally tally = {0};
    const json_t *files = member_list(root, "testResults");
    for (size_t i = 0; i < json_array_size(files); i++)
        take_file(document, json_array_get(files, i), &tally);
    document_count(document, "passed tests", member_number(root, "numPassedTests"), tally.passed);
    document_count(document, "failed tests", member_number(root, "numFailedTests"), tally.failed);
    document_count(document, "tests left out",
                   member_number(root, "numPendingTests") + member_number(root, "numTodoTests"),
                   tally.left_out);
    bool failed = tally.failed + tally.files_failed > 0;
    if (member_true(root, "wasInterrupted"))
        document_damage(document, "the run was interrupted");
    if (failed && member_true(root, "success"))
        document_damage(document, "it says that it succeeded, and a test failed");
    else if (!failed && !member_true(root, "success"))
        document_damage(document, "it says that it failed, and no test did");
}

static const struct document_kind kind = {
    .name = "a report of jest", .marks = {"\"testResults\"", "\"numTotalTests\""}, .take = take};

static void jest_init(void *reader, const struct event_sink *sink, void *owner)
{
    document_init(reader, &kind, sink, owner);
}

static int jest_guess(struct bytes head, bool whole)
{
    (void)whole;
    return document_guess(&kind, head);
}

const struct stream_format jest_format = {
    .name = "jest",
    .title = "jest --json, vitest --reporter=json",
    .size = sizeof(struct document),
    .init = jest_init,
    .feed = document_feed,
    .end = document_end,
    .release = document_release,
    .guess = jest_guess,
};
