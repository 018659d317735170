#include "stream/node_spec_why.h"

#include "stream/line_reader.h"
#include "stream/scan.h"
#include "stream/script_stack.h"

#define FAILURES_MAX 65536
#define KEPT_MAX (16u << 20) /* octets kept of what stands behind failures */

void node_spec_failed(struct node_spec_why *why, struct bytes text, struct bytes id, bool emitted)
{
    if (why->failures.len < FAILURES_MAX)
        vec_push(&why->failures,
                 (struct node_failure){.text = bytes_dup(text), .id = bytes_dup(id), .emitted = emitted});
}

/* Says why a test failed; a suite that did not fail for its tests only has failed, too. */
static void tell(struct node_spec_why *why, struct node_failure *failure, struct bytes text)
{
    struct buf stack = {0};
    struct bytes id = bytes_of(failure->id);
    const struct outcome_said failed = {.status = EVENT_FAIL};
    text = scan_trim_end(text);
    if (!failure->emitted)
        emit_outcome(&why->emitter, id, &failed);
    failure->emitted = true;
    keep_text(&stack, text);
    if (scan_find(text, "\n    at ") == SIZE_MAX && why->place.len > 0)
        buf_printf(&stack, "\n    at %s", buf_str(&why->place));
    buf_putc(&stack, '\n');
    struct bytes message = script_stack_message(text);
    if (message.len > 0)
        emit_text(&why->emitter, id, "message", message, true);
    if (text.len > 0)
        emit_text(&why->emitter, id, "traceback", buf_bytes(&stack), true);
    buf_release(&stack);
}

/* The explanation at hand is complete. */
static void end(struct node_spec_why *why)
{
    if (why->at_end && why->indent > 0) {
        why->failures.items[why->at].explained = true;
        tell(why, &why->failures.items[why->at], buf_bytes(&why->text));
    }
    why->indent = 0;
    buf_clear(&why->text);
    buf_clear(&why->place);
}

void node_spec_expect(struct node_spec_why *why, size_t depth)
{
    end(why);
    why->at_end = why->blank = false;
    why->at = why->failures.len - 1;
    why->indent = why->failures.len > 0 ? 2 * depth + 2 : 0;
}

static bool is_indented(struct bytes line, size_t indent)
{
    for (size_t i = 0; i < indent; i++)
        if (i >= line.len || line.data[i] != ' ')
            return false;
    return true;
}

static void keep(struct node_spec_why *why, struct bytes line)
{
    struct buf *behind = &why->failures.items[why->at].behind;
    if (why->at_end) {
        keep_line(&why->text, line);
    } else if (why->kept_bytes + line.len < KEPT_MAX) {
        keep_line(behind, line);
        why->kept_bytes += line.len + 1;
    }
}

bool node_spec_explain(struct node_spec_why *why, struct bytes line, bool marked)
{
    if (why->indent == 0)
        return false;
    bool begun = why->at_end || why->failures.items[why->at].behind.len > 0;
    if (is_indented(line, why->indent)) {
        keep(why, scan_skip(line, why->indent));
        return true;
    }
    if (line.len == 0 && !begun && !why->blank) {
        why->blank = true;
        return true;
    }
    if (line.len == 0 || marked || !begun)
        end(why);
    return line.len == 0;
}

void node_spec_place(struct node_spec_why *why, struct bytes place)
{
    end(why);
    keep_text(&why->place, place);
}

bool node_spec_at(struct node_spec_why *why, struct bytes text)
{
    struct node_failure *failure;
    vec_each (failure, &why->failures) {
        if (failure->explained || !bytes_is(text, failure->text))
            continue;
        why->at = (size_t)(failure - why->failures.items);
        why->at_end = true;
        why->indent = 2;
        return true;
    }
    return false;
}

void node_spec_settle(struct node_spec_why *why)
{
    struct node_failure *failure;
    end(why);
    vec_each (failure, &why->failures) {
        if (!failure->explained && failure->behind.len > 0)
            tell(why, failure, buf_bytes(&failure->behind));
        free(failure->text);
        free(failure->id);
        buf_release(&failure->behind);
    }
    why->failures.len = why->kept_bytes = 0;
}

void node_spec_why_release(struct node_spec_why *why)
{
    struct node_failure *failure;
    vec_each (failure, &why->failures) {
        free(failure->text);
        free(failure->id);
        buf_release(&failure->behind);
    }
    vec_release(&why->failures);
    buf_release(&why->place);
    buf_release(&why->text);
}
