#include "trace/story_private.h"

#include "core/words.h"
#include "trace/clean.h"
#include "trace/editor.h"
#include "trace/origin.h"
#include "trace/place.h"
#include "trace/syntax.h"

#include <stdlib.h>

#define LOCATION_COLUMNS 64 /* wider ones do not push the others' comments away */
#define FRAMES_HEAD 10      /* project frames shown at either end of a deep recursion */
#define FRAMES_TAIL 10

struct location {
    char *text;
    size_t file; /* octets in front of the file name; 0: the name is not its end */
};

struct framer {
    struct teller *teller;
    bool *shown;                /* per frame of the trace */
    struct location *locations; /* likewise, of the shown ones */
    size_t before;              /* columns in front of file names */
    size_t wide;                /* columns of whole locations, file names aligned */
};

/* Which frames get lines of their own: project frames, all when unfolded, else the deepest when there is
 * nothing of the project. Of a deep recursion only both ends. */
static void choose_frames(struct framer *self)
{
    const struct trace *trace = self->teller->input->trace;
    size_t project = 0, seen = 0;
    for (size_t i = 0; i < trace->frames.len; i++)
        project += trace->frames.items[i].kind == FRAME_PROJECT;
    for (size_t i = 0; i < trace->frames.len; i++) {
        bool ours = trace->frames.items[i].kind == FRAME_PROJECT;
        bool deep = ours && seen >= FRAMES_HEAD && seen + FRAMES_TAIL < project;
        seen += ours;
        self->shown[i] = self->teller->input->unfold || (ours && !deep);
    }
    if (project == 0 && trace->frames.len > 0)
        self->shown[trace->frames.len - 1] = true;
}

static struct location locate(const struct framer *self, const struct frame *frame)
{
    struct editor editor = {.editor = self->teller->input->editor};
    char *path =
        *frame->path == '<' ? mem_strdup(frame->path) : place_from(frame->path, self->teller->input->here);
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

static void measure_frames(struct framer *self)
{
    const struct trace *trace = self->teller->input->trace;
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
static char *function_name(const struct framer *self, const struct frame *frame)
{
    const char *id = self->teller->input->id;
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

static void tell_comment(struct framer *self, struct story_line *line, const struct frame *frame,
                         size_t width)
{
    if (frame->function == NULL && !frame->changed && frame->repeats == 0)
        return;
    story_padding(line, (width < self->wide ? self->wide - width : 0) + 2);
    if (frame->function != NULL) {
        char *function = function_name(self, frame);
        char *comment = mem_printf("# %s", function);
        story_text(line, STYLE_DIM, comment);
        free(comment);
        free(function);
    }
    if (frame->repeats > 0) {
        char *repeats = mem_printf("  and %u more times", frame->repeats);
        story_text(line, STYLE_DIM, repeats);
        free(repeats);
    }
    if (frame->changed)
        story_text(line, STYLE_YELLOW,
                   story_pick(self->teller, "  ← line changed since HEAD", "  <- line changed since HEAD"));
}

static void tell_location(struct framer *self, size_t at)
{
    const struct frame *frame = &self->teller->input->trace->frames.items[at];
    const struct location *location = &self->locations[at];
    struct story_line *line = story_add(self->teller, (int)at);
    line->location = true;
    if (frame->changed)
        story_text(line, STYLE_YELLOW, story_pick(self->teller, " ● ", " * "));
    else
        story_padding(line, strlen(STORY_INDENT));
    enum style style = frame->kind == FRAME_PROJECT ? STYLE_CYAN : STYLE_DIM;
    size_t pad = location->file > 0 ? self->before - location->file : 0;
    size_t width = clean_width(bytes_of(location->text)) + pad;
    story_span(line, style, (struct bytes){location->text, location->file});
    story_padding(line, pad);
    story_text(line, style, location->text + location->file);
    tell_comment(self, line, frame, width);
}

static const enum style syntax_styles[] = {
    [SYNTAX_CODE] = STYLE_PLAIN,
    [SYNTAX_KEYWORD] = STYLE_KEYWORD,
    [SYNTAX_STRING] = STYLE_STRING,
    [SYNTAX_COMMENT] = STYLE_COMMENT,
};

static void tell_source(struct framer *self, size_t at)
{
    const struct frame *frame = &self->teller->input->trace->frames.items[at];
    if (frame->source == NULL)
        return;
    struct story_line *line = story_add(self->teller, (int)at);
    size_t before = self->before > 0 ? self->before : 4;
    story_padding(line, strlen(STORY_INDENT) + before);
    if (frame->kind != FRAME_PROJECT) {
        story_text(line, STYLE_DIM, frame->source);
        return;
    }
    struct bytes run;
    enum syntax_kind kind;
    for (size_t i = 0; syntax_next(syntax_of(frame->path), bytes_of(frame->source), &i, &run, &kind);)
        story_span(line, syntax_styles[kind], run);
}

/* What is said between two exceptions: "KeyError: 'x'", "During handling of …". */
static void tell_lead(struct framer *self, const char *lead)
{
    struct ink ink = {0};
    for (const char *at = lead; at != NULL && *at != '\0';) {
        size_t len = strcspn(at, "\n");
        struct story_line *line = story_add(self->teller, -1);
        story_text(line, STYLE_PLAIN, STORY_INDENT);
        story_words(line, STYLE_DIM, (struct bytes){at, len < STORY_OCTETS ? len : STORY_OCTETS}, &ink);
        at = at[len] == '\n' ? at + len + 1 : NULL;
    }
}

/* One line for the frames from `at` on that are not shown; returns behind the last of them. */
static size_t tell_fold(struct framer *self, size_t at)
{
    const struct trace *trace = self->teller->input->trace;
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
    buf_printf(&text, "%s%s %zu frame%s in ", STORY_INDENT, story_pick(self->teller, "⋯", "..."), end - at,
               end - at > 1 ? "s" : "");
    for (size_t i = 0; i < names.len; i++)
        buf_printf(&text, "%s%s", i > 0 ? ", " : "", names.items[i]);
    struct story_line *line = story_add(self->teller, -1);
    line->fold = true;
    story_span(line, STYLE_DIM, buf_bytes(&text));
    buf_release(&text);
    strings_release(&names);
    return end;
}

static void tell_frames(struct framer *self)
{
    const struct trace *trace = self->teller->input->trace;
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

void story_frames(struct teller *teller)
{
    size_t frames = teller->input->trace->frames.len;
    struct framer self = {.teller = teller};
    self.shown = mem_zero(frames * sizeof *self.shown);
    self.locations = mem_zero(frames * sizeof *self.locations);
    choose_frames(&self);
    measure_frames(&self);
    tell_frames(&self);
    for (size_t i = 0; i < frames; i++)
        free(self.locations[i].text);
    free(self.locations);
    free(self.shown);
}
