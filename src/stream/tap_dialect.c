#include "stream/tap_dialect.h"

#include "stream/scan.h"

#include <ctype.h>

static bool is_source(struct bytes path)
{
    static const char *const ends[] = {".c", ".cc", ".cpp", ".cxx", ".C", ".m"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (scan_ends(path, ends[i]))
            return true;
    return false;
}

static bool is_identifier(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!isalnum((unsigned char)word.data[i]) && word.data[i] != '_')
            return false;
    return word.len > 0;
}

/* The name of a case may hold colons, that of a test, a function, may not. */
static bool split_check(struct bytes *text, struct bytes *said)
{
    struct bytes rest = *text, file, part;
    if (!scan_until(&rest, ":", &file) || !is_source(file) || !scan_until(&rest, ":", &part))
        return false;
    while (scan_until(&rest, ":", &part))
        if (is_identifier(part) && rest.len > 0 && rest.data[0] == ' ') {
            *said = scan_trim(rest);
            text->len = (size_t)(part.data + part.len - text->data);
            return true;
        }
    return false;
}

struct bytes tap_dialect(struct tap_line *point)
{
    struct bytes said = {"", 0};
    size_t at;
    if (!point->ok && point->directive == TAP_SKIP && point->text.len == 0 && point->reason.len > 0) {
        point->ok = true;
        point->text = point->reason;
        point->reason = said;
    } else if (split_check(&point->text, &said)) {
        if (point->ok && bytes_is(said, "Passed"))
            said.len = 0;
    } else if (!point->ok && (at = scan_find(point->text, " Could not run test: ")) != SIZE_MAX) {
        said = scan_skip(point->text, at + 1);
        point->text.len = at;
    }
    return said;
}

bool tap_dialect_sums_up(struct bytes comment)
{
    static const char *const sentences[] = {"Looks like you failed ", "Looks like you planned ",
                                            "Looks like your test exited with ",
                                            "Tests were run but no plan was declared"};
    static const char *const counts[] = {"tests ",   "suites ", "pass ", "fail ",       "cancelled ",
                                         "skipped ", "skip ",   "todo ", "duration_ms "};
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (bytes_starts(comment, sentences[i]))
            return true;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct bytes number = comment;
        if (!scan_word(&number, counts[i]))
            continue;
        number = scan_trim(number);
        while (number.len > 0 && (isdigit((unsigned char)number.data[0]) || number.data[0] == '.'))
            number = scan_skip(number, 1);
        return number.len == 0;
    }
    return false;
}

bool tap_dialect_is_routine(struct bytes line)
{
    static const char *const lines[] = {"type: 'suite'", "type: 'test'", "failureType: 'testCodeFailure'",
                                        "code: 'ERR_TEST_FAILURE'"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (bytes_is(line, lines[i]))
            return true;
    return bytes_starts(line, "duration_ms: ");
}
