#include "stream/testcase.h"

#define PLAIN_TEXT "text/plain;charset=utf8"

void testcase_tell(const struct testcase *test, const struct event_sink *sink, void *owner)
{
    const struct event start = {.test_id = test->id,
                                .status = EVENT_INPROGRESS,
                                .runnable = test->runnable,
                                .has_time = true,
                                .time_ns = test->start_ns};
    if (test->has_start)
        sink->event(owner, &start);
    const struct {
        const char *name;
        struct bytes text;
    } files[] = {
        {"reason", test->reason}, {"message", test->message}, {"traceback", test->traceback},
        {"stdout", test->output}, {"stderr", test->errors},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct event file = {.test_id = test->id,
                                   .file_name = bytes_of(files[i].name),
                                   .file = files[i].text,
                                   .mime = bytes_of(PLAIN_TEXT),
                                   .eof = true};
        if (files[i].text.len > 0)
            sink->event(owner, &file);
    }
    const struct bytes tag = bytes_of(test->tag);
    const struct event final = {.test_id = test->id,
                                .status = test->status,
                                .tags = &tag,
                                .tag_count = test->tag != NULL,
                                .has_tags = test->tag != NULL,
                                .runnable = test->runnable,
                                .has_time = test->has_time,
                                .time_ns = test->time_ns,
                                .duration_ns = test->duration_ns};
    if (test->status != EVENT_NONE)
        sink->event(owner, &final);
}
