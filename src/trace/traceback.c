#include "trace/traceback.h"

#include "trace/frame.h"
#include "trace/text.h"

#define HEADER "Traceback (most recent call last):"
#define GROUP_HEADER "Exception Group " HEADER

enum state {
    STATE_BETWEEN, /* nothing to read but what may begin another exception */
    STATE_FRAMES,
    STATE_MESSAGE,
};

struct parser {
    struct traceback *found;
    struct bytes text;
    size_t at;
    const struct trace_paths *paths;
    enum state state;
    size_t own;   /* where in the message the text of the innermost exception begins */
    bool grouped; /* in an exception group: lines stand behind a margin */
    size_t sub;   /* depth of the exception in groups, 0 outside and for the outermost group itself */
};

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
    line = text_trim(line);
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
    vec_push(&self->found->parts,
             (struct part){.first = self->found->trace->frames.len, .lead = lead, .sub = sub});
}

bool traceback_joins(struct bytes line)
{
    static const char during[] = "During handling of the above exception, another exception occurred:";
    static const char cause[] = "The above exception was the direct cause of the following exception:";
    return bytes_is(line, during) || bytes_is(line, cause);
}

/* Whether the line joins two exceptions and another traceback comes next: messages may quote such lines. */
static bool is_joint(const struct parser *self, struct bytes line)
{
    if (!traceback_joins(strip_margin(line)))
        return false;
    size_t from = self->at;
    struct bytes next;
    while (text_line(self->text, &from, &next)) {
        if (text_trim(strip_margin(next)).len == 0)
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
    text_chop(&self->found->message, self->own);
    struct bytes before = {buf_str(&self->found->message) + self->own, self->found->message.len - self->own};
    char *lead = mem_printf("%.*s\n%.*s", (int)before.len, before.data, (int)bare.len, bare.data);
    if (self->found->message.len > self->own) {
        self->found->message.len = self->own;
        self->found->message.data[self->own] = '\0';
    }
    begin_part(self, lead, false);
    self->state = STATE_FRAMES;
}

/* The rest of the lines of a group say which exception of it they belong to. */
static void take_divider(struct parser *self, size_t depth, struct bytes number)
{
    text_chop(&self->found->message, 0);
    self->sub = depth;
    self->state = number.len > 0 ? STATE_FRAMES : STATE_BETWEEN;
    if (number.len == 0)
        return;
    buf_printf(&self->found->message, "\n%*s%.*s: ", (int)(2 * depth), "", (int)number.len, number.data);
    self->own = self->found->message.len;
    begin_part(self, mem_printf("in exception %.*s of the group", (int)number.len, number.data), true);
}

/* A line of message. Those of an exception in a group are indented below their number. */
static void take_message(struct parser *self, struct bytes line)
{
    if (self->state == STATE_MESSAGE)
        buf_printf(&self->found->message, "\n%*s", (int)(self->own > 0 ? 2 * self->sub + 2 : 0), "");
    buf_add(&self->found->message, line.data, line.len);
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
    struct bytes bare = text_trim(line);
    if (bytes_starts(bare, repeated)) {
        bare = (struct bytes){bare.data + sizeof repeated - 1, bare.len - (sizeof repeated - 1)};
        text_number(&bare, &frame->repeats);
    } else if (frame->source == NULL && !is_marker(bare)) {
        frame->source = mem_dup(bare.data, bare.len);
    } else if (frame->function == NULL && frame->column == 0 && is_marker(bare)) {
        size_t indent = (size_t)(bare.data - line.data);
        frame->column = indent >= 4 ? (unsigned)(indent - 4 + 1) : 0;
    }
}

static bool is_dropped_note(struct bytes line)
{
    return bytes_starts(line, "… ") && text_ends(line, " dropped …");
}

static void take_frame_line(struct parser *self, struct bytes line)
{
    struct frame frame = {0};
    if (frame_read(line, &frame)) {
        frame_place(&frame, self->paths);
        vec_push(&self->found->trace->frames, frame);
        return;
    }
    size_t first =
        self->found->parts.len > 0 ? self->found->parts.items[self->found->parts.len - 1].first : 0;
    if (bytes_starts(line, " ") && self->found->trace->frames.len > first)
        take_detail(&self->found->trace->frames.items[self->found->trace->frames.len - 1], line);
    else if (is_header(line))
        self->grouped = self->grouped || text_has(line, GROUP_HEADER);
    else if (!is_dropped_note(line) && (line.len > 0 || self->found->trace->frames.len > first))
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

static bool is_location(struct bytes line)
{
    struct frame frame = {0};
    bool found = frame_read(line, &frame);
    frame_release(&frame);
    return found;
}

static bool is_text(struct bytes line)
{
    return text_trim(line).len > 0;
}

bool traceback_opens(struct bytes text)
{
    size_t first = text_find(text, is_text);
    return first < text.len && text_find(text, is_header) == first;
}

void traceback_read(struct traceback *traceback, struct bytes text, const struct trace_paths *paths)
{
    struct parser self = {.found = traceback, .text = text, .paths = paths, .state = STATE_FRAMES};
    struct bytes line;
    self.at = text_find(text, is_header);
    if (self.at == text.len)
        self.at = text_find(text, is_location);
    if (self.at == text.len) {
        buf_add(&traceback->message, text.data, text.len);
        return;
    }
    begin_part(&self, NULL, false);
    while (text_line(text, &self.at, &line))
        take_line(&self, line);
}

void traceback_release(struct traceback *traceback)
{
    struct part *part;
    vec_each (part, &traceback->parts)
        free(part->lead);
    vec_release(&traceback->parts);
    buf_release(&traceback->message);
}
