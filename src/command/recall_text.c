#include "command/recall.h"

#include "session/past.h"

#include <stdlib.h>
#include <time.h>

#define SECOND_NS 1000000000

static struct tm local_time(int64_t ns)
{
    time_t seconds = (time_t)(ns / SECOND_NS);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    return local;
}

void recall_time(const struct recall *recall, struct buf *to, int64_t ns)
{
    struct tm then = local_time(ns), today = local_time(recall->now_ns);
    bool same = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    char text[32];
    strftime(text, sizeof text, same ? "%H:%M:%S" : "%Y-%m-%d %H:%M", &then);
    buf_puts(to, text);
}

json_t *recall_json_time(int64_t ns)
{
    time_t seconds = (time_t)(ns / SECOND_NS);
    struct tm utc = {0};
    char text[48], whole[32];
    if (ns == 0)
        return json_null();
    gmtime_r(&seconds, &utc);
    strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, sizeof text, "%s.%03dZ", whole, (int)(ns % SECOND_NS / 1000000));
    return json_string(text);
}

void recall_seconds(struct buf *to, int64_t ns)
{
    double seconds = (double)ns / SECOND_NS;
    buf_printf(to, "%.*f s", seconds < 1 ? 3 : seconds < 10 ? 2 : seconds < 100 ? 1 : 0, seconds);
}

json_t *recall_json_seconds(int64_t ns)
{
    return ns == 0 ? json_null() : json_real((double)ns / SECOND_NS);
}

json_t *recall_json_text(const char *text)
{
    struct buf clean = {0};
    buf_add_utf8(&clean, bytes_of(text));
    json_t *string = json_stringn(buf_str(&clean), clean.len);
    buf_release(&clean);
    return string;
}

json_t *recall_json_lines(const char *lines)
{
    json_t *array = json_array();
    for (const char *line = lines; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        char *one = mem_dup(line, len);
        json_array_append_new(array, recall_json_text(one));
        free(one);
        line += len + (line[len] == '\n');
    }
    return array;
}

size_t recall_lines(const char *lines)
{
    size_t count = 0;
    for (; *lines != '\0'; lines++)
        count += *lines == '\n' || lines[1] == '\0';
    return count;
}

void recall_label(const struct recall *recall, struct buf *to, enum outcome outcome)
{
    char label[32];
    snprintf(label, sizeof label, "%-8s", outcome_label(outcome));
    paper_put(&recall->paper, to,
              outcome_is_red(outcome)     ? STYLE_RED
              : outcome == OUTCOME_PASSED ? STYLE_GREEN
                                          : STYLE_YELLOW,
              label);
}

const char *recall_kind(const char *kind)
{
    return strcmp(kind, "one") == 0 ? "one test" : past_run(kind);
}

size_t recall_tests(const struct archive_run *run)
{
    size_t tests = 0;
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        tests += run->counts[outcome];
    return tests;
}

size_t recall_failed(const struct archive_run *run)
{
    size_t failed = 0;
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        failed += outcome_is_red((enum outcome)outcome) ? run->counts[outcome] : 0;
    return failed;
}

json_t *recall_json_run(const struct archive_run *run)
{
    json_t *counts = json_object();
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        if (run->counts[outcome] > 0)
            json_object_set_new(counts, outcome_name((enum outcome)outcome),
                                json_integer((json_int_t)run->counts[outcome]));
    int64_t took = run->ended_ns > 0 ? run->ended_ns - run->started_ns : 0;
    return json_pack("{s:I, s:s, s:s?, s:o, s:o, s:o, s:s?, s:o, s:o, s:o, s:o}", "run", (json_int_t)run->id,
                     "kind", run->kind, "verdict", run->verdict, "started", recall_json_time(run->started_ns),
                     "seconds", recall_json_seconds(took), "because", recall_json_text(run->because),
                     "commit", *run->commit != '\0' ? run->commit : NULL, "tree",
                     run->tree > 0 ? json_integer(run->tree) : json_null(), "changed",
                     recall_json_lines(run->changed), "dirty", recall_json_lines(run->dirty), "outcomes",
                     counts);
}

json_t *recall_json_name(const struct history_name *name)
{
    return json_pack("{s:o, s:o}", "id", recall_json_text(name->id), "recipe",
                     recall_json_text(name->recipe));
}
