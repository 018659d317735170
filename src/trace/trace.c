#include "trace/trace.h"

#include "trace/origin.h"

#include <stdint.h>

#define HEADER "Traceback (most recent call last):"
#define GROUP_HEADER "Exception Group " HEADER
#define DUMP_HEADER "(most recent call first):"

/* One exception of a text: where its frames begin, and what is said in front of them. */
struct part {
    size_t first;
    char *lead; /* NULL: the first exception of all */
    bool sub;   /* of an exception group: its lead only makes sense before frames of its own */
};

enum state {
    STATE_BETWEEN, /* nothing to read but what may begin another exception */
    STATE_FRAMES,
    STATE_MESSAGE,
};

struct parser {
    struct trace *trace;
    struct bytes text;
    size_t at;
    const struct trace_paths *paths;
    enum state state;
    VEC(struct part) parts;
    struct buf message;
    size_t own;   /* where in message the text of the innermost exception begins */
    bool grouped; /* in an exception group: lines stand behind a margin */
    size_t sub;   /* depth of the exception in groups, 0 outside and for the outermost group itself */
};

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && strchr(" \t\r", text.data[text.len - 1]) != NULL &&
           text.data[text.len - 1] != '\0')
        text.len--;
    return text;
}

static bool contains(struct bytes text, const char *what)
{
    return text.len > 0 && memmem(text.data, text.len, what, strlen(what)) != NULL;
}

static bool ends_with(struct bytes text, const char *what)
{
    size_t len = strlen(what);
    return text.len >= len && memcmp(text.data + text.len - len, what, len) == 0;
}

/* The line at *at, without its end; moves *at behind it. false at the end of the text. */
static bool next_line(struct bytes text, size_t *at, struct bytes *line)
{
    if (*at >= text.len)
        return false;
    const char *start = text.data + *at;
    const char *end = memchr(start, '\n', text.len - *at);
    size_t len = end != NULL ? (size_t)(end - start) : text.len - *at;
    *at += len + 1;
    if (len > 0 && start[len - 1] == '\r')
        len--;
    *line = (struct bytes){start, len};
    return true;
}

static bool read_number(struct bytes *text, unsigned *number)
{
    uint64_t value = 0;
    size_t at = 0;
    while (at < text->len && text->data[at] >= '0' && text->data[at] <= '9' && value < UINT32_MAX)
        value = value * 10 + (unsigned)(text->data[at++] - '0');
    *text = (struct bytes){text->data + at, text->len - at};
    *number = value < UINT32_MAX ? (unsigned)value : 0;
    return at > 0;
}

/* What follows a path in `File "PATH", line N, in FUNCTION`, from the quote on; dumps have no second comma.
 */
static bool read_place(struct bytes text, struct frame *frame)
{
    static const char line[] = "\", line ";
    if (!bytes_starts(text, line))
        return false;
    text = (struct bytes){text.data + sizeof line - 1, text.len - (sizeof line - 1)};
    if (!read_number(&text, &frame->line))
        return false;
    if (text.len == 0)
        return true;
    size_t skip = bytes_starts(text, ", in ") ? 5 : bytes_starts(text, " in ") ? 4 : 0;
    if (skip > 0)
        frame->function = mem_dup(text.data + skip, text.len - skip);
    return skip > 0;
}

/* Reads `  File "…", line …`. A path may have quotes of its own: the last one that fits ends it. */
static bool read_location(struct bytes line, struct frame *frame)
{
    static const char file[] = "File \"";
    if (!bytes_starts(line, " "))
        return false;
    line = trim(line);
    if (!bytes_starts(line, file))
        return false;
    size_t start = sizeof file - 1;
    for (size_t end = line.len; end-- > start;) {
        if (line.data[end] != '"' || !read_place((struct bytes){line.data + end, line.len - end}, frame))
            continue;
        frame->path = mem_dup(line.data + start, end - start);
        return true;
    }
    return false;
}

/* Puts the frame's path and kind right. */
static void place(struct frame *frame, const struct trace_paths *paths)
{
    const char *relative;
    frame->kind = origin_of(frame->path, paths, &relative);
    if (relative != frame->path) {
        char *path = mem_strdup(relative);
        free(frame->path);
        frame->path = path;
    }
}

