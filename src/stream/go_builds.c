#include "stream/go_builds.h"

#include <stdlib.h>
#include <string.h>

#define BUILDS_MAX 4096
#define KEPT_MAX (8 << 20)

static struct go_build *find(struct go_builds *builds, struct bytes name)
{
    struct go_build *build;
    vec_each (build, &builds->builds)
        if (bytes_is(name, build->name))
            return build;
    return NULL;
}

static struct go_build *make(struct go_builds *builds, struct bytes name)
{
    struct go_build *build = find(builds, name);
    if (build != NULL || builds->builds.len >= BUILDS_MAX)
        return build;
    vec_push(&builds->builds, (struct go_build){.name = bytes_dup(name)});
    return &builds->builds.items[builds->builds.len - 1];
}

static void add(struct go_builds *builds, struct go_build *build, struct bytes text)
{
    size_t room = KEPT_MAX - builds->kept;
    text.len = text.len < room ? text.len : room;
    buf_add(&build->text, text.data, text.len);
    builds->kept += text.len;
}

void go_builds_add(struct go_builds *builds, struct bytes name, struct bytes text)
{
    struct go_build *build = make(builds, name);
    if (build != NULL)
        add(builds, build, text);
}

void go_builds_fail(struct go_builds *builds, struct bytes name)
{
    struct go_build *build = make(builds, name);
    if (build != NULL)
        build->failed = true;
}

void go_builds_fail_rest(struct go_builds *builds)
{
    struct go_build *build;
    vec_each (build, &builds->builds)
        build->failed = true;
}

/* "FAIL\tpackage [build failed]" */
static bool says_failed(struct bytes line, struct bytes *package)
{
    static const char *const ends[] = {" [build failed]", " [setup failed]"};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(ends[i]);
        if (bytes_starts(line, "FAIL\t") && line.len > 5 + len &&
            memcmp(line.data + line.len - len, ends[i], len) == 0) {
            *package = (struct bytes){line.data + 5, line.len - 5 - len};
            return bytes_utf8(*package) && memchr(package->data, '\0', package->len) == NULL;
        }
    }
    return false;
}

static void begin_plain(struct go_builds *builds, struct bytes name)
{
    const struct go_build *build = make(builds, name);
    builds->plain = build != NULL;
    if (build != NULL)
        builds->at = (size_t)(build - builds->builds.items);
}

bool go_builds_plain(struct go_builds *builds, struct bytes line, struct bytes *package)
{
    bool failed = says_failed(line, package);
    if (failed)
        builds->plain = false;
    else if (bytes_starts(line, "# ") && bytes_utf8(line) && memchr(line.data, '\0', line.len) == NULL)
        begin_plain(builds, (struct bytes){line.data + 2, line.len - 2});
    if (builds->plain) {
        add(builds, &builds->builds.items[builds->at], line);
        add(builds, &builds->builds.items[builds->at], bytes_of("\n"));
    }
    return failed;
}

void go_builds_interrupt(struct go_builds *builds)
{
    builds->plain = false;
}

static bool is_of(const struct go_build *build, struct bytes package)
{
    size_t len = package.len;
    return strncmp(build->name, package.data, len) == 0 &&
           (build->name[len] == '\0' || build->name[len] == ' ');
}

static void take(struct go_build *build, struct buf *to)
{
    buf_add(to, buf_str(&build->text), build->text.len);
    build->told = true;
}

void go_builds_take(struct go_builds *builds, struct bytes name, struct bytes package, struct buf *to)
{
    struct go_build *build = find(builds, name);
    size_t before = to->len;
    if (build != NULL) {
        take(build, to);
        return;
    }
    vec_each (build, &builds->builds)
        if (is_of(build, package))
            take(build, to);
    if (to->len > before)
        return;
    vec_each (build, &builds->builds)
        if (!build->told)
            buf_add(to, buf_str(&build->text), build->text.len);
}

bool go_builds_left(struct go_builds *builds, struct bytes *name)
{
    struct go_build *build;
    vec_each (build, &builds->builds) {
        if (!build->failed || build->told)
            continue;
        build->told = true;
        *name = bytes_of(build->name);
        return true;
    }
    return false;
}

void go_builds_release(struct go_builds *builds)
{
    struct go_build *build;
    vec_each (build, &builds->builds) {
        free(build->name);
        buf_release(&build->text);
    }
    vec_release(&builds->builds);
}
