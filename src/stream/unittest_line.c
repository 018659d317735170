#include "stream/unittest_line.h"

#include "stream/scan.h"

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || (unsigned char)c >= 0x80;
}

static bool is_place(char c)
{
    return is_name(c) || c == '<' || c == '>' || c == '-';
}

static const char *tag_of(const struct unittest_name *name)
{
    static const char *const fixtures[] = {"setUpClass", "tearDownClass", "setUpModule", "tearDownModule"};
    if (bytes_starts(name->place, "unittest.loader._FailedTest"))
        return TAG_COLLECTION;
    for (size_t i = 0; i < sizeof fixtures / sizeof *fixtures; i++)
        if (bytes_is(name->name, fixtures[i]))
            return TAG_ERROR;
    return NULL;
}

bool unittest_name(struct bytes line, struct unittest_name *name)
{
    size_t len = 0, place = 0;
    while (len < line.len && is_name(line.data[len]))
        len++;
    struct bytes rest = scan_skip(line, len);
    if (len == 0 || !scan_word(&rest, " ("))
        return false;
    while (place < rest.len && is_place(rest.data[place]))
        place++;
    *name = (struct unittest_name){.name = {line.data, len}, .place = {rest.data, place}};
    name->rest = scan_skip(rest, place);
    if (place == 0 || !scan_word(&name->rest, ")"))
        return false;
    size_t dot = place - len - 1; /* of ".test_x" at the place's end, which newer ones have */
    if (place > len + 1 && rest.data[dot] == '.' && memcmp(rest.data + dot + 1, line.data, len) == 0)
        name->place.len = dot;
    name->tag = tag_of(name);
    return true;
}

void unittest_id(const struct unittest_name *name, struct buf *id)
{
    bool loader = bytes_starts(name->place, "unittest.loader.");
    bool fixture = name->tag != NULL && !loader;
    if (fixture) {
        buf_printf(id, "%.*s (%.*s)", (int)name->name.len, name->name.data, (int)name->place.len,
                   name->place.data);
        return;
    }
    if (!loader) {
        buf_add(id, name->place.data, name->place.len);
        buf_putc(id, '.');
    }
    buf_add(id, name->name.data, name->name.len);
}

enum event_status unittest_verdict(struct bytes text, struct bytes *reason)
{
    static const struct {
        const char *text;
        enum event_status status;
    } verdicts[] = {
        {"ok", EVENT_SUCCESS},   {"FAIL", EVENT_FAIL},
        {"ERROR", EVENT_FAIL},   {"expected failure", EVENT_XFAIL},
        {"skipped", EVENT_SKIP}, {"unexpected success", EVENT_UXSUCCESS},
    };
    *reason = (struct bytes){0};
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (bytes_is(text, verdicts[i].text))
            return verdicts[i].status;
    if (!scan_word(&text, "skipped ") || text.len < 2)
        return EVENT_NONE;
    char quote = text.data[0];
    bool quoted = (quote == '\'' || quote == '"') && text.data[text.len - 1] == quote;
    *reason = quoted ? (struct bytes){text.data + 1, text.len - 2} : text;
    return quoted ? EVENT_SKIP : EVENT_NONE;
}

size_t unittest_find(struct bytes line)
{
    struct unittest_name name;
    for (size_t at = 0; at < line.len; at++) {
        bool begins = is_name(line.data[at]) && (at == 0 || !is_name(line.data[at - 1]));
        if (begins && unittest_name(scan_skip(line, at), &name) && bytes_starts(name.rest, " ... "))
            return at;
    }
    return SIZE_MAX;
}