static void frame_release(struct frame *frame)
{
    free(frame->path);
    free(frame->function);
    free(frame->source);
    free(frame->lead);
    *frame = (struct frame){0};
}

/* In a group every line stands behind a margin: blanks and a bar. */
static struct bytes strip_margin(struct bytes line)
{
    size_t at = 0;
    while (at < line.len && line.data[at] == ' ')
        at++;
    if (at < 2 || at >= line.len || line.data[at] != '|')
        return line;
    at += at + 1 < line.len && line.data[at + 1] == ' ' ? 2 : 1;
    return (struct bytes){line.data + at, line.len - at};
}

/* A line that opens an exception of a group, or ends the group: "  +-+---------------- 1 ----------------".
 * Gives its depth from 1 and its number ("…" for those that Python left out, none at the end). */
static bool read_divider(struct bytes line, size_t *depth, struct bytes *number)
{
    static const char dashes[] = "----------------";
    size_t plus = 0;
    while (plus < line.len && line.data[plus] == ' ')
        plus++;
    if (plus < 2 || plus >= line.len || line.data[plus] != '+')
        return false;
    if (plus + 2 < line.len && line.data[plus + 1] == '-' && line.data[plus + 2] == '+')
        plus += 2;
    struct bytes rest = {line.data + plus + 1, line.len - plus - 1};
    if (!bytes_starts(rest, dashes))
        return false;
    *depth = plus / 2 - 1;
    while (rest.len > 0 && (rest.data[0] == '-' || rest.data[0] == ' '))
        rest = (struct bytes){rest.data + 1, rest.len - 1};
    while (rest.len > 0 && (rest.data[rest.len - 1] == '-' || rest.data[rest.len - 1] == ' '))
        rest.len--;
    *number = rest;
    return true;
}

static bool is_header(struct bytes line)
{
    line = trim(line);
    if (bytes_starts(line, "+ "))
        line = (struct bytes){line.data + 2, line.len - 2};
    return bytes_is(line, HEADER) || bytes_is(line, GROUP_HEADER);
}

static struct bytes peel(const struct parser *self, struct bytes line)
{
    return self->grouped ? strip_margin(line) : line;
}

static void begin_part(struct parser *self, char *lead, bool sub)
{
    vec_push(&self->parts, (struct part){.first = self->trace->frames.len, .lead = lead, .sub = sub});
}

static void chop_blanks(struct buf *buf, size_t from)
{
    while (buf->len > from && strchr(" \t\n", buf->data[buf->len - 1]) != NULL)
        buf->data[--buf->len] = '\0';
}

/* Whether the line says how the exception before hangs together with the one that follows: another traceback
 * must come next. Messages may quote such lines, so both are asked for. */
static bool is_joint(const struct parser *self, struct bytes line)
{
    static const char during[] = "During handling of the above exception, another exception occurred:";
    static const char cause[] = "The above exception was the direct cause of the following exception:";
    line = strip_margin(line);
    if (!bytes_is(line, during) && !bytes_is(line, cause))
        return false;
    size_t from = self->at;
    struct bytes next;
    while (next_line(self->text, &from, &next)) {
        if (trim(strip_margin(next)).len == 0)
            continue;
        return is_header(strip_margin(next));
    }
    return false;
}

/* Everything said so far becomes the lead of the next exception. One without the margin of a group follows
 * the group as a whole. */
static void take_joint(struct parser *self, struct bytes line)
{
    struct bytes bare = strip_margin(line);
    if (bare.data == line.data) {
        self->own = self->sub = 0;
        self->grouped = false;
    }
    chop_blanks(&self->message, self->own);
    struct bytes before = {buf_str(&self->message) + self->own, self->message.len - self->own};
    char *lead = mem_printf("%.*s\n%.*s", (int)before.len, before.data, (int)bare.len, bare.data);
    if (self->message.len > self->own) {
        self->message.len = self->own;
        self->message.data[self->own] = '\0';
    }
    begin_part(self, lead, false);
    self->state = STATE_FRAMES;
}

