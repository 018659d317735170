#include "project/ini.h"

#include "core/bytes.h"
#include "project/file_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

enum {
    DEPTH = 8,           /* of values that refer to values */
    REFERENCES = 256,    /* that one value may lead to */
    VALUE_LIMIT = 65536, /* octets, from where nothing more is put in */
    KEY_LIMIT = 256,     /* octets of a name that is referred to */
    ENTRY_LIMIT = 4096,  /* in a file */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && is_blank(*text.data))
        text = (struct bytes){text.data + 1, text.len - 1};
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* Where the reading of a file stands. */
struct scan {
    struct ini *ini;
    struct buf section;
    unsigned line;
    size_t indent; /* of the entry at hand */
    bool open;     /* there is one, which an indented line continues */
    struct error *error;
};

static int refuse(const struct scan *scan, const char *what)
{
    return error_set(scan->error, -EINVAL, "%s:%u: %s", scan->ini->path, scan->line, what);
}

static int begin_section(struct scan *scan, struct bytes text)
{
    const char *end = memchr(text.data, ']', text.len);
    if (end == NULL)
        return refuse(scan, "a section's name wants a ] behind it");
    buf_clear(&scan->section);
    buf_add(&scan->section, text.data + 1, (size_t)(end - text.data) - 1);
    scan->open = false;
    return 0;
}

