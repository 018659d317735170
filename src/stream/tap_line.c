#include "stream/tap_line.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_DIGITS 18

static struct bytes skip(struct bytes text, size_t count)
{
    return (struct bytes){text.data + count, text.len - count};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct bytes trim(struct bytes text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = skip(text, 1);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

static bool has_word(struct bytes text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && strncasecmp(text.data, word, len) == 0;
}

/* Takes a whole number off the start. Returns whether there is one. */
static bool take_number(struct bytes *text, uint64_t *number)
{
    size_t digits = 0;
    *number = 0;
    while (digits < text->len && text->data[digits] >= '0' && text->data[digits] <= '9' &&
           digits < NUMBER_DIGITS)
        *number = *number * 10 + (uint64_t)(text->data[digits++] - '0');
    *text = skip(*text, digits);
    return digits > 0;
}

/* "12.5ms", "3s"; a number alone is in the unit that is told. 0: none. */
static int64_t read_duration(struct bytes text, double unit_ns)
{
    char copy[32];
    char *end;
    text = trim(text);
    size_t len = text.len < sizeof copy - 1 ? text.len : sizeof copy - 1;
    memcpy(copy, text.data, len);
    copy[len] = '\0';
    double value = copy[0] >= '0' && copy[0] <= '9' ? strtod(copy, &end) : 0;
    if (!(value > 0 && value < 1e9))
        return 0;
    if (strncmp(end, "ms", 2) == 0)
        unit_ns = 1e6;
    else if (*end == 's')
        unit_ns = 1e9;
    return (int64_t)(value * unit_ns);
}

int64_t tap_yaml_duration(struct bytes text)
{
    static const char key[] = "duration_ms:";
    return bytes_starts(text, key) ? read_duration(skip(text, sizeof key - 1), 1e6) : 0;
}

/* "1 re-try", "2 re-tries": others may mean another thing by the word before. */
static bool is_count_of_tries(struct bytes text)
{
    uint64_t tries;
    return take_number(&text, &tries) && bytes_starts(trim(text), "re-tr");
}

/* What follows a '#' behind a description. Returns false when it is no directive. */
static bool take_directive(struct tap_line *line, struct bytes text)
{
    static const struct {
        const char *word;
        enum tap_directive directive;
    } known[] = {
        {"skip", TAP_SKIP}, {"todo", TAP_TODO}, {"expected failure", TAP_EXPECTED}, {"flaky", TAP_FLAKY}};
    text = trim(text);
    if (has_word(text, "time=")) {
        line->duration_ns = read_duration(skip(text, strlen("time=")), 1e6);
        return line->duration_ns > 0;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!has_word(text, known[i].word))
            continue;
        size_t word = strlen(known[i].word); /* "SKIPPED", "skip:" */
        while (word < text.len && !is_blank(text.data[word]))
            word++;
        struct bytes reason = trim(skip(text, word));
        if (known[i].directive == TAP_FLAKY && !is_count_of_tries(reason))
            return false;
        line->directive = known[i].directive;
        line->reason = reason;
        return true;
    }
    return false;
}

/* The description up to its directive. A '#' behind a backslash is a part of the description. */
static void take_description(struct tap_line *line, struct bytes text)
{
    line->text = trim(text);
    const char *end = text.data + text.len;
    for (const char *at = text.data; at < end; at++) {
        at = memchr(at, '#', (size_t)(end - at));
        if (at == NULL)
            return;
        bool escaped = at > text.data && at[-1] == '\\';
        if (!escaped && take_directive(line, (struct bytes){at + 1, (size_t)(end - at - 1)})) {
            line->text = trim((struct bytes){text.data, (size_t)(at - text.data)});
            return;
        }
    }
}

static bool take_point(struct tap_line *line, struct bytes text)
{
    line->ok = !bytes_starts(text, "not ");
    text = line->ok ? text : skip(text, 4);
    if (!bytes_starts(text, "ok") || (text.len > 2 && !is_blank(text.data[2])))
        return false;
    text = trim(skip(text, 2));
    struct bytes rest = text;
    line->numbered = take_number(&rest, &line->number) && (rest.len == 0 || is_blank(rest.data[0]));
    text = trim(line->numbered ? rest : text);
    if (bytes_is(text, "-") || bytes_starts(text, "- "))
        text = skip(text, 1);
    take_description(line, text);
    line->kind = TAP_POINT;
    return true;
}

static bool take_plan(struct tap_line *line, struct bytes text)
{
    struct bytes rest = skip(text, 3);
    if (!take_number(&rest, &line->number))
        return false;
    rest = trim(rest);
    if (rest.len > 0 && rest.data[0] != '#')
        return false;
    line->kind = TAP_PLAN;
    return true;
}

static void take_comment(struct tap_line *line, struct bytes text)
{
    static const char subtest[] = "# Subtest:";
    line->kind = bytes_starts(text, subtest) ? TAP_SUBTEST : TAP_COMMENT;
    if (line->kind == TAP_SUBTEST)
        line->text = trim(skip(text, sizeof subtest - 1));
    else
        line->text = skip(text, text.len > 1 && text.data[1] == ' ' ? 2 : 1);
}

struct tap_line tap_line(struct bytes text)
{
    struct tap_line line = {.kind = TAP_OTHER};
    while (line.indent < text.len && text.data[line.indent] == ' ')
        line.indent++;
    text = skip(text, line.indent);
    if (line.indent % 4 == 2 && bytes_is(text, "---"))
        line.kind = TAP_YAML;
    if (line.indent % 4 != 0 || text.len == 0)
        return line;
    if ((text.data[0] == 'o' || text.data[0] == 'n') && take_point(&line, text))
        return line;
    if (text.data[0] == '#')
        take_comment(&line, text);
    else if (bytes_starts(text, "1.."))
        take_plan(&line, text);
    else if (bytes_starts(text, "TAP version "))
        line.kind = TAP_VERSION;
    else if (bytes_starts(text, "pragma "))
        line.kind = TAP_PRAGMA;
    else if (has_word(text, "bail out!"))
        line = (struct tap_line){
            .kind = TAP_BAIL_OUT, .indent = line.indent, .text = trim(skip(text, strlen("bail out!")))};
    return line;
}
