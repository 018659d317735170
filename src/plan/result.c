#include "plan/model.h"

static struct attachment *find(const struct result *result, struct bytes name)
{
    struct attachment *attachment;
    vec_each (attachment, &result->attachments)
        if (bytes_is(name, attachment->name))
            return attachment;
    return NULL;
}

static void release(struct attachment *attachment)
{
    free(attachment->name);
    free(attachment->mime);
    clip_release(&attachment->data);
}

bool result_add_text(const struct result *result, const char *name, struct buf *to)
{
    const struct attachment *attachment = result != NULL ? find(result, bytes_of(name)) : NULL;
    if (attachment != NULL)
        clip_text(&attachment->data, to);
    return attachment != NULL;
}

char *result_text(const struct result *result, const char *name)
{
    struct buf text = {0};
    return result_add_text(result, name, &text) ? buf_take(&text) : NULL;
}

void result_add(struct result *result, const struct event *event, size_t clip_limit)
{
    struct attachment *attachment = find(result, event->file_name);
    if (attachment == NULL && result->attachments.len == RESULT_ATTACHMENTS_MAX) {
        result->refused++;
        return;
    }
    if (attachment == NULL) {
        struct attachment made = {.name = bytes_dup(event->file_name), .data.limit = clip_limit};
        vec_push(&result->attachments, made);
        attachment = &result->attachments.items[result->attachments.len - 1];
    }
    if (attachment->mime == NULL)
        attachment->mime = bytes_dup(event->mime);
    if (event->file.len > 0)
        clip_add(&attachment->data, event->file);
}

bool result_keep_only(struct result *result, const char *name)
{
    struct attachment kept = {0};
    struct attachment *attachment;
    vec_each (attachment, &result->attachments)
        if (strcmp(attachment->name, name) == 0)
            kept = *attachment;
        else
            release(attachment);
    vec_release(&result->attachments);
    if (kept.name == NULL)
        return false;
    result->attachments.items = mem_resize(NULL, 1, sizeof kept);
    result->attachments.items[0] = kept;
    result->attachments.len = result->attachments.cap = 1;
    return true;
}

void result_free(struct result *result)
{
    if (result == NULL)
        return;
    struct attachment *attachment;
    vec_each (attachment, &result->attachments)
        release(attachment);
    vec_release(&result->attachments);
    free(result);
}
