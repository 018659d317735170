#include "ui/help.h"

#include "trace/clean.h"

#define GAP 2           /* columns between a key and what it does */
#define ALIGNED_COLS 48 /* of the screen, at least, to align in */

void help_tell(struct story *story, const struct keymap *keymap, int cols)
{
    size_t count, wide = 0;
    const struct key *keys = keys_table(&count);
    struct strings names = {0};
    *story = (struct story){0};
    for (size_t i = 0; i < count; i++) {
        struct buf name = {0};
        keymap_names(keymap, keys[i].command, &name);
        size_t columns = clean_width(buf_bytes(&name));
        wide = columns > wide ? columns : wide;
        strings_take(&names, buf_take(&name));
    }
    for (size_t i = 0; i < count; i++) {
        struct story_line line = {.frame = -1, .hang = cols < ALIGNED_COLS ? GAP : (unsigned)(wide + GAP)};
        int pad = cols < ALIGNED_COLS ? GAP : (int)(wide + GAP - clean_width(bytes_of(names.items[i])));
        vec_push(&line.spans, (struct span){.style = STYLE_CYAN, .text = mem_strdup(names.items[i])});
        vec_push(&line.spans,
                 (struct span){.style = STYLE_PLAIN, .text = mem_printf("%*s%s", pad, "", keys[i].help)});
        vec_push(&story->lines, line);
    }
    strings_release(&names);
}
