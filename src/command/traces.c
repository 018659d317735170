#include "command/traces.h"

#include "project/targets.h"
#include "report/block.h"
#include "session/failure_read.h"
#include "trace/editor.h"

#include <stdlib.h>

#define KEPT_MAX (1 << 20) /* octets of a text: all that the history keeps of it */

void traces_open(struct traces *traces, struct recall *recall)
{
    const struct editor editor = {.visual = getenv("VISUAL"), .editor = getenv("EDITOR")};
    *traces = (struct traces){.recall = recall, .places = places_new(), .editor = editor_command(&editor)};
    traces->here = target_here(recall->where.cwd, repo_root(recall->where.repo));
}

void traces_close(struct traces *traces)
{
    struct buf *text = &traces->recall->text;
    if (text->len > 1 && strcmp(text->data + text->len - 2, "\n\n") == 0)
        text->data[--text->len] = '\0';
    if (traces->places != NULL)
        places_free(traces->places);
    free(traces->here);
}

static bool foreign(void *owner, const char *path)
{
    const struct traces *traces = owner;
    return repo_ignored(traces->recall->where.repo, path, false);
}

static bool take_text(void *owner, const struct history_text *text)
{
    struct result *result = owner;
    const struct event event = {.file_name = bytes_of(text->name), .file = text->text};
    result_add(result, &event, KEPT_MAX);
    return true;
}

static void write_failure(struct traces *traces, const struct test *test)
{
    struct recall *recall = traces->recall;
    const char *root = repo_root(recall->where.repo);
    const struct trace_paths paths = {root, foreign, NULL, traces, traces->places};
    const struct block_place place = {
        .editor = traces->editor, .here = traces->here, .root = root, .host = ""};
    struct trace trace;
    failure_read(&trace, test, &paths, false);
    block_write(&recall->text, &recall->paper, &place, test, &trace);
    trace_release(&trace);
}

int traces_write(struct traces *traces, int64_t row, int64_t run, struct test *test, bool *written,
                 struct error *error)
{
    test->result = mem_zero(sizeof *test->result);
    int bad = archive_texts(traces->recall->archive, row, run, take_text, test->result, error);
    *written = bad == 0 && test->result->attachments.len > 0;
    if (*written)
        write_failure(traces, test);
    result_free(test->result);
    test->result = NULL;
    return bad;
}

static bool take_json(void *owner, const struct history_text *text)
{
    char *copy = bytes_dup(text->text);
    json_object_set_new(owner, text->name, recall_json_text(copy));
    free(copy);
    return true;
}

int traces_json(struct traces *traces, int64_t row, int64_t run, json_t **object, struct error *error)
{
    *object = json_object();
    return archive_texts(traces->recall->archive, row, run, take_json, *object, error);
}
