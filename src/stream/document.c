#include "stream/document.h"

#include <stdlib.h>
#include <string.h>

void document_init(void *reader, const struct document_kind *kind, const struct event_sink *sink, void *owner)
{
    *(struct document *)reader = (struct document){.kind = kind, .sink = sink, .owner = owner};
}

void document_damage(struct document *document, const char *reason)
{
    char line[200];
    snprintf(line, sizeof line, "%.180s", reason);
    for (char *c = line; *c != '\0'; c++)
        *c = *c == '\n' || *c == '\r' ? ' ' : *c;
    document->sink->damage(document->owner, line, document->offset, document->size);
}

void document_count(struct document *document, const char *tests, double said, uint64_t came)
{
    char reason[100];
    snprintf(reason, sizeof reason, "it tells of %.0f %s; %llu came", said, tests, (unsigned long long)came);
    if (said != (double)came)
        document_damage(document, reason);
}

/* Whether an escape of a surrogate ("\ud83d") is there: a first half ('8' to 'b') or a second one. */
static bool is_half(struct bytes text, size_t at, const char *digits)
{
    const char *c = text.data + at;
    return at + 6 <= text.len && c[0] == '\\' && c[1] == 'u' && (c[2] == 'd' || c[2] == 'D') &&
           c[3] != '\0' && strchr(digits, c[3]) != NULL;
}

/* What jansson refuses and programs print all the same: octets that are no UTF-8, half a surrogate pair. */
static void clean(struct bytes text, struct buf *to)
{
    static const char first[] = "89abAB", second[] = "cdefCDEF";
    struct buf utf8 = {0};
    buf_add_utf8(&utf8, text);
    text = buf_bytes(&utf8);
    for (size_t at = 0, len; at < text.len; at += len) {
        const char *slash = memchr(text.data + at, '\\', text.len - at);
        len = slash != NULL ? (size_t)(slash - text.data) - at : text.len - at;
        buf_add(to, text.data + at, len);
        at += len;
        bool half = is_half(text, at, first), low = is_half(text, at, second);
        bool pair = half && is_half(text, at + 6, second);
        len = pair ? 12 : half || low ? 6 : text.len - at >= 2 ? 2 : text.len - at;
        if ((half || low) && !pair)
            buf_puts(to, "\\ufffd");
        else
            buf_add(to, text.data + at, len);
    }
    buf_release(&utf8);
}

json_t *document_parse(struct bytes text, json_error_t *error)
{
    json_t *root = json_loadb(text.data, text.len, JSON_ALLOW_NUL, error);
    if (root != NULL)
        return root;
    struct buf cleaned = {0};
    clean(text, &cleaned);
    root = json_loadb(buf_str(&cleaned), cleaned.len, JSON_ALLOW_NUL, error);
    buf_release(&cleaned);
    return root;
}

static bool is_marked(const struct document_kind *kind, struct bytes text)
{
    for (size_t i = 0; i < 2; i++)
        if (memmem(text.data, text.len, kind->marks[i], strlen(kind->marks[i])) == NULL)
            return false;
    return true;
}

static bool has_marks(const struct document_kind *kind, const json_t *root)
{
    for (size_t i = 0; i < 2; i++) {
        char *key = mem_dup(kind->marks[i] + 1, strlen(kind->marks[i]) - 2);
        bool has = json_object_get(root, key) != NULL;
        free(key);
        if (!has)
            return false;
    }
    return true;
}

static void give_noise(struct document *document, struct bytes text)
{
    if (text.len > 0)
        document->sink->noise(document->owner, text);
}

/* An object is whole. */
static void take_object(struct document *document)
{
    struct bytes text = buf_bytes(&document->text);
    char reason[160];
    json_error_t error;
    bool marked = is_marked(document->kind, text);
    json_t *root = marked && document->size == text.len ? document_parse(text, &error) : NULL;
    if (document->size > text.len) {
        document_damage(document, "a document of more than 256 MiB");
    } else if (root != NULL && has_marks(document->kind, root)) {
        document->any = document->behind = true;
        document->kind->take(document, root);
    } else if (marked && root == NULL) {
        snprintf(reason, sizeof reason, "%s that is not well-formed: %.80s", document->kind->name,
                 error.text);
        document_damage(document, reason);
    } else {
        give_noise(document, text);
    }
    json_decref(root);
}

