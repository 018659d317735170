#include "stream/unittest_section.h"

#include "stream/line_reader.h"
#include "stream/scan.h"

/* The line of an exception: the last one that is not indented and comes behind such as are. */
static struct bytes find_message(struct bytes text)
{
    struct bytes message = {0}, line;
    bool indented = false;
    while (scan_line(&text, &line)) {
        bool blank = line.len == 0, inner = line.len > 0 && line.data[0] == ' ';
        if (indented && !inner && !blank)
            message = line;
        indented = inner;
    }
    return message;
}

void unittest_section_tell(struct unittest_section *section, const struct emitter *emitter)
{
    static const struct {
        const char *head, *name;
    } parts[] = {{"\nStdout:\n", "stdout"}, {"\nStderr:\n", "stderr"}};
    struct bytes id = buf_bytes(&section->id), text = buf_bytes(&section->text);
    for (size_t i = 2; i-- > 0;) {
        size_t at = scan_find(text, parts[i].head);
        if (at == SIZE_MAX)
            continue;
        emit_text(emitter, id, parts[i].name, scan_skip(text, at + strlen(parts[i].head)), true);
        text.len = at + 1;
    }
    struct bytes message = find_message(text), stack = scan_trim_end(text);
    if (message.len > 0 && !bytes_equal(id, buf_bytes(&section->explained)))
        emit_text(emitter, id, "message", message, true);
    if (stack.len > 0)
        emit_text(emitter, id, "traceback", (struct bytes){stack.data, stack.len + 1}, true);
    buf_clear(&section->explained);
    keep_text(&section->explained, id);
}

void unittest_section_release(struct unittest_section *section)
{
    buf_release(&section->id);
    buf_release(&section->text);
    buf_release(&section->explained);
}
