#include "stream/junit_name.h"

#define BETWEEN " > "

static bool ends_with(struct bytes text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

static void put(struct buf *to, struct bytes text)
{
    buf_add(to, text.data, text.len);
}

/* How much of the class name is the dotted path of the file ("a.test_b" of "a/test_b.py"); 0: none. */
static size_t module_length(struct bytes class_name, struct bytes file)
{
    size_t len = file.len - strlen(".py");
    if (class_name.len < len || (class_name.len > len && class_name.data[len] != '.'))
        return 0;
    for (size_t i = 0; i < len; i++)
        if (class_name.data[i] != (file.data[i] == '/' ? '.' : file.data[i]))
            return 0;
    return len;
}

/* Of pytest's xunit1 reports, which tell the file. Returns whether it is one. */
static bool put_pytest(const struct junit_address *address, struct buf *id)
{
    struct bytes class_name = address->class_name;
    if (!ends_with(address->file, ".py") || class_name.data == NULL)
        return false;
    if (class_name.len == 0 && module_length(address->name, address->file) == address->name.len) {
        put(id, address->file); /* which could not be collected */
        return true;
    }
    size_t module = module_length(class_name, address->file);
    if (module == 0)
        return false;
    put(id, address->file);
    for (size_t i = module; i < class_name.len; i++)
        if (class_name.data[i] == '.')
            buf_puts(id, "::");
        else
            buf_putc(id, class_name.data[i]);
    buf_puts(id, "::");
    put(id, address->name);
    return true;
}

/* Whether the name begins or ends with that of the class, as a word. */
static bool is_told_by_name(struct bytes class_name, struct bytes name)
{
    size_t len = class_name.len;
    if (name.len < len)
        return false;
    if (memcmp(name.data, class_name.data, len) == 0 &&
        (name.len == len || name.data[len] == ' ' || name.data[len] == ':'))
        return true;
    return name.len > len && memcmp(name.data + name.len - len, class_name.data, len) == 0 &&
           name.data[name.len - len - 1] == ' ';
}

/* What Catch2 calls a test case that is in no class: "program.global". */
static bool is_global(const struct junit_address *address)
{
    size_t len = address->suite.len;
    return address->class_name.len == len + strlen(".global") && ends_with(address->class_name, ".global") &&
           len > 0 && memcmp(address->class_name.data, address->suite.data, len) == 0;
}

static bool is_file(struct bytes name)
{
    static const char *const ends[] = {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

void junit_id(const struct junit_address *address, struct buf *id)
{
    struct bytes class_name = address->class_name;
    if (put_pytest(address, id))
        return;
    if (class_name.data == NULL || bytes_is(class_name, "test")) { /* which is what node calls them all */
        put(id, address->path);
        if (address->path.len > 0 && address->name.len > 0)
            buf_puts(id, BETWEEN);
    } else if (class_name.len > 0 && !is_global(address) && !is_told_by_name(class_name, address->name)) {
        put(id, class_name);
        if (address->name.len > 0)
            buf_puts(id, is_file(class_name) ? BETWEEN : ".");
    }
    put(id, address->name);
}
