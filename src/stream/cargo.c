#include "stream/cargo.h"

#include "stream/json_members.h"
#include "stream/scan.h"

#include <ctype.h>
#include <stdlib.h>

#define STATUS_WIDTH 12 /* cargo's verbs end in this column */
#define BUILT_MAX 20000 /* executables or libraries that are remembered */
#define MESSAGE "{\"reason\":\""

/* The first string of an array. */
static struct bytes first_of(struct bytes array)
{
    struct bytes before, first = {"", 0};
    return scan_until(&array, "\"", &before) && scan_until(&array, "\"", &first) ? first
                                                                                 : (struct bytes){"", 0};
}

/* The package's name in "path+file:///p/sums#0.1.0", "path+file:///p#sums@0.1.0" or "sums 0.1.0 (path…)". */
static struct bytes package_of(struct bytes id)
{
    size_t hash = scan_find_last(id, "#"), at;
    if ((at = scan_find(id, " ")) != SIZE_MAX)
        return (struct bytes){id.data, at};
    if (hash == SIZE_MAX)
        return id;
    struct bytes version = scan_skip(id, hash + 1);
    if ((at = scan_find(version, "@")) != SIZE_MAX)
        return (struct bytes){version.data, at};
    id.len = hash;
    size_t slash = scan_find_last(id, "/");
    return slash != SIZE_MAX ? scan_skip(id, slash + 1) : id;
}

static void remember(struct strings *keys, struct strings *values, char *take_key, char *take_value)
{
    size_t at;
    if (strings_find(keys, take_key, &at) == 0) {
        free(values->items[at]);
        values->items[at] = take_value;
        free(take_key);
    } else if (keys->len >= BUILT_MAX) {
        free(take_key);
        free(take_value);
    } else {
        strings_take(keys, take_key);
        strings_take(values, take_value);
    }
}

/* As cargo writes it where its tests begin. */
static char *crate_of(struct bytes target)
{
    char *name = bytes_dup(target);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '-' ? '_' : *at;
    return name;
}

/* Something was built: {"package_id":…, "target":{"kind":["lib"],"name":…}, "executable":…} */
static void learn(struct cargo *cargo, struct json_members *members)
{
    struct json_member member;
    struct json_members inside;
    struct bytes target = {"", 0}, kind = {"", 0}, name = {"", 0}, package = {"", 0}, path = {"", 0};
    while (json_members_next(members, &member) > 0)
        if (bytes_is(member.key, "package_id"))
            package = package_of(member.value);
        else if (bytes_is(member.key, "target"))
            target = member.value;
        else if (bytes_is(member.key, "executable") && member.is_string)
            path = member.value;
    if (!json_members_open(&inside, target))
        return;
    while (json_members_next(&inside, &member) > 0)
        if (bytes_is(member.key, "kind"))
            kind = first_of(member.value);
        else if (bytes_is(member.key, "name"))
            name = member.value;
    bool library = scan_find(kind, "lib") != SIZE_MAX || bytes_is(kind, "proc-macro");
    struct buf program = {0};
    buf_add(&program, package.data, package.len);
    if (library)
        remember(&cargo->libraries, &cargo->documents, crate_of(name),
                 mem_printf("%s/doc", buf_str(&program)));
    else
        buf_printf(&program, "::%.*s%s%.*s", bytes_is(kind, "test") ? 0 : (int)kind.len, kind.data,
                   bytes_is(kind, "test") ? "" : "/", (int)name.len, name.data);
    if (path.len > 0)
        remember(&cargo->paths, &cargo->programs, bytes_dup(path), buf_take(&program));
    buf_release(&program);
}

static enum cargo_line turn_to(struct cargo *cargo, const struct strings *programs, size_t at)
{
    buf_clear(&cargo->program);
    if (at < programs->len)
        buf_puts(&cargo->program, programs->items[at]);
    return CARGO_TURN;
}

/* The executable in "unittests src/lib.rs (target/debug/deps/sums-0f3c)", its path from where cargo is. */
static size_t find_executable(const struct cargo *cargo, struct bytes told)
{
    struct bytes before;
    size_t open = scan_find_last(told, " (");
    told = scan_skip(told, open != SIZE_MAX ? open + 2 : told.len);
    if (!scan_until(&told, ")", &before) || before.len == 0)
        return SIZE_MAX;
    for (size_t i = 0; i < cargo->paths.len; i++) {
        struct bytes path = bytes_of(cargo->paths.items[i]);
        bool longer = path.len > before.len && path.data[path.len - before.len - 1] == '/';
        if ((longer || path.len == before.len) &&
            memcmp(path.data + path.len - before.len, before.data, before.len) == 0)
            return i;
    }
    return SIZE_MAX;
}

/* "   Compiling sums v0.1.0": a verb that ends in a certain column. */
static bool is_status(struct bytes line)
{
    size_t at = 0;
    while (at < line.len && line.data[at] == ' ')
        at++;
    if (line.len <= STATUS_WIDTH || line.data[STATUS_WIDTH] != ' ' || at >= STATUS_WIDTH ||
        !isupper((unsigned char)line.data[at]))
        return false;
    while (++at < STATUS_WIDTH)
        if (!islower((unsigned char)line.data[at]) && line.data[at] != '-' &&
            !isupper((unsigned char)line.data[at]))
            return false;
    return true;
}

bool cargo_is_end(struct bytes line)
{
    struct bytes text = line;
    uint64_t targets;
    return bytes_starts(line, "error: test failed, to rerun pass ") ||
           bytes_starts(line, "error: doctest failed, to rerun pass ") ||
           (scan_word(&text, "error: ") && scan_number(&text, &targets) &&
            (bytes_is(text, " targets failed:") || bytes_is(text, " target failed:"))) ||
           (bytes_starts(line, "    `-") && scan_ends(line, "`")) ||
           bytes_starts(line, "all doctests ran in ");
}

static enum cargo_line take_status(struct cargo *cargo, struct bytes line)
{
    struct bytes text = scan_trim(line);
    if (scan_word(&text, "Running "))
        return turn_to(cargo, &cargo->programs, find_executable(cargo, text));
    if (!scan_word(&text, "Doc-tests "))
        return CARGO_OWN;
    char *crate = crate_of(text);
    size_t at = SIZE_MAX;
    strings_find(&cargo->libraries, crate, &at);
    free(crate);
    return turn_to(cargo, &cargo->documents, at);
}

enum cargo_line cargo_take(struct cargo *cargo, struct bytes line)
{
    struct json_members members;
    struct json_member reason;
    if (bytes_starts(line, MESSAGE) && json_members_open(&members, line) &&
        json_members_next(&members, &reason) > 0) {
        if (bytes_is(reason.value, "compiler-artifact"))
            learn(cargo, &members);
        return CARGO_OWN;
    }
    if (is_status(line))
        return take_status(cargo, line);
    return cargo_is_end(line) ? CARGO_OWN : CARGO_NOT;
}

void cargo_release(struct cargo *cargo)
{
    strings_release(&cargo->paths);
    strings_release(&cargo->programs);
    strings_release(&cargo->libraries);
    strings_release(&cargo->documents);
    buf_release(&cargo->program);
}
