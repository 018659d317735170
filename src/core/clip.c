#include "core/clip.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static size_t half(const struct clip *clip)
{
    return clip->limit / 2;
}

static void add_tail(struct clip *clip, struct bytes data)
{
    size_t ring = half(clip);
    if (ring == 0 || data.len == 0)
        return;
    if (clip->tail == NULL)
        clip->tail = mem_zero(ring);
    if (data.len > ring) {
        data.data += data.len - ring;
        data.len = ring;
    }
    size_t first = ring - clip->tail_at < data.len ? ring - clip->tail_at : data.len;
    memcpy(clip->tail + clip->tail_at, data.data, first);
    memcpy(clip->tail, data.data + first, data.len - first);
    clip->tail_at = (clip->tail_at + data.len) % ring;
    clip->tail_len = clip->tail_len + data.len < ring ? clip->tail_len + data.len : ring;
}

void clip_add(struct clip *clip, struct bytes data)
{
    if (data.len == 0)
        return;
    clip->total += data.len;
    size_t room = clip->head.len < half(clip) ? half(clip) - clip->head.len : 0;
    size_t part = data.len < room ? data.len : room;
    if (part > 0)
        buf_add(&clip->head, data.data, part);
    add_tail(clip, (struct bytes){data.data + part, data.len - part});
}

uint64_t clip_dropped(const struct clip *clip)
{
    return clip->total - clip->head.len - clip->tail_len;
}

void clip_text(const struct clip *clip, struct buf *to)
{
    buf_add(to, buf_str(&clip->head), clip->head.len);
    uint64_t dropped = clip_dropped(clip);
    if (dropped > 0)
        buf_printf(to, "\n… %" PRIu64 " bytes dropped …\n", dropped);
    if (clip->tail_len < half(clip) || clip->tail_at == 0) {
        buf_add(to, clip->tail != NULL ? clip->tail : "", clip->tail_len);
        return;
    }
    buf_add(to, clip->tail + clip->tail_at, half(clip) - clip->tail_at);
    buf_add(to, clip->tail, clip->tail_at);
}

void clip_release(struct clip *clip)
{
    buf_release(&clip->head);
    free(clip->tail);
    *clip = (struct clip){.limit = clip->limit};
}