/* The rest of the lines of a group say which exception of it they belong to. */
static void take_divider(struct parser *self, size_t depth, struct bytes number)
{
    chop_blanks(&self->message, 0);
    self->sub = depth;
    self->state = number.len > 0 ? STATE_FRAMES : STATE_BETWEEN;
    if (number.len == 0)
        return;
    buf_printf(&self->message, "\n%*s%.*s: ", (int)(2 * depth), "", (int)number.len, number.data);
    self->own = self->message.len;
    begin_part(self, mem_printf("in exception %.*s of the group", (int)number.len, number.data), true);
}

/* A line of message. Those of an exception in a group are indented below their number. */
static void take_message(struct parser *self, struct bytes line)
{
    if (self->state == STATE_MESSAGE)
        buf_printf(&self->message, "\n%*s", (int)(self->own > 0 ? 2 * self->sub + 2 : 0), "");
    buf_add(&self->message, line.data, line.len);
    self->state = STATE_MESSAGE;
}

static bool is_marker(struct bytes line)
{
    for (size_t i = 0; i < line.len; i++)
        if (strchr("^~ ", line.data[i]) == NULL || line.data[i] == '\0')
            return false;
    return line.len > 0;
}

/* An indented line below a frame: its source, the caret of a syntax error, or how often the frame repeats. */
static void take_detail(struct frame *frame, struct bytes line)
{
    static const char repeated[] = "[Previous line repeated ";
    struct bytes bare = trim(line);
    if (bytes_starts(bare, repeated)) {
        bare = (struct bytes){bare.data + sizeof repeated - 1, bare.len - (sizeof repeated - 1)};
        read_number(&bare, &frame->repeats);
    } else if (frame->source == NULL && !is_marker(bare)) {
        frame->source = mem_dup(bare.data, bare.len);
    } else if (frame->function == NULL && frame->column == 0 && is_marker(bare)) {
        size_t indent = (size_t)(bare.data - line.data);
        frame->column = indent >= 4 ? (unsigned)(indent - 4 + 1) : 0;
    }
}

static bool is_dropped_note(struct bytes line)
{
    return bytes_starts(line, "… ") && ends_with(line, " dropped …");
}

static void take_frame_line(struct parser *self, struct bytes line)
{
    struct frame frame = {0};
    if (read_location(line, &frame)) {
        place(&frame, self->paths);
        vec_push(&self->trace->frames, frame);
        return;
    }
    size_t first = self->parts.len > 0 ? self->parts.items[self->parts.len - 1].first : 0;
    if (bytes_starts(line, " ") && self->trace->frames.len > first)
        take_detail(&self->trace->frames.items[self->trace->frames.len - 1], line);
    else if (is_header(line))
        self->grouped = self->grouped || contains(line, GROUP_HEADER);
    else if (!is_dropped_note(line) && (line.len > 0 || self->trace->frames.len > first))
        take_message(self, line);
}

static void take_line(struct parser *self, struct bytes line)
{
    size_t depth;
    struct bytes number;
    if (is_joint(self, line))
        take_joint(self, line);
    else if (self->grouped && read_divider(line, &depth, &number))
        take_divider(self, depth, number);
    else if (self->state == STATE_FRAMES)
        take_frame_line(self, peel(self, line));
    else if (self->state == STATE_MESSAGE)
        take_message(self, peel(self, line));
}

/* Where the first line begins that fits; text.len: none does. */
static size_t find_line(struct bytes text, bool (*fits)(struct bytes line))
{
    struct bytes line;
    for (size_t at = 0, start = 0; next_line(text, &at, &line); start = at)
        if (fits(line))
            return start;
    return text.len;
}

static bool is_location(struct bytes line)
{
    struct frame frame = {0};
    bool found = read_location(line, &frame);
    frame_release(&frame);
    return found;
}

static bool is_text(struct bytes line)
{
    return trim(line).len > 0;
}

static bool is_dump_header(struct bytes line)
{
    return ends_with(line, DUMP_HEADER) && !contains(line, "C stack trace");
}

