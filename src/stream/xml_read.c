#include "stream/xml_read.h"

#include <stdlib.h>
#include <utf8proc.h>

/* A unit ends at a '>' or, where there is none, here. What comes out depends on the units only, and where
 * they end on nothing but the octets: so it is the same however a stream is cut. */
#define UNIT_MAX 65536

/* What a document begins with. */
static const struct {
    const char *text;
    bool first; /* only at the start of a stream */
} marks[] = {
    {"<?xml", false},        {"<testsuite", false}, {"<Catch", false},
    {"\xEF\xBB\xBF<", true}, {"\xFF\xFE<", true},   {"\xFE\xFF", true},
};

struct bytes xml_attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], name) == 0)
            return bytes_of(attributes[i + 1]);
    return (struct bytes){0};
}

uint64_t xml_offset(const struct xml_read *xml)
{
    XML_Index at = XML_GetCurrentByteIndex(xml->parser);
    return xml->start + (at > 0 ? (uint64_t)at : 0);
}

static void refuse(struct xml_read *xml, const char *reason)
{
    xml->refused = reason;
    XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL on_start(void *state, const XML_Char *name, const XML_Char **attributes)
{
    struct xml_read *xml = state;
    if (xml->depth++ == 0 && !xml->kind->is_root(name))
        refuse(xml, "a document of another kind");
    else if (xml->depth > XML_DEPTH_MAX)
        refuse(xml, "more than 100 elements within each other");
    else
        xml->kind->start(xml->owner, name, (const char *const *)attributes);
}

static void XMLCALL on_end(void *state, const XML_Char *name)
{
    struct xml_read *xml = state;
    xml->kind->end(xml->owner, name);
    if (--xml->depth == 0)
        XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL on_text(void *state, const XML_Char *text, int len)
{
    struct xml_read *xml = state;
    xml->kind->text(xml->owner, (struct bytes){text, (size_t)len});
}

static void XMLCALL on_entity(void *state, const XML_Char *name, int parameter, const XML_Char *value,
                              int len, const XML_Char *base, const XML_Char *system, const XML_Char *public,
                              const XML_Char *notation)
{
    (void)name, (void)parameter, (void)value, (void)len, (void)base, (void)system, (void)public,
        (void)notation;
    refuse(state, "a document that declares entities");
}

static void open_document(struct xml_read *xml)
{
    xml->parser = XML_ParserCreate(NULL);
    if (xml->parser == NULL)
        abort(); /* there is no memory */
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    XML_SetCharacterDataHandler(xml->parser, on_text);
    XML_SetEntityDeclHandler(xml->parser, on_entity);
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 6
    XML_SetReparseDeferralEnabled(xml->parser, XML_FALSE); /* units do that */
#endif
    xml->start = xml->offset;
    xml->depth = 0;
    xml->begun = xml->other_encoding = false;
    xml->refused = NULL;
    xml->wanted = 0;
}

static void close_document(struct xml_read *xml, bool whole)
{
    XML_ParserFree(xml->parser);
    xml->parser = NULL;
    xml->kind->over(xml->owner, whole);
}

/* Whether the declaration (or what else comes first) names an encoding that is not UTF-8. */
static bool is_other_encoding(struct bytes first)
{
    static const char key[] = "encoding=";
    if ((unsigned char)first.data[0] >= 0xFE)
        return true;
    const char *found = first.len > 0 ? memmem(first.data, first.len, key, strlen(key)) : NULL;
    if (found == NULL || !bytes_starts(first, "<?xml"))
        return false;
    size_t at = (size_t)(found - first.data) + strlen(key) + 1;
    return at + 5 > first.len || strncasecmp(first.data + at, "utf-8", 5) != 0;
}

/* Makes a '?' of every octet that expat would stop at. */
static void clean(char *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        unsigned char octet = (unsigned char)data[at];
        if (octet >= 0x20 && octet < 0x80) {
            at++;
            continue;
        }
        int32_t character;
        utf8proc_ssize_t took =
            utf8proc_iterate((const utf8proc_uint8_t *)data + at, (utf8proc_ssize_t)(len - at), &character);
        bool blank = octet == '\t' || octet == '\n' || octet == '\r';
        bool fine = octet < 0x20 ? blank : took > 0 && character != 0xFFFE && character != 0xFFFF;
        for (utf8proc_ssize_t i = 0; !fine && i < (took > 0 ? took : 1); i++)
            data[at + (size_t)i] = '?';
        at += took > 0 ? (size_t)took : 1;
    }
}

/* How many octets at the end begin a character that is not complete. */
static size_t open_end(struct bytes text)
{
    for (size_t back = 1; back <= 3 && back <= text.len; back++) {
        unsigned char octet = (unsigned char)text.data[text.len - back];
        if (octet >= 0xC0)
            return back < (octet >= 0xF0 ? 4u : octet >= 0xE0 ? 3u : 2u) ? back : 0;
        if (octet < 0x80)
            return 0;
    }
    return 0;
}

static void say_broken(struct xml_read *xml)
{
    char reason[120];
    if (xml->refused != NULL)
        snprintf(reason, sizeof reason, "%s", xml->refused);
    else
        snprintf(reason, sizeof reason, "a %s that is not XML: %s", xml->kind->title,
                 XML_ErrorString(XML_GetErrorCode(xml->parser)));
    uint64_t at = xml_offset(xml);
    xml->emitter.sink->damage(xml->emitter.owner, reason, xml->start, at - xml->start);
}

/* Drops the first octets of what nobody has seen yet. */
static void drop(struct xml_read *xml, size_t len)
{
    xml->at += len;
    xml->offset += len;
}

static struct bytes rest_of(const struct xml_read *xml)
{
    return (struct bytes){buf_str(&xml->unit) + xml->at, xml->unit.len - xml->at};
}

/* How many octets the parser has not made an event of, of those up to `end` in the stream. */
static uint64_t count_pending(const struct xml_read *xml, uint64_t end)
{
    uint64_t at = xml_offset(xml);
    return at < end ? end - at : 0;
}

/* Where in the stream the root element has ended. */
static uint64_t root_end(const struct xml_read *xml)
{
    int count = XML_GetCurrentByteCount(xml->parser);
    return xml_offset(xml) + (count > 0 ? (uint64_t)count : 0);
}

/* Gives the parser the next `len` octets, and drops those that were of the document. */
static void parse(struct xml_read *xml, size_t len)
{
    char *unit = xml->unit.data + xml->at;
    if (!xml->begun)
        xml->other_encoding = is_other_encoding((struct bytes){unit, len});
    xml->begun = true;
    if (!xml->other_encoding)
        clean(unit, len);
    bool failed = XML_Parse(xml->parser, unit, (int)len, XML_FALSE) == XML_STATUS_ERROR;
    uint64_t end = xml->offset + len, pending = failed ? 0 : count_pending(xml, end);
    if (pending > XML_TAG_MAX)
        xml->refused = "a tag of more than 8 MiB";
    bool whole = failed && xml->refused == NULL && xml->depth == 0 &&
                 XML_GetErrorCode(xml->parser) == XML_ERROR_ABORTED;
    if (whole && root_end(xml) > xml->offset && root_end(xml) < end)
        len = (size_t)(root_end(xml) - xml->offset);
    failed = failed || xml->refused != NULL;
    if (failed && !whole)
        say_broken(xml);
    /* What is pending is read again with what follows: not before that is as much again. */
    xml->wanted = (size_t)pending;
    drop(xml, len);
    if (failed)
        close_document(xml, whole);
    xml->ended = whole;
}

/* How long the next unit is, 0: it is not complete. The first `seen` octets were looked through before. */
static size_t unit_length(const struct xml_read *xml, size_t seen)
{
    struct bytes rest = rest_of(xml);
    size_t most = xml->wanted > UNIT_MAX ? xml->wanted : UNIT_MAX;
    size_t from = xml->wanted > 0 ? xml->wanted - 1 : 0, to = rest.len < most ? rest.len : most;
    from = from < seen ? seen : from;
    const char *end = from < to ? memchr(rest.data + from, '>', to - from) : NULL;
    if (end != NULL)
        return (size_t)(end - rest.data) + 1;
    return rest.len >= most ? most - open_end((struct bytes){rest.data, most}) : 0;
}

enum match { NO_MATCH, PARTIAL, MATCH };

/* Whether a document begins so. */
static enum match match_mark(struct bytes text, bool first)
{
    enum match best = NO_MATCH;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i].text), common = len < text.len ? len : text.len;
        if ((marks[i].first && !first) || memcmp(text.data, marks[i].text, common) != 0)
            continue;
        if (common == len)
            return MATCH;
        best = PARTIAL;
    }
    return best;
}

