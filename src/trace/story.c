#include "trace/story_private.h"

#include "trace/clean.h"
#include "trace/diff.h"

#define MESSAGE_LINES 200
#define LABEL_COLUMNS 6

struct story_line *story_add(struct teller *self, int frame)
{
    vec_push(&self->story->lines, (struct story_line){.frame = frame});
    return &self->story->lines.items[self->story->lines.len - 1];
}

void story_span(struct story_line *line, enum style style, struct bytes text)
{
    if (text.len > 0)
        vec_push(&line->spans, (struct span){.style = style, .text = mem_dup(text.data, text.len)});
}

void story_words(struct story_line *line, enum style style, struct bytes text, struct ink *ink)
{
    vec_push(&line->spans, story_printed(style, text, ink));
}

void story_text(struct story_line *line, enum style style, const char *text)
{
    story_span(line, style, bytes_of(text));
}

void story_padding(struct story_line *line, size_t columns)
{
    if (columns > 0)
        vec_push(&line->spans, (struct span){.text = mem_printf("%*s", (int)columns, "")});
}

const char *story_pick(const struct teller *self, const char *fine, const char *ascii)
{
    return self->input->ascii ? ascii : fine;
}

static char *duration_text(int64_t ns)
{
    double seconds = (double)ns / 1e9;
    if (seconds >= 100)
        return mem_printf("%.0f s", seconds);
    return mem_printf(seconds >= 10 ? "%.1f s" : "%.2f s", seconds);
}

static void tell_heading(struct teller *self)
{
    const struct story_input *input = self->input;
    struct story_line *line = story_add(self, -1);
    line->heading = true;
    story_text(line, input->harmless ? STYLE_BOLD : STYLE_RED, input->label);
    size_t width = strlen(input->label);
    story_padding(line, width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1);
    story_text(line, STYLE_BOLD, input->id);
    const char *gap = "   ";
    if (input->detail != NULL) {
        story_text(line, STYLE_PLAIN, gap);
        story_text(line, STYLE_YELLOW, input->detail);
        gap = "  ";
    }
    struct buf rest = {0};
    if (input->duration_ns > 0) {
        char *duration = duration_text(input->duration_ns);
        buf_printf(&rest, "%s%s", gap, duration);
        free(duration);
        gap = "  ";
    }
    if (input->red_runs > 1) {
        buf_printf(&rest, "%ssince %u runs", gap, input->red_runs);
        gap = "  ";
    }
    if (input->flaky)
        buf_printf(&rest, "%sflaky", gap);
    story_span(line, STYLE_DIM, buf_bytes(&rest));
    buf_release(&rest);
}

/* An indented line of message or output; cut when it is very long. */
static void tell_text(struct teller *self, enum style style, struct bytes text, struct ink *ink)
{
    struct story_line *line = story_add(self, -1);
    if (text.len == 0)
        return;
    story_text(line, STYLE_PLAIN, STORY_INDENT);
    size_t len = text.len <= STORY_OCTETS ? text.len : STORY_OCTETS;
    while (len < text.len && len > 0 && ((unsigned char)text.data[len] & 0xC0) == 0x80)
        len--;
    story_words(line, style, (struct bytes){text.data, len}, ink);
    if (len == text.len)
        return;
    char *more = mem_printf("%s %zu more bytes", story_pick(self, "…", "..."), text.len - len);
    story_text(line, STYLE_DIM, more);
    free(more);
}

static size_t line_length(struct bytes text)
{
    const char *end = memchr(text.data, '\n', text.len);
    return end != NULL ? (size_t)(end - text.data) : text.len;
}

static size_t count_lines(struct bytes text)
{
    size_t lines = 0;
    for (size_t at = 0; at < text.len; lines++)
        at += line_length((struct bytes){text.data + at, text.len - at}) + 1;
    return lines;
}

/* Text without a traceback is its own message; where it is the output, it is told as such. */
static bool is_only_output(const struct story_input *input)
{
    return input->trace->frames.len == 0 && input->output != NULL &&
           strstr(input->output, input->trace->message) != NULL;
}

static void tell_message(struct teller *self)
{
    const char *at = self->input->trace->message;
    if (at == NULL || *at == '\0' || is_only_output(self->input))
        return;
    size_t lines = count_lines(bytes_of(at));
    struct ink ink = {0};
    for (size_t i = 0; i < lines && i < MESSAGE_LINES; i++) {
        struct bytes line = {at, strcspn(at, "\n")};
        tell_text(self, i == 0 ? STYLE_RED : diff_style(line), line, &ink);
        at += line.len + (at[line.len] == '\n');
    }
    if (lines <= MESSAGE_LINES)
        return;
    char *more =
        mem_printf("%s%s %zu more lines", STORY_INDENT, story_pick(self, "…", "..."), lines - MESSAGE_LINES);
    story_text(story_add(self, -1), STYLE_DIM, more);
    free(more);
}

/* Where a sanitizer begins to draw the memory around, and what its octets mean: after all that it says. */
static size_t shadow_start(struct bytes output)
{
    static const char title[] = "\nShadow bytes around the buggy address:\n";
    const char *found = memmem(output.data, output.len, title, sizeof title - 1);
    return found != NULL ? (size_t)(found - output.data) : output.len;
}

/* The output that is not told already as frames and message: up to the dump of a dying interpreter, or of
 * memory. */
static struct bytes own_output(const struct teller *self)
{
    struct bytes output = bytes_of(self->input->output);
    if (output.data == NULL || self->input->trace->frames.len == 0)
        return output;
    output.len = trace_dump_start(output);
    output.len = shadow_start(output);
    return output;
}

static void tell_output(struct teller *self)
{
    struct bytes output = own_output(self);
    while (output.len > 0 && output.data[output.len - 1] == '\n')
        output.len--;
    size_t lines = count_lines(output), wanted = self->input->output_lines;
    if (lines == 0 || wanted == 0)
        return;
    char *what = lines > wanted ? mem_printf("%s%s last %zu lines of its output", STORY_INDENT,
                                             story_pick(self, "…", "..."), wanted)
                                : mem_printf("%sits output", STORY_INDENT);
    story_text(story_add(self, -1), STYLE_DIM, what);
    free(what);
    struct ink ink = {0};
    for (size_t at = 0; at < output.len; lines--) {
        struct bytes rest = {output.data + at, output.len - at};
        size_t len = line_length(rest);
        if (lines <= wanted)
            tell_text(self, STYLE_PLAIN, (struct bytes){rest.data, len}, &ink);
        else
            clean_follow(&ink, (struct bytes){rest.data, len});
        at += len + 1;
    }
}

struct span story_printed(enum style style, struct bytes text, struct ink *ink)
{
    struct span span = {.style = style, .text = mem_dup(text.data, text.len), .printed = true, .ink = *ink};
    clean_follow(ink, text);
    return span;
}

void story_build(struct story *story, const struct story_input *input)
{
    *story = (struct story){0};
    struct teller self = {.story = story, .input = input};
    tell_heading(&self);
    story_frames(&self);
    tell_message(&self);
    tell_output(&self);
}

void story_release(struct story *story)
{
    struct story_line *line;
    struct span *span;
    vec_each (line, &story->lines) {
        vec_each (span, &line->spans)
            free(span->text);
        vec_release(&line->spans);
    }
    vec_release(&story->lines);
}