static int add(struct scan *scan, struct bytes key, struct bytes value)
{
    if (scan->ini->entries.len == ENTRY_LIMIT)
        return error_set(scan->error, -EINVAL, "%s:%u: more than %d keys", scan->ini->path, scan->line,
                         ENTRY_LIMIT);
    struct ini_entry entry = {mem_strdup(buf_str(&scan->section)), bytes_dup(key), {0}, scan->line};
    buf_add(&entry.value, value.data, value.len);
    for (char *p = entry.key; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    const struct ini_entry *before = ini_find(scan->ini, entry.section, entry.key);
    int code = before == NULL
                   ? 0
                   : error_set(scan->error, -EINVAL, "%s:%u: %s is said a second time, after line %u",
                               scan->ini->path, scan->line, entry.key, before->line);
    vec_push(&scan->ini->entries, entry);
    return code;
}

static int begin_entry(struct scan *scan, struct bytes text)
{
    size_t len = 0;
    while (len < text.len && text.data[len] != '=' && text.data[len] != ':')
        len++;
    if (len == 0 || len == text.len)
        return refuse(scan, "expected KEY = VALUE");
    if (scan->section.len == 0)
        return refuse(scan, "a key before the first section; expected [DEFAULT]");
    scan->open = true;
    return add(scan, trim((struct bytes){text.data, len}),
               trim((struct bytes){text.data + len + 1, text.len - len - 1}));
}

static void continue_entry(struct scan *scan, struct bytes text)
{
    struct ini_entry *entry = &scan->ini->entries.items[scan->ini->entries.len - 1];
    buf_putc(&entry->value, '\n');
    buf_add(&entry->value, text.data, text.len);
}

static int take_line(struct scan *scan, struct bytes line)
{
    struct bytes text = trim(line);
    size_t indent = (size_t)(text.data - line.data);
    if (text.len == 0 || *text.data == '#' || *text.data == ';')
        return 0;
    if (scan->open && indent > scan->indent) {
        continue_entry(scan, text);
        return 0;
    }
    scan->indent = indent;
    return *text.data == '[' ? begin_section(scan, text) : begin_entry(scan, text);
}

/* Hands over line by line, without their ends. */
static int each_line(struct scan *scan, const char *path, int (*take)(struct scan *scan, struct bytes line))
{
    struct buf text = {0};
    scan->ini->path = mem_strdup(path);
    int code = file_text(path, &text, scan->error);
    for (const char *at = buf_str(&text); code == 0 && *at != '\0';) {
        size_t len = strcspn(at, "\n");
        scan->line++;
        code = take(scan, (struct bytes){at, len});
        at += len + (at[len] == '\n');
    }
    buf_release(&scan->section);
    buf_release(&text);
    return code;
}

int ini_read(struct ini *ini, const char *path, struct error *error)
{
    struct scan scan = {.ini = ini, .error = error};
    return each_line(&scan, path, take_line);
}

/* A string, with one quote or three on each side, is what is between; anything else stands for itself. What
 * is behind it must be a comment. */
static int toml_value(struct scan *scan, struct bytes text, struct buf *value)
{
    char quote = text.len > 0 ? *text.data : '\0';
    size_t width = text.len > 5 && text.data[1] == quote && text.data[2] == quote ? 3 : 1, at = width;
    if (quote != '"' && quote != '\'') {
        const char *comment = memchr(text.data, '#', text.len);
        struct bytes word =
            trim((struct bytes){text.data, comment ? (size_t)(comment - text.data) : text.len});
        buf_add(value, word.data, word.len);
        return 0;
    }
    for (; at < text.len &&
           memcmp(text.data + at, text.data, width < text.len - at ? width : text.len - at) != 0;
         at++) {
        if (quote == '"' && text.data[at] == '\\' && at + 1 < text.len) {
            char c = text.data[++at];
            if (strchr("nt\"\\", c) == NULL)
                return refuse(scan, "of the escapes in a string only \\\\, \\\", \\n and \\t are understood");
            buf_putc(value, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        } else {
            buf_putc(value, text.data[at]);
        }
    }
    if (at + width > text.len)
        return refuse(scan, "a string that does not end in its line");
    struct bytes rest = trim((struct bytes){text.data + at + width, text.len - at - width});
    return rest.len == 0 || *rest.data == '#' ? 0 : refuse(scan, "text behind a string");
}

static int take_toml_line(struct scan *scan, struct bytes line)
{
    struct bytes text = trim(line);
    if (text.len == 0 || *text.data == '#')
        return 0;
    if (*text.data == '[') {
        const char *end = memchr(text.data, ']', text.len);
        struct bytes name = trim((struct bytes){text.data + 1, end ? (size_t)(end - text.data) - 1 : 0});
        scan->open = bytes_is(name, buf_str(&scan->section));
        return 0;
    }
    const char *equals = scan->open ? memchr(text.data, '=', text.len) : NULL;
    if (equals == NULL)
        return scan->open ? refuse(scan, "expected KEY = VALUE") : 0;
    size_t len = (size_t)(equals - text.data);
    struct buf value = {0};
    int code = toml_value(scan, trim((struct bytes){equals + 1, text.len - len - 1}), &value);
    if (code == 0)
        code = add(scan, trim((struct bytes){text.data, len}), buf_bytes(&value));
    buf_release(&value);
    return code;
}

int ini_read_toml(struct ini *ini, const char *path, const char *table, struct error *error)
{
    struct scan scan = {.ini = ini, .error = error};
    ini->plain = true;
    buf_puts(&scan.section, table);
    return each_line(&scan, path, take_toml_line);
}

const struct ini_entry *ini_find(const struct ini *ini, const char *section, const char *key)
{
    const struct ini_entry *entry;
    vec_each (entry, &ini->entries)
        if (strcmp(entry->section, section) == 0 && strcmp(entry->key, key) == 0)
            return entry;
    return NULL;
}

/* "%(name)s" at `at`: the entry that it names; NULL: it is none of these. */
static const struct ini_entry *referred(const struct ini *ini, const char *section, const char *at,
                                        size_t *len)
{
    const char *end = at[1] == '(' ? memchr(at, ')', strnlen(at, KEY_LIMIT)) : NULL;
    if (end == NULL || end[1] != 's')
        return NULL;
    char *key = mem_dup(at + 2, (size_t)(end - at) - 2);
    const struct ini_entry *entry = ini_find(ini, section, key);
    free(key);
    *len = (size_t)(end - at) + 2;
    return entry;
}

/* A value that is put together. */
struct filling {
    const struct ini *ini;
    unsigned references; /* that were followed so far */
    struct buf text;
};

static void put_value(struct filling *filling, const struct ini_entry *entry, unsigned depth)
{
    bool plain = filling->ini->plain;
    for (const char *at = buf_str(&entry->value); *at != '\0'; at++) {
        size_t len = 0;
        const struct ini_entry *other = NULL;
        if (*at == '%' && !plain && depth < DEPTH && filling->references < REFERENCES &&
            filling->text.len < VALUE_LIMIT)
            other = referred(filling->ini, entry->section, at, &len);
        if (other != NULL) {
            filling->references++;
            put_value(filling, other, depth + 1);
            at += len - 1;
            continue;
        }
        at += *at == '%' && at[1] == '%' && !plain;
        buf_putc(&filling->text, *at);
    }
}

char *ini_value(const struct ini *ini, const struct ini_entry *entry)
{
    struct filling filling = {.ini = ini};
    put_value(&filling, entry, 0);
    return buf_take(&filling.text);
}

void ini_release(struct ini *ini)
{
    struct ini_entry *entry;
    vec_each (entry, &ini->entries) {
        free(entry->section);
        free(entry->key);
        buf_release(&entry->value);
    }
    vec_release(&ini->entries);
    free(ini->path);
    *ini = (struct ini){0};
}
