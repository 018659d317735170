/* What comes with a failure is remembered until the test passes, and shown again at the next start. */
#include "session/private.h"

#include "session/failure.h"

#define RECALLED_TESTS 100 /* whose texts are read at the start; the others' show when they have run */

void session_texts_keep(const struct test *test, struct session_texts *texts)
{
    for (size_t i = 0; i < FAILURE_KEPT && test->red && test->result != NULL; i++) {
        struct buf *text = &texts->bufs[texts->count];
        if (!result_add_text(test->result, failure_kept[i], text))
            continue;
        texts->texts[texts->count++] = (struct history_text){failure_kept[i], buf_bytes(text)};
    }
}

void session_texts_release(struct session_texts *texts)
{
    for (size_t i = 0; i < FAILURE_KEPT; i++)
        buf_release(&texts->bufs[i]);
    texts->count = 0;
}

struct reading {
    struct session *session;
    struct test *test;
};

static bool take(void *owner, const struct history_text *text)
{
    struct reading *reading = owner;
    const struct event event = {.file_name = bytes_of(text->name), .file = text->text};
    if (reading->test->result == NULL)
        reading->test->result = mem_zero(sizeof *reading->test->result);
    result_add(reading->test->result, &event, reading->session->model.clip_limit);
    return true;
}

bool session_texts_recall(struct session *session, size_t index)
{
    struct test *test = &session->model.tests.items[index];
    struct reading reading = {session, test};
    if (!session->watching || session->failures.len > RECALLED_TESTS)
        return false;
    history_texts(session->history, session_name(session, test), take, &reading);
    return test->result != NULL;
}
