#include "store/pack.h"

#include "core/clip.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define LINE_MAX_OCTETS 64 /* "… 123 bytes dropped …" */

/* Appends the packed form of the text with so many octets of it. Returns how many were packed. */
static size_t pack_some(struct bytes text, size_t limit, struct buf *to)
{
    struct clip clip = {.limit = limit};
    struct buf kept = {0};
    clip_add(&clip, text);
    clip_text(&clip, &kept);
    clip_release(&clip);
    uLongf len = compressBound(kept.len);
    size_t octets = kept.len, before = to->len;
    buf_reserve(to, len);
    compress2((Bytef *)to->data + before, &len, (const Bytef *)buf_str(&kept), kept.len, Z_BEST_SPEED);
    to->len = before + len;
    buf_release(&kept);
    return octets;
}

size_t pack_text(struct bytes text, struct buf *to)
{
    size_t before = to->len;
    for (size_t limit = PACK_TEXT_MAX;; limit /= 2) {
        size_t octets = pack_some(text, limit, to);
        if (to->len - before <= PACK_MAX)
            return octets;
        to->len = before;
    }
}

int unpack_text(struct bytes packed, size_t octets, struct buf *to)
{
    if (packed.len > PACK_MAX || octets > PACK_TEXT_MAX + LINE_MAX_OCTETS)
        return -EBADMSG;
    uLongf len = octets;
    Bytef *text = mem_zero(octets + 1);
    int code = uncompress(text, &len, (const Bytef *)packed.data, packed.len);
    if (code == Z_OK && len == octets)
        buf_add(to, (const char *)text, octets);
    free(text);
    return code == Z_OK && len == octets ? 0 : -EBADMSG;
}
