#include "stream/mocha_test.h"

#include "stream/document.h"
#include "stream/timestamp.h"

#include <string.h>

/* Of `"before each" hook for "adds"` the test's title, "adds". Returns whether it is such a hook. */
static bool is_hook_before(struct bytes title, struct bytes *test)
{
    static const char words[] = " for \"";
    const char *found = NULL;
    for (size_t at = 0; at + sizeof words - 1 < title.len; at++)
        if (memcmp(title.data + at, words, sizeof words - 1) == 0 && found == NULL)
            found = title.data + at + sizeof words - 1;
    if (!bytes_starts(title, "\"before ") || found == NULL || title.data[title.len - 1] != '"')
        return false;
    *test = (struct bytes){found, (size_t)(title.data + title.len - 1 - found)};
    return true;
}

static bool is_hook(struct bytes title)
{
    static const char *const hooks[] = {"\"before all\" hook", "\"before each\" hook", "\"after all\" hook",
                                        "\"after each\" hook"};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        if (bytes_starts(title, hooks[i]))
            return true;
    return false;
}

void mocha_test(struct testcase *test, const json_t *said, enum event_status status, struct buf *id)
{
    struct bytes title = member_text(said, "title"), full = member_text(said, "fullTitle");
    struct bytes file = member_text(said, "file"), of = title;
    bool hook = status == EVENT_FAIL && is_hook(title);
    bool before = hook && is_hook_before(title, &of);
    buf_clear(id);
    buf_add(id, file.data, file.len);
    buf_puts(id, file.len > 0 ? " > " : "");
    bool ends = full.len >= title.len && memcmp(full.data + full.len - title.len, title.data, title.len) == 0;
    if (before && ends) {
        buf_add(id, full.data, full.len - title.len);
        buf_add(id, of.data, of.len);
    } else {
        buf_add(id, full.data, full.len);
    }
    *test = (struct testcase){.id = buf_bytes(id),
                              .status = status,
                              .tag = hook ? TAG_ERROR : NULL,
                              .runnable = !hook || before,
                              .duration_ns = duration_of(member_number(said, "duration"), 1e6)};
}