/* One hexadecimal escape of faulthandler at the start: \xNN, \uNNNN, \UNNNNNNNN. Returns its length, 0 none.
 */
static size_t read_escape(const char *text, uint32_t *point)
{
    size_t digits = text[0] != '\\' ? 0 : text[1] == 'x' ? 2 : text[1] == 'u' ? 4 : text[1] == 'U' ? 8 : 0;
    *point = 0;
    for (size_t i = 0; i < digits; i++) {
        const char *hex = "0123456789abcdef", *at = text[2 + i] != '\0' ? strchr(hex, text[2 + i]) : NULL;
        if (at == NULL)
            return 0;
        *point = *point * 16 + (uint32_t)(at - hex);
    }
    bool valid = *point > 0 && *point <= 0x10FFFF && (*point < 0xD800 || *point > 0xDFFF);
    return digits > 0 && valid ? digits + 2 : 0;
}

static void add_utf8(struct buf *to, uint32_t point)
{
    if (point < 0x80) {
        buf_putc(to, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    buf_putc(to, (char)(first[more] | (point >> (6 * more))));
    while (more-- > 0)
        buf_putc(to, (char)(0x80 | ((point >> (6 * more)) & 0x3F)));
}

/* faulthandler writes what is not ASCII as escapes. */
static void unescape(char **name)
{
    if (*name == NULL || strchr(*name, '\\') == NULL)
        return;
    struct buf plain = {0};
    for (const char *at = *name; *at != '\0';) {
        uint32_t point;
        size_t len = read_escape(at, &point);
        if (len > 0)
            add_utf8(&plain, point);
        else
            buf_putc(&plain, *at);
        at += len > 0 ? len : 1;
    }
    free(*name);
    *name = buf_take(&plain);
}

static void drop_frames(struct trace *trace)
{
    struct frame *frame;
    vec_each (frame, &trace->frames)
        frame_release(frame);
    trace->frames.len = 0;
}

static void take_dump_frames(struct parser *self)
{
    struct frame frame = {0};
    struct bytes line;
    size_t at = self->at;
    while (next_line(self->text, &at, &line) && read_location(line, &frame)) {
        unescape(&frame.path);
        unescape(&frame.function);
        place(&frame, self->paths);
        vec_push(&self->trace->frames, frame);
        frame = (struct frame){0};
        self->at = at;
    }
}

static void reverse_frames(struct trace *trace)
{
    for (size_t i = 0, j = trace->frames.len; i + 1 < j; i++) {
        struct frame frame = trace->frames.items[i];
        trace->frames.items[i] = trace->frames.items[--j];
        trace->frames.items[j] = frame;
    }
}

/* A dump of faulthandler: threads in blocks, the innermost frame first. */
static void parse_dump(struct parser *self)
{
    bool current = false;
    struct bytes line;
    begin_part(self, NULL, false);
    while (next_line(self->text, &self->at, &line)) {
        if (bytes_starts(line, "Fatal Python error: ") || bytes_starts(line, "Timeout (")) {
            buf_clear(&self->message);
            buf_add(&self->message, line.data, line.len);
        }
        if (!is_dump_header(line) || (current && !bytes_starts(line, "Current thread")))
            continue;
        current = bytes_starts(line, "Current thread");
        drop_frames(self->trace);
        take_dump_frames(self);
    }
    reverse_frames(self->trace);
}

static void parse_text(struct parser *self)
{
    struct bytes line;
    self->at = find_line(self->text, is_header);
    if (self->at == self->text.len)
        self->at = find_line(self->text, is_location);
    if (self->at == self->text.len) {
        buf_add(&self->message, self->text.data, self->text.len);
        return;
    }
    self->state = STATE_FRAMES;
    begin_part(self, NULL, false);
    while (next_line(self->text, &self->at, &line))
        take_line(self, line);
}

/* What of one stack stays: bounds are of its frames, project ones from first to last. */
struct stack {
    size_t begin, end;
    size_t first, last; /* first = end: no project frame */
    bool from_runner;
};

static bool is_noise(const struct frame *frame)
{
    return frame->kind == FRAME_RUNNER || origin_is_loop(frame->path);
}

static struct stack stack_of(const struct trace *trace, size_t begin, size_t end)
{
    struct stack stack = {.begin = begin, .end = end, .first = end, .last = end};
    for (size_t i = begin; i < end; i++) {
        if (trace->frames.items[i].kind != FRAME_PROJECT)
            continue;
        stack.first = stack.first == end ? i : stack.first;
        stack.last = i;
    }
    stack.from_runner = begin < end && is_noise(&trace->frames.items[begin]);
    return stack;
}

static bool stays(const struct trace *trace, const struct stack *stack, size_t at)
{
    const struct frame *frame = &trace->frames.items[at];
    if (stack->first == stack->end)
        return frame->kind != FRAME_RUNNER;
    if (at < stack->first)
        return !stack->from_runner && !is_noise(frame);
    return at < stack->last || frame->kind != FRAME_RUNNER;
}

/* Moves the frames of a stack that stay to `to`, and hangs `lead` before the first of them. Returns behind
 * the last. */
static size_t keep_frames(struct trace *trace, const struct stack *stack, size_t to, struct buf *lead)
{
    for (size_t i = stack->begin; i < stack->end; i++) {
        bool kept = stays(trace, stack, i);
        struct frame frame = trace->frames.items[i];
        trace->frames.items[i] = (struct frame){0};
        if (!kept) {
            frame_release(&frame);
            continue;
        }
        if (frame.kind == FRAME_RUNNER)
            frame.kind = FRAME_FOREIGN;
        if (lead->len > 0) {
            frame.chained = true;
            frame.lead = buf_take(lead);
        }
        trace->frames.items[to++] = frame;
    }
    return to;
}

/* Drops the runner's frames. The lead of an exception none of whose frames stays goes before the next. */
static void keep_project(struct parser *self, struct buf *lead)
{
    struct trace *trace = self->trace;
    size_t to = 0;
    for (size_t i = 0; i < self->parts.len; i++) {
        struct part *part = &self->parts.items[i];
        size_t end = i + 1 < self->parts.len ? part[1].first : trace->frames.len;
        size_t before = lead->len;
        if (part->lead != NULL)
            buf_printf(lead, "%s%s", lead->len > 0 ? "\n" : "", part->lead);
        struct stack stack = stack_of(trace, part->first, end);
        to = keep_frames(trace, &stack, to, lead);
        if (part->sub && lead->len > before) {
            lead->len = before;
            lead->data[before] = '\0';
        }
    }
    trace->frames.len = to;
}

/* A text that begins with a traceback is one, whatever its message quotes. */
static bool has_dump(struct bytes text)
{
    size_t first = find_line(text, is_text);
    if (first < text.len && find_line(text, is_header) == first)
        return false;
    return find_line(text, is_dump_header) < text.len;
}

static char *take_text(struct buf *message, struct buf *lead)
{
    chop_blanks(message, 0);
    if (lead->len > 0)
        buf_printf(lead, "\n%s", buf_str(message));
    struct bytes text = buf_bytes(lead->len > 0 ? lead : message);
    while (text.len > 0 && (text.data[0] == '\n' || text.data[0] == '\r'))
        text = (struct bytes){text.data + 1, text.len - 1};
    return mem_dup(text.data, text.len);
}

void trace_parse(struct trace *trace, struct bytes text, const struct trace_paths *paths)
{
    *trace = (struct trace){0};
    struct parser self = {.trace = trace, .text = text, .paths = paths};
    struct buf lead = {0};
    struct part *part;
    if (has_dump(text))
        parse_dump(&self);
    else
        parse_text(&self);
    keep_project(&self, &lead);
    trace->message = take_text(&self.message, &lead);
    vec_each (part, &self.parts)
        free(part->lead);
    vec_release(&self.parts);
    buf_release(&self.message);
    buf_release(&lead);
}

void trace_release(struct trace *trace)
{
    drop_frames(trace);
    vec_release(&trace->frames);
    free(trace->message);
    trace->message = NULL;
}
