/* Reading follows the published text of subunit v2 where a stream is intact. Where it is not:
 *   R1  0xB3 may begin a packet unless it continues a UTF-8 character of the text around it
 *   R2  and unless version, reserved bit or length are impossible; then it is text, and no error
 *   R3  a wrong checksum is damage: the signature becomes text, what follows is looked at again
 *   R4  so is a packet that the end of the stream cuts
 *   R5  a right checksum over wrong contents is damage too, and skips the packet: its framing can be trusted
 *   R6  left-over octets before the checksum, numbers in long form and nanoseconds >= 1e9 are accepted
 *   R7  damage belongs to the stream; it never becomes a test
 * All of it depends on the octets alone, never on how they were cut into reads. */
#include "stream/subunit.h"

#include <assert.h>
#include <zlib.h>

#define SLICE 65536 /* octets added to pending at a time */
#define SHORT 1024  /* octets, from where on zlib's crc32 is the faster one */

/* Checksums over packets that were none: as many octets as this and the stream so far for any candidate, so
 * many times that for candidates where writers put them (at the start, after a packet, after a newline). */
#define WASTE_FREE (UINT64_C(1) << 20)
#define WASTE_STRONG 64

enum verdict { VERDICT_TEXT, VERDICT_PARTIAL, VERDICT_CORRUPT, VERDICT_PACKET };

/* What is left of a packet's fields. */
struct cursor {
    const unsigned char *at, *end;
    char damage[40]; /* why it cannot be read */
};

