/* Text made small: compressed, and where that is not enough its middle left out. Pure. */
#ifndef ALOOF_STORE_PACK_H
#define ALOOF_STORE_PACK_H

#include "core/bytes.h"

#define PACK_MAX 65536       /* octets, packed, … */
#define PACK_TEXT_MAX 524288 /* … and unpacked, but for the line that tells of what is left out */

/* Appends the packed text to `to`. Returns how many octets unpack then gives. */
size_t pack_text(struct bytes text, struct buf *to);

/* Appends what was packed, which is that many octets. 0; -EBADMSG: it is not that. */
int unpack_text(struct bytes packed, size_t octets, struct buf *to);

#endif
