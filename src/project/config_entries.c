#include "project/config_entries.h"

#include "core/bytes.h"
#include "project/file_text.h"

#include <ctype.h>
#include <errno.h>
#include <git2.h>

enum { KEY_LIMIT = 256 };

/* Where a scan of the text stands. libgit2 tells values but not their lines, so the file is read a second
 * time beside it, knowing just enough of the syntax: sections, keys, comments, continued lines. */
struct scan {
    const char *at;
    unsigned line;
    char section[KEY_LIMIT]; /* "box" or "box.sub", lower case but for the subsection, as libgit2 names it */
};

static size_t add_lower(char *to, size_t at, char c)
{
    if (at + 1 < KEY_LIMIT)
        to[at++] = (char)tolower((unsigned char)c);
    to[at] = '\0';
    return at;
}

/* `[section]` or `[section "sub"]`; leaves the scan behind the bracket, where a key may follow on the same
 * line. */
static void read_section(struct scan *scan)
{
    size_t len = 0;
    const char *p = scan->at + 1;
    scan->section[0] = '\0';
    while (*p != '\0' && *p != '\n' && *p != ']' && *p != '"' && !isspace((unsigned char)*p))
        len = add_lower(scan->section, len, *p++);
    while (*p == ' ' || *p == '\t')
        p++;
    if (*p == '"') {
        len = add_lower(scan->section, len, '.');
        for (p++; *p != '\0' && *p != '\n' && *p != '"'; p++) {
            p += *p == '\\' && p[1] != '\0' && p[1] != '\n';
            if (len + 1 < KEY_LIMIT)
                scan->section[len++] = *p;
        }
        scan->section[len] = '\0';
        p += *p == '"';
    }
    scan->at = *p == ']' ? p + 1 : p;
}

/* Skips the rest of a logical line: a backslash before the newline continues it. */
static void skip_line(struct scan *scan)
{
    for (; *scan->at != '\0'; scan->at++) {
        if (scan->at[0] == '\\' && scan->at[1] == '\n') {
            scan->line++;
            scan->at++;
        } else if (*scan->at == '\n') {
            scan->line++;
            scan->at++;
            return;
        }
    }
}

/* Reads up to the next key and gives its full name; 0, or -ENOENT at the end. *line is where the key stands.
 */
static int next_key(struct scan *scan, char name[KEY_LIMIT], unsigned *line)
{
    for (;;) {
        while (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r')
            scan->at++;
        if (*scan->at == '\0')
            return -ENOENT;
        if (*scan->at == '[') {
            read_section(scan);
            continue;
        }
        if (isalpha((unsigned char)*scan->at))
            break;
        skip_line(scan);
    }
    const char *dot = scan->section[0] != '\0' ? "." : "";
    size_t len = (size_t)snprintf(name, KEY_LIMIT, "%s%s", scan->section, dot);
    len = len < KEY_LIMIT ? len : KEY_LIMIT - 1;
    while (isalnum((unsigned char)*scan->at) || *scan->at == '-')
        len = add_lower(name, len, *scan->at++);
    *line = scan->line;
    skip_line(scan);
    return 0;
}

/* The line of the next entry of that name, where the scan then goes on; 0 when there is none, and from then
 * on: an entry that this syntax does not know costs the rest their lines, and no search of the whole text
 * each. */
static unsigned next_line_of(struct scan *scan, const char *name)
{
    char found[KEY_LIMIT];
    unsigned line;
    while (next_key(scan, found, &line) == 0)
        if (strncmp(found, name, KEY_LIMIT - 1) == 0)
            return line;
    return 0;
}

/* "invalid escape at REST" is the one complaint of libgit2 that does not say where: the line of the first \R.
 */
static unsigned line_of_escape(const char *text, const char *rest)
{
    char escape[] = {'\\', rest[0], '\0'};
    const char *at = strstr(text, escape);
    unsigned line = 1;
    for (const char *p = text; at != NULL && p < at; p++)
        line += *p == '\n';
    return line;
}

/* "failed to parse config file: WHAT (in PATH:LINE[, column C])" of libgit2, turned round into "PATH:LINE:
 * WHAT". */
static int syntax_error(const char *path, const char *content, struct error *error)
{
    const char escape[] = "invalid escape at ";
    const git_error *last = git_error_last();
    const char *text = last != NULL ? last->message : "cannot be read";
    const char prefix[] = "failed to parse config file: ";
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        text += sizeof prefix - 1;
    const char *in = NULL;
    for (const char *p = text; (p = strstr(p, " (in ")) != NULL; p++)
        in = p;
    if (in == NULL && strncmp(text, escape, sizeof escape - 1) == 0)
        return error_set(error, -EINVAL, "%s:%u: %s", path, line_of_escape(content, text + sizeof escape - 1),
                         text);
    if (in == NULL)
        return error_set(error, -EINVAL, "%s: %s", path, text);
    const char *colon = strrchr(in, ':');
    unsigned long line = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    return error_set(error, -EINVAL, "%s:%lu: %.*s", path, line, (int)(in - text), text);
}

struct taker {
    config_taker *take;
    void *owner;
};

static int hand_over(const struct taker *taker, const git_config_entry *entry, const char *path,
                     struct scan *scan, struct error *error)
{
    if (strcmp(entry->name, "include.path") == 0 || strncmp(entry->name, "includeif.", 10) == 0)
        return 0;
    bool included = entry->include_depth > 0; /* it stands in another file */
    unsigned line = included ? 0 : next_line_of(scan, entry->name);
    char *where = line > 0 ? mem_printf("%s:%u", path, line) : mem_strdup(path);
    const char *value = entry->value != NULL ? entry->value : "true";
    int code = taker->take(taker->owner, entry->name, value, where, error);
    free(where);
    return code;
}

static int read_entries(const struct taker *taker, const char *path, const char *text, struct error *error)
{
    git_config *config = NULL;
    git_config_iterator *entries = NULL;
    struct scan scan = {.at = text, .line = 1};
    int code = 0, next = 0;
    if (git_config_open_ondisk(&config, path) < 0 || git_config_iterator_new(&entries, config) < 0) {
        code = syntax_error(path, text, error);
        goto out;
    }
    git_config_entry *entry;
    while (code == 0 && (next = git_config_next(&entry, entries)) == 0)
        code = hand_over(taker, entry, path, &scan, error);
    if (code == 0 && next != GIT_ITEROVER)
        code = syntax_error(path, text, error);
out:
    git_config_iterator_free(entries);
    git_config_free(config);
    return code;
}

int config_entries(const char *path, config_taker *take, void *owner, struct error *error)
{
    struct buf text = {0};
    const struct taker taker = {take, owner};
    int code = file_text(path, &text, error);
    if (code == 0 && text.len > 0) {
        git_libgit2_init(); /* and never shut down: doing it again for the repository would cost 6 ms */
        code = read_entries(&taker, path, buf_str(&text), error);
    }
    buf_release(&text);
    return code;
}
