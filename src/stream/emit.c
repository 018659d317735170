#include "stream/emit.h"

#include "stream/names.h"

#define PLAIN_TEXT "text/plain;charset=utf8"

void emit_noise(const struct emitter *to, struct bytes octets)
{
    if (octets.len > 0)
        to->sink->noise(to->owner, octets);
}

void emit_noise_line(const struct emitter *to, const struct line *line)
{
    emit_noise(to, line->text);
    if (line->ended)
        emit_noise(to, bytes_of("\n"));
}

void emit_damage(const struct emitter *to, const struct line *line, const char *reason)
{
    to->sink->damage(to->owner, reason, line->offset, line->text.len);
}

void emit_text(const struct emitter *to, struct bytes id, const char *name, struct bytes piece, bool eof)
{
    const struct event event = {
        .test_id = id, .file_name = bytes_of(name), .file = piece, .mime = bytes_of(PLAIN_TEXT), .eof = eof};
    to->sink->event(to->owner, &event);
}

void emit_outcome(const struct emitter *to, struct bytes id, const struct outcome_said *said)
{
    const struct bytes tag = bytes_of(said->tag);
    const struct event event = {.test_id = id,
                                .status = said->status,
                                .tags = &tag,
                                .tag_count = said->tag != NULL,
                                .has_tags = said->tag != NULL,
                                .runnable = said->runnable,
                                .duration_ns = said->duration_ns};
    to->sink->event(to->owner, &event);
}

void emit_unique(struct names *names, struct buf *name)
{
    size_t len = name->len;
    for (size_t number = 2; !names_add(names, buf_bytes(name)); number++) {
        name->len = len;
        buf_printf(name, " #%zu", number);
    }
}