static size_t left_in(const struct cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

static bool fail(struct cursor *cursor, const char *what, const char *field)
{
    snprintf(cursor->damage, sizeof cursor->damage, "%s: %s", what, field);
    return false;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The octets that a number starting with this one takes. */
static size_t number_width(unsigned char first)
{
    return (size_t)(first >> 6) + 1;
}

static uint32_t number_at(const unsigned char *p)
{
    uint32_t value = p[0] & 0x3F;
    for (size_t i = 1; i < number_width(p[0]); i++)
        value = value << 8 | p[i];
    return value;
}

static bool take_number(struct cursor *cursor, uint32_t *value, const char *field)
{
    if (left_in(cursor) < 1 || left_in(cursor) < number_width(cursor->at[0]))
        return fail(cursor, "overrun", field);
    *value = number_at(cursor->at);
    cursor->at += number_width(cursor->at[0]);
    return true;
}

static bool take_octets(struct cursor *cursor, struct bytes *octets, const char *field)
{
    uint32_t len;
    if (!take_number(cursor, &len, field))
        return false;
    if (len > left_in(cursor))
        return fail(cursor, "overrun", field);
    *octets = (struct bytes){(const char *)cursor->at, len};
    cursor->at += len;
    return true;
}

/* Whether all octets are ASCII but NUL, as nearly all strings are: eight at a time. A word with a zero octet
 * borrows into that octet's top bit; a borrow from a lower octet needs a zero octet there, so the answer is
 * right. */
static bool is_plain(struct bytes text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    size_t at = 0;
    for (uint64_t word; text.len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        if (((word | (word - ones)) & tops) != 0)
            return false;
    }
    for (; at < text.len; at++)
        if ((unsigned char)(text.data[at] - 1) >= 0x7F)
            return false;
    return true;
}

static bool take_string(struct cursor *cursor, struct bytes *text, const char *field)
{
    if (!take_octets(cursor, text, field))
        return false;
    if (is_plain(*text))
        return true;
    if (!bytes_utf8(*text))
        return fail(cursor, "utf8", field);
    if (memchr(text->data, '\0', text->len) != NULL)
        return fail(cursor, "nul", field);
    return true;
}

static bool take_time(struct cursor *cursor, struct event *event)
{
    if (left_in(cursor) < 4)
        return fail(cursor, "overrun", "timestamp");
    uint32_t seconds = big_endian(cursor->at), nanoseconds;
    cursor->at += 4;
    if (!take_number(cursor, &nanoseconds, "timestamp"))
        return false;
    event->has_time = true;
    event->time_ns = (int64_t)seconds * 1000000000 + nanoseconds;
    return true;
}

static bool take_tags(struct subunit_reader *reader, struct cursor *cursor, struct event *event)
{
    uint32_t count;
    if (!take_number(cursor, &count, "tags"))
        return false;
    if (count > left_in(cursor)) /* each takes an octet at least */
        return fail(cursor, "overrun", "tags");
    reader->tags.len = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct bytes tag;
        if (!take_string(cursor, &tag, "tags"))
            return false;
        vec_push(&reader->tags, tag);
    }
    event->has_tags = true;
    event->tags = reader->tags.items;
    event->tag_count = count;
    return true;
}

/* The optional fields stand in this order, which is not that of their flags. */
static bool take_fields(struct subunit_reader *reader, struct cursor *cursor, unsigned flags,
                        struct event *event)
{
    return (!(flags & SUBUNIT_TIME) || take_time(cursor, event)) &&
           (!(flags & SUBUNIT_ID) || take_string(cursor, &event->test_id, "test id")) &&
           (!(flags & SUBUNIT_TAGS) || take_tags(reader, cursor, event)) &&
           (!(flags & SUBUNIT_MIME) || take_string(cursor, &event->mime, "mime")) &&
           (!(flags & SUBUNIT_FILE) || (take_string(cursor, &event->file_name, "file name") &&
                                        take_octets(cursor, &event->file, "file content"))) &&
           (!(flags & SUBUNIT_ROUTE) || take_string(cursor, &event->route, "route"));
}

/* Hands over a packet whose framing and checksum are right. offset: in the stream. */
static void deliver(struct subunit_reader *reader, const unsigned char *packet, size_t len, uint64_t offset)
{
    unsigned flags = (unsigned)packet[1] << 8 | packet[2];
    struct cursor cursor = {.at = packet + 3 + number_width(packet[3]), .end = packet + len - 4};
    struct event event = {
        .status = (enum event_status)(flags & SUBUNIT_STATUS),
        .runnable = (flags & SUBUNIT_RUNNABLE) != 0,
        .eof = (flags & SUBUNIT_EOF) != 0,
    };
    if (take_fields(reader, &cursor, flags, &event))
        reader->sink->event(reader->owner, &event);
    else
        reader->sink->damage(reader->owner, cursor.damage, offset, len);
}

static bool continues_character(const struct subunit_reader *reader, unsigned char octet)
{
    return reader->left > 0 && octet >= reader->low && octet <= reader->high;
}

/* Follows the text by one octet: a strict UTF-8 decoder (RFC 3629) that starts anew at anything invalid. */
static void follow_text(struct subunit_reader *reader, unsigned char octet)
{
    reader->last = octet;
    if (continues_character(reader, octet)) {
        reader->left--;
        reader->low = 0x80;
        reader->high = 0xBF;
        return;
    }
    bool leads = octet >= 0xC2 && octet <= 0xF4;
    reader->left = !leads ? 0 : octet >= 0xF0 ? 3 : octet >= 0xE0 ? 2 : 1;
    reader->low = octet == 0xE0 ? 0xA0 : octet == 0xF0 ? 0x90 : 0x80;
    reader->high = octet == 0xED ? 0x9F : octet == 0xF4 ? 0x8F : 0xBF;
}

static void forget_text(struct subunit_reader *reader)
{
    reader->left = 0;
    reader->last = '\n';
}

/* Whether one more checksum may be tried at this offset of the stream. */
static bool affords_checksum(const struct subunit_reader *reader, uint64_t offset)
{
    uint64_t free_of_charge = WASTE_FREE + offset;
    if (reader->wasted <= free_of_charge)
        return true;
    return reader->last == '\n' && reader->wasted / WASTE_STRONG <= free_of_charge;
}

/* The CRC's tables for eight octets at a time ("slicing-by-8"). Most packets have less than 100 octets, where
 * zlib's own crc32 goes octet by octet and would take most of the reader's time. */
static void fill_crc_tables(struct subunit_reader *reader)
{
    const z_crc_t *first = get_crc_table();
    for (size_t i = 0; i < 256; i++) {
        uint32_t crc = reader->crc[0][i] = (uint32_t)first[i];
        for (size_t k = 1; k < 8; k++)
            crc = reader->crc[k][i] = crc >> 8 ^ (uint32_t)first[crc & 0xFF];
    }
}

static uint32_t little_endian(const unsigned char *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static uint32_t short_crc(const struct subunit_reader *reader, const unsigned char *p, size_t len)
{
    const uint32_t(*table)[256] = reader->crc;
    uint32_t crc = UINT32_MAX;
    for (; len >= 8; p += 8, len -= 8) {
        uint32_t a = crc ^ little_endian(p), b = little_endian(p + 4);
        crc = table[7][a & 0xFF] ^ table[6][a >> 8 & 0xFF] ^ table[5][a >> 16 & 0xFF] ^ table[4][a >> 24] ^
              table[3][b & 0xFF] ^ table[2][b >> 8 & 0xFF] ^ table[1][b >> 16 & 0xFF] ^ table[0][b >> 24];
    }
    for (; len > 0; p++, len--)
        crc = crc >> 8 ^ table[0][(crc ^ *p) & 0xFF];
    return ~crc;
}

static bool checksum_fits(const struct subunit_reader *reader, const unsigned char *packet, size_t len)
{
    size_t covered = len - 4;
    uint32_t sum =
        covered < SHORT ? short_crc(reader, packet, covered) : (uint32_t)crc32(0, packet, (uInt)covered);
    return sum == big_endian(packet + covered);
}

/* What a signature octet is (R2, R3), given what is there of what follows it; *len is the packet's length in
 * octets. */
static enum verdict judge(struct subunit_reader *reader, const unsigned char *p, size_t left, uint64_t offset,
                          size_t *len)
{
    if (left >= 2 && (p[1] << 8 & SUBUNIT_VERSION_MASK) != SUBUNIT_VERSION)
        return VERDICT_TEXT;
    if (left >= 3 && (p[2] & SUBUNIT_RESERVED) != 0)
        return VERDICT_TEXT;
    if (left < 4)
        return VERDICT_PARTIAL;
    size_t width = number_width(p[3]);
    if (width > 3)
        return VERDICT_TEXT;
    if (left < 3 + width)
        return VERDICT_PARTIAL;
    *len = number_at(p + 3);
    if (*len < 3 + width + 4 || !affords_checksum(reader, offset))
        return VERDICT_TEXT;
    if (left < *len)
        return VERDICT_PARTIAL;
    if (checksum_fits(reader, p, *len))
        return VERDICT_PACKET;
    reader->wasted += *len;
    return VERDICT_CORRUPT;
}

static void give_noise(const struct subunit_reader *reader, const unsigned char *from,
                       const unsigned char *to)
{
    if (to > from)
        reader->sink->noise(reader->owner, (struct bytes){(const char *)from, (size_t)(to - from)});
}

/* Classifies the octets up to the first packet that is not complete, or all of them when the stream is over.
 * Returns how many. */
static size_t scan(struct subunit_reader *reader, const unsigned char *data, size_t len, bool over)
{
    size_t noise = 0, at = 0;
    while (at < len) {
        size_t packet = 0;
        enum verdict verdict = VERDICT_TEXT;
        if (data[at] == SUBUNIT_SIGNATURE && !continues_character(reader, data[at]))
            verdict = judge(reader, data + at, len - at, reader->offset + at, &packet);
        if (verdict == VERDICT_PARTIAL && !over)
            break;
        if (verdict != VERDICT_TEXT) {
            give_noise(reader, data + noise, data + at);
            noise = at;
        }
        if (verdict == VERDICT_PACKET) {
            deliver(reader, data + at, packet, reader->offset + at);
            forget_text(reader);
            at += packet;
            noise = at;
            continue;
        }
        if (verdict == VERDICT_CORRUPT)
            reader->sink->damage(reader->owner, "checksum", reader->offset + at, packet);
        else if (verdict == VERDICT_PARTIAL)
            reader->sink->damage(reader->owner, "truncated", reader->offset + at, len - at);
        follow_text(reader, data[at++]);
    }
    give_noise(reader, data + noise, data + at);
    reader->offset += at;
    return at;
}

/* Classifies what is pending. What was dealt with is dropped only when it is the larger part, so that a
 * stream of many false packets is not moved again and again. */
static void scan_pending(struct subunit_reader *reader, bool over)
{
    struct buf *pending = &reader->pending;
    reader->start +=
        scan(reader, (unsigned char *)pending->data + reader->start, pending->len - reader->start, over);
    if (reader->start <= pending->len / 2)
        return;
    buf_drop(pending, reader->start);
    reader->start = 0;
}

void subunit_reader_init(struct subunit_reader *reader, const struct event_sink *sink, void *owner)
{
    *reader = (struct subunit_reader){.sink = sink, .owner = owner};
    fill_crc_tables(reader);
    forget_text(reader);
}

void subunit_reader_feed(struct subunit_reader *reader, const void *data, size_t len)
{
    const unsigned char *p = data;
    while (len > 0 && subunit_reader_pending(reader) > 0) {
        size_t part = len < SLICE ? len : SLICE;
        buf_add(&reader->pending, p, part);
        p += part;
        len -= part;
        scan_pending(reader, false);
    }
    if (len == 0)
        return;
    size_t done = scan(reader, p, len, false);
    assert(len - done <= SUBUNIT_PACKET_MAX);
    buf_add(&reader->pending, p + done, len - done);
}

void subunit_reader_end(struct subunit_reader *reader)
{
    if (subunit_reader_pending(reader) > 0)
        scan_pending(reader, true);
}

void subunit_reader_release(struct subunit_reader *reader)
{
    buf_release(&reader->pending);
    vec_release(&reader->tags);
    *reader = (struct subunit_reader){0};
}

size_t subunit_reader_pending(const struct subunit_reader *reader)
{
    return reader->pending.len - reader->start;
}
