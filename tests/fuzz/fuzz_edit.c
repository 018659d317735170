/* What a person types to pick, rename and tag tests, under libFuzzer: a word, a rule and tags on a line each,
 * then an id. */
#include "stream/edit.h"
#include "stream/select.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_event(void *owner, const struct event *event)
{
    (void)owner;
    if (event->test_id.len == 0)
        abort(); /* it became one of no test */
}

static const struct event_sink sink = {.event = on_event};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_dup(data, size), *at = text;
    const char *parts[4] = {"", "", "", ""};
    for (int i = 0; i < 4 && at != NULL; i++) {
        parts[i] = at;
        at = strchr(at, '\n');
        if (at != NULL && i < 3)
            *at++ = '\0';
    }
    struct edit edit = {.sink = &sink};
    struct select select = {.sink = &edit_sink, .owner = &edit};
    struct error error;
    (void)(strlen(parts[0]) % 2 == 0 ? select_only(&select, parts[0], &error)
                                     : select_except(&select, parts[0], &error));
    edit_rename(&edit, parts[1], &error);
    edit_tags(&edit, parts[2], &error);
    for (int status = EVENT_NONE; status <= EVENT_XFAIL && *parts[3] != '\0'; status++)
        select_sink.event(
            &select, &(struct event){.test_id = bytes_of(parts[3]), .status = (enum event_status)status});
    select_end(&select);
    select_release(&select);
    edit_release(&edit);
    free(text);
    return 0;
}
