#include "ui/terminal_say.h"

#include "ui/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A terminal that takes nothing is seen elsewhere: here is nothing to be said about it. */
static void send_all(const struct terminal_say *say, struct bytes text)
{
    while (text.len > 0) {
        ssize_t written = write(say->fd, text.data, text.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        text.data += written;
        text.len -= (size_t)written;
    }
}

void terminal_say_init(struct terminal_say *say, int fd, struct sequence_kind kind)
{
    *say = (struct terminal_say){.fd = fd, .kind = kind};
}

void terminal_say_title(struct terminal_say *say, const char *text)
{
    if (!say->kind.title || (say->title != NULL && strcmp(say->title, text) == 0))
        return;
    struct buf out = {0};
    if (!say->kept)
        buf_puts(&out, SEQUENCE_KEEP_TITLE);
    say->kept = true;
    guard_title(SEQUENCE_RESTORE_TITLE);
    sequence_title(&out, text);
    send_all(say, buf_bytes(&out));
    buf_release(&out);
    free(say->title);
    say->title = mem_strdup(text);
}

void terminal_say_restore(struct terminal_say *say)
{
    if (say->kept)
        send_all(say, bytes_of(SEQUENCE_RESTORE_TITLE));
    say->kept = false;
    guard_title("");
    terminal_say_forget(say);
}

void terminal_say_forget(struct terminal_say *say)
{
    free(say->title);
    say->title = NULL;
}

void terminal_say_bell(struct terminal_say *say)
{
    send_all(say, bytes_of("\a"));
}

void terminal_say_notify(struct terminal_say *say, const char *title, const char *body)
{
    struct buf out = {0};
    sequence_notify(&out, say->kind, title, body);
    send_all(say, buf_bytes(&out));
    buf_release(&out);
}

bool terminal_say_copy(struct terminal_say *say, const char *text)
{
    struct buf out = {0};
    bool sent = sequence_copy(&out, say->kind, text);
    send_all(say, buf_bytes(&out));
    buf_release(&out);
    return sent;
}

void terminal_say_release(struct terminal_say *say)
{
    terminal_say_forget(say);
}
