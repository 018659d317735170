#include "trace/story.h"

#include "core/words.h"
#include "trace/clean.h"
#include "trace/diff.h"
#include "trace/editor.h"
#include "trace/origin.h"
#include "trace/place.h"
#include "trace/syntax.h"

#define MESSAGE_LINES 200
#define LINE_OCTETS 2000
#define INDENT "   "
#define LABEL_COLUMNS 6
#define LOCATION_COLUMNS 64 /* wider ones do not push the others' comments away */
#define FRAMES_HEAD 10      /* project frames shown at either end of a deep recursion */
#define FRAMES_TAIL 10

struct location {
    char *text;
    size_t file; /* octets in front of the file name; 0: the name is not its end */
};

struct teller {
    struct story *story;
    const struct story_input *input;
    bool *shown;                /* per frame of the trace */
    struct location *locations; /* likewise, of the shown ones */
    size_t before;              /* columns in front of file names */
    size_t wide;                /* columns of whole locations, file names aligned */
};

static struct story_line *add_line(struct teller *self, int frame)
{
    vec_push(&self->story->lines, (struct story_line){.frame = frame});
    return &self->story->lines.items[self->story->lines.len - 1];
}

static void add_span(struct story_line *line, enum style style, struct bytes text)
{
    if (text.len > 0)
        vec_push(&line->spans, (struct span){.style = style, .text = mem_dup(text.data, text.len)});
}

/* Words of the test's own, in the colours that are on where they begin. */
static void add_printed(struct story_line *line, enum style style, struct bytes text, struct ink *ink)
{
    vec_push(&line->spans, story_printed(style, text, ink));
}

static void add_text(struct story_line *line, enum style style, const char *text)
{
    add_span(line, style, bytes_of(text));
}

static void add_padding(struct story_line *line, size_t columns)
{
    if (columns > 0)
        vec_push(&line->spans, (struct span){.text = mem_printf("%*s", (int)columns, "")});
}

static const char *pick(const struct teller *self, const char *fine, const char *ascii)
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
    struct story_line *line = add_line(self, -1);
    line->heading = true;
    add_text(line, input->harmless ? STYLE_BOLD : STYLE_RED, input->label);
    size_t width = strlen(input->label);
    add_padding(line, width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1);
    add_text(line, STYLE_BOLD, input->id);
    const char *gap = "   ";
    if (input->detail != NULL) {
        add_text(line, STYLE_PLAIN, gap);
        add_text(line, STYLE_YELLOW, input->detail);
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
    add_span(line, STYLE_DIM, buf_bytes(&rest));
    buf_release(&rest);
}

/* Which frames get lines of their own: project frames, all when unfolded, else the deepest when there is
 * nothing of the project. Of a deep recursion only both ends. */
static void choose_frames(struct teller *self)
{
    const struct trace *trace = self->input->trace;
    size_t project = 0, seen = 0;
    for (size_t i = 0; i < trace->frames.len; i++)
        project += trace->frames.items[i].kind == FRAME_PROJECT;
    for (size_t i = 0; i < trace->frames.len; i++) {
        bool ours = trace->frames.items[i].kind == FRAME_PROJECT;
        bool deep = ours && seen >= FRAMES_HEAD && seen + FRAMES_TAIL < project;
        seen += ours;
        self->shown[i] = self->input->unfold || (ours && !deep);
    }
    if (project == 0 && trace->frames.len > 0)
        self->shown[trace->frames.len - 1] = true;
}

static struct location locate(const struct teller *self, const struct frame *frame)
{
    struct editor editor = {.editor = self->input->editor};
    char *path = *frame->path == '<' ? mem_strdup(frame->path) : place_from(frame->path, self->input->here);
    struct location location = {.text = editor_location(&editor, path, frame->line)};
    struct buf name = {0};
    words_quote(&name, path);
    free(path);
    /* Of "vim +3 x.py" the name is all behind the last blank; of "code -g x.py:3" nothing is to be aligned.
     */
    size_t len = strlen(location.text);
    if (len > name.len && strcmp(location.text + len - name.len, buf_str(&name)) == 0 &&
        location.text[len - name.len - 1] == ' ')
        location.file = len - name.len;
    buf_release(&name);
    return location;
}

