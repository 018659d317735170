#include "ui/long_text.h"

#include "trace/clean.h"
#include "trace/diff.h"

#include <stdlib.h>

#define HEADING_LINES 2 /* a blank one and itself */

/* A control character that is not drawn. */
#define UNDRAWN '\001'

/* Writes down the colours at the lines that are written down. */
static void follow_colors(struct section *section)
{
    struct ink ink = {0};
    if (memchr(section->text, '\033', section->len) == NULL)
        return;
    for (size_t line = 0, start = 0; line < section->lines; line++) {
        struct bytes text = bytes_of(section->text + start);
        if (line % SECTION_STRIDE == 0)
            vec_push(&section->inks, ink);
        clean_follow(&ink, text);
        start += text.len + 1;
    }
}

void section_init(struct section *section, const char *heading, bool report, char *take_text, size_t len)
{
    *section = (struct section){.heading = mem_strdup(heading), .report = report, .text = take_text};
    char *end = take_text + len;
    for (char *nul = take_text; (nul = memchr(nul, '\0', (size_t)(end - nul))) != NULL;)
        *nul = UNDRAWN;
    if (len > 0 && take_text[len - 1] == '\n')
        len--;
    take_text[len] = '\0';
    section->len = len + 1;
    for (size_t start = 0; start < section->len; section->lines++) {
        if (section->lines % SECTION_STRIDE == 0)
            vec_push(&section->starts, start);
        end = memchr(take_text + start, '\n', section->len - start);
        if (end != NULL)
            *end = '\0';
        start = end != NULL ? (size_t)(end - take_text) + 1 : section->len;
    }
    follow_colors(section);
}

void section_release(struct section *section)
{
    free(section->heading);
    free(section->text);
    vec_release(&section->starts);
    vec_release(&section->inks);
    *section = (struct section){0};
}

size_t long_text_lines(const struct long_text *text)
{
    size_t lines = text->head->lines.len;
    for (size_t i = 0; i < text->section_count; i++)
        lines += HEADING_LINES + text->sections[i].lines;
    return lines;
}

static size_t next_start(const struct section *section, size_t start)
{
    const char *nul = memchr(section->text + start, '\0', section->len - start);
    return (size_t)(nul - section->text) + 1;
}

static size_t start_before(const struct section *section, size_t start)
{
    const char *nul = start > 1 ? memrchr(section->text, '\0', start - 1) : NULL;
    return nul != NULL ? (size_t)(nul - section->text) + 1 : 0;
}

static void step(struct long_line *room, const struct section *section)
{
    size_t next = next_start(section, room->start);
    if (section->inks.len > 0)
        clean_follow(&room->ink, (struct bytes){section->text + room->start, next - 1 - room->start});
    room->start = next;
}

/* Backwards colours cannot be followed. */
static void seek(struct long_line *room, const struct section *section, size_t at)
{
    bool near = room->section == section;
    if (near && at == room->at)
        return;
    if (near && at == room->at + 1) {
        step(room, section);
    } else if (near && at + 1 == room->at && section->inks.len == 0) {
        room->start = start_before(section, room->start);
    } else {
        room->start = section->starts.items[at / SECTION_STRIDE];
        room->ink = section->inks.len > 0 ? section->inks.items[at / SECTION_STRIDE] : (struct ink){0};
        for (size_t i = at % SECTION_STRIDE; i > 0; i--)
            step(room, section);
    }
    room->section = section;
    room->at = at;
}

const struct story_line *long_text_line(const struct long_text *text, size_t at, struct long_line *room)
{
    static char nothing[] = "";
    if (at < text->head->lines.len)
        return &text->head->lines.items[at];
    at -= text->head->lines.len;
    const struct section *section = text->sections;
    for (; at >= HEADING_LINES + section->lines; section++)
        at -= HEADING_LINES + section->lines;
    if (at >= HEADING_LINES) {
        seek(room, section, at - HEADING_LINES);
        char *line = section->text + room->start;
        enum style style = section->report ? diff_report_style(bytes_of(line)) : STYLE_PLAIN;
        room->span = (struct span){.style = style, .text = line, .printed = true, .ink = room->ink};
    } else {
        room->span = (struct span){.style = STYLE_BOLD, .text = at == 0 ? nothing : section->heading};
    }
    room->line = (struct story_line){.frame = -1};
    room->line.spans.items = &room->span;
    room->line.spans.len = 1;
    return &room->line;
}
