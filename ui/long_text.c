#include "ui/long_text.h"

#include <stdlib.h>

#define HEADING_LINES 2 /* a blank one and itself */

/* A control character that is not drawn. */
#define UNDRAWN '\001'

void section_init(struct section *section, const char *heading, char *take_text, size_t len)
{
    *section = (struct section){.heading = mem_strdup(heading), .text = take_text};
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
}

void section_release(struct section *section)
{
    free(section->heading);
    free(section->text);
    vec_release(&section->starts);
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

static void seek(struct long_line *room, const struct section *section, size_t at)
{
    bool near = room->section == section;
    if (near && at == room->at)
        return;
    if (near && at == room->at + 1) {
        room->start = next_start(section, room->start);
    } else if (near && at + 1 == room->at) {
        room->start = start_before(section, room->start);
    } else {
        room->start = section->starts.items[at / SECTION_STRIDE];
        for (size_t i = at % SECTION_STRIDE; i > 0; i--)
            room->start = next_start(section, room->start);
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
        room->span = (struct span){STYLE_PLAIN, section->text + room->start};
    } else {
        room->span = (struct span){STYLE_BOLD, at == 0 ? nothing : section->heading};
    }
    room->line = (struct story_line){.frame = -1};
    room->line.spans.items = &room->span;
    room->line.spans.len = 1;
    return &room->line;
}