static void measure_frames(struct teller *self)
{
    const struct trace *trace = self->input->trace;
    for (size_t i = 0; i < trace->frames.len; i++) {
        if (!self->shown[i])
            continue;
        self->locations[i] = locate(self, &trace->frames.items[i]);
        if (self->locations[i].file > self->before)
            self->before = self->locations[i].file;
    }
    for (size_t i = 0; i < trace->frames.len; i++) {
        const struct location *at = &self->locations[i];
        if (at->text == NULL)
            continue;
        size_t width = clean_width(bytes_of(at->text)) + (at->file > 0 ? self->before - at->file : 0);
        if (width > self->wide && width <= LOCATION_COLUMNS)
            self->wide = width;
    }
}

/* The function as the test's id names it, with its class: tracebacks only know "test_x". The caller frees. */
static char *function_name(const struct teller *self, const struct frame *frame)
{
    const char *id = self->input->id;
    size_t file = strlen(frame->path), name = strlen(frame->function);
    if (strncmp(id, frame->path, file) != 0 || strncmp(id + file, "::", 2) != 0)
        return mem_strdup(frame->function);
    const char *within = id + file + 2;
    size_t len = strcspn(within, "[");
    if (len < name || memcmp(within + len - name, frame->function, name) != 0 ||
        (len > name && within[len - name - 1] != ':'))
        return mem_strdup(frame->function);
    struct buf dotted = {0};
    for (size_t i = 0; i < len; i++) {
        bool separator = within[i] == ':' && within[i + 1] == ':';
        buf_putc(&dotted, separator ? '.' : within[i]);
        i += separator;
    }
    return buf_take(&dotted);
}

static void tell_comment(struct teller *self, struct story_line *line, const struct frame *frame,
                         size_t width)
{
    if (frame->function == NULL && !frame->changed && frame->repeats == 0)
        return;
    add_padding(line, (width < self->wide ? self->wide - width : 0) + 2);
    if (frame->function != NULL) {
        char *function = function_name(self, frame);
        char *comment = mem_printf("# %s", function);
        add_text(line, STYLE_DIM, comment);
        free(comment);
        free(function);
    }
    if (frame->repeats > 0) {
        char *repeats = mem_printf("  and %u more times", frame->repeats);
        add_text(line, STYLE_DIM, repeats);
        free(repeats);
    }
    if (frame->changed)
        add_text(line, STYLE_YELLOW,
                 pick(self, "  ← line changed since HEAD", "  <- line changed since HEAD"));
}

static void tell_location(struct teller *self, size_t at)
{
    const struct frame *frame = &self->input->trace->frames.items[at];
    const struct location *location = &self->locations[at];
    struct story_line *line = add_line(self, (int)at);
    line->location = true;
    if (frame->changed)
        add_text(line, STYLE_YELLOW, pick(self, " ● ", " * "));
    else
        add_padding(line, strlen(INDENT));
    enum style style = frame->kind == FRAME_PROJECT ? STYLE_CYAN : STYLE_DIM;
    size_t pad = location->file > 0 ? self->before - location->file : 0;
    size_t width = clean_width(bytes_of(location->text)) + pad;
    add_span(line, style, (struct bytes){location->text, location->file});
    add_padding(line, pad);
    add_text(line, style, location->text + location->file);
    tell_comment(self, line, frame, width);
}

static const enum style syntax_styles[] = {
    [SYNTAX_CODE] = STYLE_PLAIN,
    [SYNTAX_KEYWORD] = STYLE_KEYWORD,
    [SYNTAX_STRING] = STYLE_STRING,
    [SYNTAX_COMMENT] = STYLE_COMMENT,
};

static void tell_source(struct teller *self, size_t at)
{
    const struct frame *frame = &self->input->trace->frames.items[at];
    if (frame->source == NULL)
        return;
    struct story_line *line = add_line(self, (int)at);
    size_t before = self->before > 0 ? self->before : 4;
    add_padding(line, strlen(INDENT) + before);
    if (frame->kind != FRAME_PROJECT) {
        add_text(line, STYLE_DIM, frame->source);
        return;
    }
    struct bytes run;
    enum syntax_kind kind;
    for (size_t i = 0; syntax_next(syntax_of(frame->path), bytes_of(frame->source), &i, &run, &kind);)
        add_span(line, syntax_styles[kind], run);
}