static void keep(struct document *document, struct bytes octets)
{
    size_t room = DOCUMENT_MAX - document->text.len;
    buf_add(&document->text, octets.data, octets.len < room ? octets.len : room);
    document->size += octets.len;
}

void document_feed(void *reader, const void *data, size_t len)
{
    struct document *document = reader;
    struct bytes left = {data, len};
    while (left.len > 0) {
        size_t taken;
        if (document->behind && left.data[0] == '\n') {
            left = (struct bytes){left.data + 1, left.len - 1};
            document->end++;
        }
        document->behind = false;
        if (document->size == 0 && left.len > 0) {
            const char *brace = memchr(left.data, '{', left.len);
            taken = brace != NULL ? (size_t)(brace - left.data) : left.len;
            give_noise(document, (struct bytes){left.data, taken});
            document->end += taken;
            left = (struct bytes){left.data + taken, left.len - taken};
            document->offset = document->end;
            document->scan = (struct document_scan){0};
        }
        if (left.len == 0)
            return;
        enum document_scanned scanned = document_scan(&document->scan, left, &taken);
        keep(document, (struct bytes){left.data, taken});
        document->end += taken;
        left = (struct bytes){left.data + taken, left.len - taken};
        if (scanned == DOCUMENT_ENDS)
            take_object(document);
        else if (scanned == DOCUMENT_IS_NONE)
            give_noise(document, buf_bytes(&document->text));
        if (scanned == DOCUMENT_GOES_ON)
            continue;
        buf_clear(&document->text);
        document->size = 0;
    }
}

void document_end(void *reader)
{
    struct document *document = reader;
    char reason[100];
    if (document->size > 0) {
        snprintf(reason, sizeof reason, "%s that breaks off", document->kind->name);
        document_damage(document, reason);
    } else if (!document->any) {
        document->offset = 0;
        document->size = document->end;
        snprintf(reason, sizeof reason, "there is no %s", document->kind->name + strlen("a "));
        document_damage(document, reason);
    }
}

void document_release(void *reader)
{
    struct document *document = reader;
    names_release(&document->names);
    buf_release(&document->text);
    buf_release(&document->id);
}

int document_guess(const struct document_kind *kind, struct bytes head)
{
    const char *brace = memchr(head.data, '{', head.len);
    if (brace == NULL)
        return 0;
    struct bytes text = {brace, head.len - (size_t)(brace - head.data)};
    return is_marked(kind, text) ? 92 : 0;
}

struct bytes document_id(struct document *document, struct bytes a, struct bytes b)
{
    const struct bytes parts[] = {a, b};
    buf_clear(&document->id);
    for (size_t i = 0; i < 2; i++) {
        if (parts[i].len > 0 && document->id.len > 0)
            buf_puts(&document->id, " > ");
        buf_add(&document->id, parts[i].data, parts[i].len);
    }
    return buf_bytes(&document->id);
}

void document_tell(struct document *document, const struct testcase *test)
{
    struct testcase told = *test;
    struct buf id = {0};
    buf_add(&id, test->id.data, test->id.len);
    if (id.len == 0)
        buf_puts(&id, "(no name)");
    for (size_t i = 0; i < id.len; i++)
        id.data[i] = id.data[i] == '\0' ? ' ' : id.data[i];
    if (!names_add_distinct(&document->names, &id))
        told.runnable = false;
    told.id = buf_bytes(&id);
    testcase_tell(&told, document->sink, document->owner);
    buf_release(&id);
}

static struct bytes text_of(const json_t *value)
{
    return json_is_string(value) ? (struct bytes){json_string_value(value), json_string_length(value)}
                                 : (struct bytes){"", 0};
}

struct bytes item_text(const json_t *list, size_t at)
{
    return text_of(json_array_get(list, at));
}

struct bytes member_text(const json_t *object, const char *key)
{
    return text_of(json_object_get(object, key));
}

double member_number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

bool member_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

const json_t *member_list(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_array(value) ? value : NULL;
}