/* Between documents. Returns whether one begins. */
static bool skip_noise(struct xml_read *xml)
{
    while (xml->ended && xml->at < xml->unit.len && strchr(" \t\r\n", xml->unit.data[xml->at]) != NULL)
        drop(xml, 1);
    struct bytes rest = rest_of(xml);
    xml->ended = xml->ended && rest.len == 0;
    enum match match = NO_MATCH;
    size_t len = 0;
    while (len < rest.len) {
        bool first = xml->offset + len == 0;
        match = match_mark((struct bytes){rest.data + len, rest.len - len}, first);
        if (match != NO_MATCH)
            break;
        len++;
        const char *next = len < rest.len ? memchr(rest.data + len, '<', rest.len - len) : NULL;
        len = next != NULL ? (size_t)(next - rest.data) : rest.len;
    }
    emit_noise(&xml->emitter, (struct bytes){rest.data, len});
    drop(xml, len);
    if (match == MATCH)
        open_document(xml);
    return match == MATCH;
}

void xml_feed(struct xml_read *xml, struct bytes octets)
{
    size_t seen = xml->unit.len;
    buf_add(&xml->unit, octets.data, octets.len);
    while (xml->parser != NULL || skip_noise(xml)) {
        size_t len = unit_length(xml, seen);
        if (len == 0)
            break;
        parse(xml, len);
        seen = 0;
    }
    buf_drop(&xml->unit, xml->at);
    xml->at = 0;
}

void xml_end(struct xml_read *xml)
{
    while (xml->unit.len > xml->at && (xml->parser != NULL || skip_noise(xml))) {
        size_t len = unit_length(xml, 0);
        parse(xml, len > 0 ? len : rest_of(xml).len);
    }
    if (xml->parser != NULL) {
        char reason[80];
        snprintf(reason, sizeof reason, "the stream ends in the middle of a %s", xml->kind->title);
        xml->emitter.sink->damage(xml->emitter.owner, reason, xml->start, xml->offset - xml->start);
        close_document(xml, false);
    } else {
        emit_noise(&xml->emitter, rest_of(xml));
    }
    xml->at = xml->unit.len;
}

void xml_release(struct xml_read *xml)
{
    if (xml->parser != NULL)
        XML_ParserFree(xml->parser);
    xml->parser = NULL;
    buf_release(&xml->unit);
}