/* What is said between two exceptions: "KeyError: 'x'", "During handling of …". */
static void tell_lead(struct teller *self, const char *lead)
{
    struct ink ink = {0};
    for (const char *at = lead; at != NULL && *at != '\0';) {
        size_t len = strcspn(at, "\n");
        struct story_line *line = add_line(self, -1);
        add_text(line, STYLE_PLAIN, INDENT);
        add_printed(line, STYLE_DIM, (struct bytes){at, len < LINE_OCTETS ? len : LINE_OCTETS}, &ink);
        at = at[len] == '\n' ? at + len + 1 : NULL;
    }
}

/* One line for the frames from `at` on that are not shown; returns behind the last of them. */
static size_t tell_fold(struct teller *self, size_t at)
{
    const struct trace *trace = self->input->trace;
    struct strings names = {0};
    size_t end = at;
    do {
        char *name = origin_name(trace->frames.items[end].path);
        if (strings_find(&names, name, NULL) == 0)
            free(name);
        else
            strings_take(&names, name);
        end++;
    } while (end < trace->frames.len && !self->shown[end] && !trace->frames.items[end].chained);
    struct buf text = {0};
    buf_printf(&text, "%s%s %zu frame%s in ", INDENT, pick(self, "⋯", "..."), end - at,
               end - at > 1 ? "s" : "");
    for (size_t i = 0; i < names.len; i++)
        buf_printf(&text, "%s%s", i > 0 ? ", " : "", names.items[i]);
    struct story_line *line = add_line(self, -1);
    line->fold = true;
    add_span(line, STYLE_DIM, buf_bytes(&text));
    buf_release(&text);
    strings_release(&names);
    return end;
}

static void tell_frames(struct teller *self)
{
    const struct trace *trace = self->input->trace;
    choose_frames(self);
    measure_frames(self);
    for (size_t i = 0; i < trace->frames.len;) {
        if (trace->frames.items[i].chained)
            tell_lead(self, trace->frames.items[i].lead);
        if (!self->shown[i]) {
            i = tell_fold(self, i);
            continue;
        }
        tell_location(self, i);
        tell_source(self, i++);
    }
}

/* An indented line of message or output; cut when it is very long. */
static void tell_text(struct teller *self, enum style style, struct bytes text, struct ink *ink)
{
    struct story_line *line = add_line(self, -1);
    if (text.len == 0)
        return;
    add_text(line, STYLE_PLAIN, INDENT);
    size_t len = text.len <= LINE_OCTETS ? text.len : LINE_OCTETS;
    while (len < text.len && len > 0 && ((unsigned char)text.data[len] & 0xC0) == 0x80)
        len--;
    add_printed(line, style, (struct bytes){text.data, len}, ink);
    if (len == text.len)
        return;
    char *more = mem_printf("%s %zu more bytes", pick(self, "…", "..."), text.len - len);
    add_text(line, STYLE_DIM, more);
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
    char *more = mem_printf("%s%s %zu more lines", INDENT, pick(self, "…", "..."), lines - MESSAGE_LINES);
    add_text(add_line(self, -1), STYLE_DIM, more);
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
    char *what = lines > wanted
                     ? mem_printf("%s%s last %zu lines of its output", INDENT, pick(self, "…", "..."), wanted)
                     : mem_printf("%sits output", INDENT);
    add_text(add_line(self, -1), STYLE_DIM, what);
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
    size_t frames = input->trace->frames.len;
    struct teller self = {.story = story, .input = input};
    self.shown = mem_zero(frames * sizeof *self.shown);
    self.locations = mem_zero(frames * sizeof *self.locations);
    tell_heading(&self);
    tell_frames(&self);
    tell_message(&self);
    tell_output(&self);
    for (size_t i = 0; i < frames; i++)
        free(self.locations[i].text);
    free(self.locations);
    free(self.shown);
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
