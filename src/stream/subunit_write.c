#include "stream/subunit.h"

#include <errno.h>
#include <zlib.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static size_t number_size(size_t value)
{
    return value < 1u << 6 ? 1 : value < 1u << 14 ? 2 : value < 1u << 22 ? 3 : 4;
}

static void put_fixed(struct buf *to, uint32_t value, size_t width)
{
    for (size_t i = width; i-- > 0;)
        buf_putc(to, (char)(value >> (8 * i) & 0xFF));
}

static void put_number(struct buf *to, size_t value)
{
    size_t width = number_size(value);
    put_fixed(to, (uint32_t)value | (uint32_t)(width - 1) << (8 * width - 2), width);
}

static bool is_clean(struct bytes text)
{
    return bytes_utf8(text) && (text.len == 0 || memchr(text.data, '\0', text.len) == NULL);
}

/* The length of the character at the start, 0 when it may not stand in a string. */
static size_t character(struct bytes text)
{
    for (size_t len = 1; len <= 4 && len <= text.len; len++)
        if (is_clean((struct bytes){text.data, len}))
            return len;
    return 0;
}

/* Appends the text as it may be sent; with NULL only its length is found. Returns that. */
static size_t put_text(struct buf *to, struct bytes text)
{
    if (is_clean(text)) {
        if (to != NULL)
            buf_add(to, text.data, text.len);
        return text.len;
    }
    size_t sum = 0;
    while (text.len > 0) {
        size_t len = character(text);
        struct bytes piece = len > 0 ? (struct bytes){text.data, len} : bytes_of(REPLACEMENT);
        if (to != NULL)
            buf_add(to, piece.data, piece.len);
        sum += piece.len;
        len = len > 0 ? len : 1;
        text = (struct bytes){text.data + len, text.len - len};
    }
    return sum;
}

static void put_string(struct buf *to, struct bytes text)
{
    put_number(to, put_text(NULL, text));
    put_text(to, text);
}

static bool sends_time(const struct event *event)
{
    return event->has_time && event->time_ns >= 0 && event->time_ns / 1000000000 <= UINT32_MAX;
}

static bool sends_file(const struct event *event)
{
    return event->file_name.data != NULL || event->file.data != NULL;
}

static unsigned flags_of(const struct event *event)
{
    return SUBUNIT_VERSION | (unsigned)event->status | (event->runnable ? SUBUNIT_RUNNABLE : 0u) |
           (event->eof ? SUBUNIT_EOF : 0u) | (sends_time(event) ? SUBUNIT_TIME : 0u) |
           (event->test_id.data != NULL ? SUBUNIT_ID : 0u) | (event->has_tags ? SUBUNIT_TAGS : 0u) |
           (event->mime.data != NULL ? SUBUNIT_MIME : 0u) | (sends_file(event) ? SUBUNIT_FILE : 0u) |
           (event->route.data != NULL ? SUBUNIT_ROUTE : 0u);
}

static size_t string_size(struct bytes text)
{
    size_t len = put_text(NULL, text);
    return number_size(len) + len;
}

/* Octets of all optional fields but the file's content and its length. */
static size_t fields_size(const struct event *event)
{
    size_t size = 0;
    if (sends_time(event))
        size += 4 + number_size((size_t)(event->time_ns % 1000000000));
    if (event->test_id.data != NULL)
        size += string_size(event->test_id);
    if (event->has_tags) {
        size += number_size(event->tag_count);
        for (size_t i = 0; i < event->tag_count; i++)
            size += string_size(event->tags[i]);
    }
    if (event->mime.data != NULL)
        size += string_size(event->mime);
    if (sends_file(event))
        size += string_size(event->file_name);
    if (event->route.data != NULL)
        size += string_size(event->route);
    return size;
}

/* The whole packet's length; it counts itself, so a canonical packet is never 64 or 16384 octets long. */
static size_t packet_size(size_t body)
{
    size_t base = body + 7; /* signature, flags, checksum */
    return base + (base <= 62 ? 1 : base <= 16381 ? 2 : 3);
}

static size_t packet_size_with(size_t fields, size_t content)
{
    return packet_size(fields + number_size(content) + content);
}

/* How much content fits beside such fields into a packet of `max` octets; SIZE_MAX when not even none does.
 */
static size_t content_room(size_t fields, size_t max)
{
    if (packet_size_with(fields, 0) > max)
        return SIZE_MAX;
    size_t room = max - fields;
    while (packet_size_with(fields, room) > max)
        room--;
    return room;
}

static void put_packet(struct buf *to, const struct event *event, size_t size)
{
    buf_reserve(to, size);
    size_t start = to->len;
    buf_putc(to, (char)SUBUNIT_SIGNATURE);
    put_fixed(to, flags_of(event), 2);
    put_number(to, size);
    if (sends_time(event)) {
        put_fixed(to, (uint32_t)(event->time_ns / 1000000000), 4);
        put_number(to, (size_t)(event->time_ns % 1000000000));
    }
    if (event->test_id.data != NULL)
        put_string(to, event->test_id);
    if (event->has_tags) {
        put_number(to, event->tag_count);
        for (size_t i = 0; i < event->tag_count; i++)
            put_string(to, event->tags[i]);
    }
    if (event->mime.data != NULL)
        put_string(to, event->mime);
    if (sends_file(event)) {
        put_string(to, event->file_name);
        put_number(to, event->file.len);
        buf_add(to, event->file.data, event->file.len);
    }
    if (event->route.data != NULL)
        put_string(to, event->route);
    uLong sum = crc32(0, (const unsigned char *)to->data + start, (uInt)(to->len - start));
    put_fixed(to, (uint32_t)sum, 4);
}

/* Sends the first pieces of the file until the rest fits beside the event's own fields. Returns that rest in
 * *event. */
static int put_pieces(struct buf *to, struct event *event, size_t room, size_t max)
{
    struct event piece = *event;
    piece.status = EVENT_NONE;
    piece.eof = piece.has_tags = false;
    size_t fields = fields_size(&piece);
    size_t piece_room = content_room(fields, max);
    if (piece_room == 0 || piece_room == SIZE_MAX)
        return -E2BIG;
    while (event->file.len > room) {
        piece.file = event->file;
        if (piece.file.len > piece_room)
            piece.file.len = piece_room;
        put_packet(to, &piece, packet_size_with(fields, piece.file.len));
        event->file = (struct bytes){event->file.data + piece.file.len, event->file.len - piece.file.len};
    }
    return 0;
}

int subunit_write(struct buf *to, const struct event *event, size_t max)
{
    if (max == 0 || max > SUBUNIT_PACKET_MAX)
        max = SUBUNIT_PACKET_MAX;
    size_t fields = fields_size(event);
    if (!sends_file(event)) {
        if (packet_size(fields) > max)
            return -E2BIG;
        put_packet(to, event, packet_size(fields));
        return 0;
    }
    size_t room = content_room(fields, max);
    if (room == SIZE_MAX)
        return -E2BIG;
    struct event rest = *event;
    if (rest.file.len > room) {
        int err = put_pieces(to, &rest, room, max);
        if (err < 0)
            return err;
    }
    put_packet(to, &rest, packet_size_with(fields, rest.file.len));
    return 0;
}
