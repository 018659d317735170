#include "stream/tap_why.h"

#include "stream/tap_dialect.h"

static void attach(const struct tap_why *why, const char *name, struct bytes piece, bool eof)
{
    if (why->id.len > 0)
        emit_text(&why->emitter, buf_bytes(&why->id), name, piece, eof);
}

void tap_why_point(struct tap_why *why, const struct tap_line *point, enum event_status status)
{
    if (point->reason.len > 0)
        attach(why, "reason", point->reason, true);
    if (point->said.len > 0)
        attach(why, "message", point->said, true);
    const struct outcome_said said = {.status = status, .duration_ns = point->duration_ns};
    emit_outcome(&why->emitter, buf_bytes(&why->id), &said);
    why->failing = status == EVENT_FAIL || status == EVENT_XFAIL;
}

static void explain(struct tap_why *why, struct bytes text)
{
    buf_clear(&why->said);
    buf_add(&why->said, text.data, text.len);
    buf_putc(&why->said, '\n');
    attach(why, "traceback", buf_bytes(&why->said), false);
}

bool tap_why_comment(struct tap_why *why, struct bytes text)
{
    if (!why->failing || tap_dialect_sums_up(text))
        return false;
    explain(why, text);
    return true;
}

/* Nothing behind a block is the point's: what follows is printed by the next one, or sums up. */
static void end_block(struct tap_why *why)
{
    why->in_block = false;
    if (why->failing)
        attach(why, "traceback", (struct bytes){"", 0}, true);
    why->failing = false;
}

bool tap_why_block(struct tap_why *why, const struct line *line)
{
    struct bytes text = line->text;
    for (size_t i = 0; i < why->indent && text.len > 0; i++) {
        if (text.data[0] != ' ') {
            emit_damage(&why->emitter, line, "a YAML block that does not end");
            why->in_block = false;
            return false;
        }
        text = (struct bytes){text.data + 1, text.len - 1};
    }
    if (bytes_is(text, "...")) {
        end_block(why);
        return true;
    }
    const struct outcome_said took = {.duration_ns = tap_yaml_duration(text)};
    if (took.duration_ns > 0 && why->id.len > 0)
        emit_outcome(&why->emitter, buf_bytes(&why->id), &took);
    if (why->failing && !tap_dialect_is_routine(text))
        explain(why, text);
    return true;
}

void tap_why_release(struct tap_why *why)
{
    buf_release(&why->id);
    buf_release(&why->said);
}
