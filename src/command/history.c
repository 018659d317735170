#include "command/command.h"
#include "command/life.h"
#include "command/recall.h"
#include "command/table.h"

#include <stdlib.h>

#define PATHS_TOLD 8

static const char help[] =
    "Usage: aloof history [OPTION...] [TEST]\n\n"
    "The life of a test: what it came to in each run, how long it took, since which run it is red and what "
    "had\nchanged then. TEST: an id, or a part of the id of one test only; else all tests that are red.\n"
    "Exit codes: 0 it is not red, 1 it is, 4 usage error, or there is no such test.\n\n"
    "  -n, --limit N   so many runs at most (else 20)\n"
    "      --all       all of them\n" RECALL_HELP;

/* A test whose life is told. */
struct subject {
    char *id, *recipe;
    int64_t row, usual_ns;
    enum outcome outcome;
    bool red, flaky;
};

struct telling {
    struct recall *recall;
    bool only_red, one;
    size_t limit;
    VEC(struct subject) subjects;
};

static bool take_test(void *owner, const struct archive_test *test)
{
    struct telling *telling = owner;
    const struct history_test *known = &test->known;
    if (!telling->only_red || known->red)
        vec_push(&telling->subjects,
                 (struct subject){mem_strdup(known->name.id), mem_strdup(known->name.recipe), test->row,
                                  known->usual_ns, test->outcome, known->red, known->flaky > 0});
    return true;
}

static enum style style_of(enum outcome outcome)
{
    return outcome_is_red(outcome) ? STYLE_RED : outcome == OUTCOME_PASSED ? STYLE_GREEN : STYLE_YELLOW;
}

/* The newest results, as many as are told; the life keeps them. */
static struct past newest(const struct life *life, size_t limit)
{
    struct past past = life->past;
    size_t passed_over = past.results.len > limit ? past.results.len - limit : 0;
    past.results.items += passed_over;
    past.results.len -= passed_over;
    return past;
}

static void add_marks(const struct telling *telling, const struct life *life, const struct past *past)
{
    struct recall *recall = telling->recall;
    const struct past_result *result;
    buf_puts(&recall->text, "  ");
    vec_each (result, &past->results)
        paper_put(&recall->paper, &recall->text, style_of(result->outcome),
                  past_mark(result->outcome, recall->paper.ascii));
    buf_printf(&recall->text, "  red in %zu of %zu run%s, the newest last\n", life->red,
               life->past.results.len, life->past.results.len == 1 ? "" : "s");
}

static void add_times(struct recall *recall, const struct subject *subject, const struct past *past)
{
    struct buf *to = &recall->text, bars = {0};
    int64_t shortest = INT64_MAX, longest = 0;
    const struct past_result *result;
    vec_each (result, &past->results) {
        longest = result->duration_ns > longest ? result->duration_ns : longest;
        if (result->duration_ns > 0 && result->duration_ns < shortest)
            shortest = result->duration_ns;
    }
    past_sparkline(past, recall->paper.ascii, &bars);
    if (longest > 0) {
        buf_printf(to, "  %s  took ", buf_str(&bars));
        recall_seconds(to, shortest);
        if (longest > shortest) {
            buf_puts(to, " to ");
            recall_seconds(to, longest);
        }
        buf_puts(to, subject->usual_ns > 0 ? ", usually " : "");
        if (subject->usual_ns > 0)
            recall_seconds(to, subject->usual_ns);
        buf_putc(to, '\n');
    }
    buf_release(&bars);
}

static void add_run(struct recall *recall, const char *what, const struct past_result *result,
                    const char *note)
{
    struct buf *to = &recall->text;
    buf_printf(to, "  %s run %lld, ", what, (long long)result->run_id);
    recall_time(recall, to, result->time_ns);
    if (*result->commit != '\0')
        buf_printf(to, ", of commit %.9s", result->commit);
    buf_printf(to, "%s\n", note);
}

static void add_paths(struct recall *recall, const char *what, const struct strings *paths)
{
    struct buf *to = &recall->text;
    if (paths->len == 0)
        return;
    buf_printf(to, "  %s ", what);
    for (size_t i = 0; i < paths->len && i < PATHS_TOLD; i++) {
        buf_puts(to, i > 0 ? ", " : "");
        paper_put(&recall->paper, to, STYLE_PLAIN, paths->items[i]);
    }
    if (paths->len > PATHS_TOLD)
        buf_printf(to, " and %zu more", paths->len - PATHS_TOLD);
    buf_putc(to, '\n');
}

static void add_commits(struct recall *recall, const struct life *life)
{
    struct buf *to = &recall->text;
    struct table table = {.columns = 4};
    if (life->commits.len == 0)
        return;
    buf_puts(to, "  committed between:\n");
    const struct repo_story *story;
    vec_each (story, &life->commits) {
        table_add(&table, STYLE_PLAIN, "  ");
        table_add(&table, STYLE_CYAN, story->short_id);
        table_add(&table, STYLE_DIM, story->date);
        table_add(&table, STYLE_PLAIN, story->subject);
    }
    table_write(&table, &recall->paper, to);
    if (life->commit_count > life->commits.len)
        buf_printf(to, "    and %zu before\n", life->commit_count - life->commits.len);
}

static void add_turn(struct recall *recall, const struct subject *subject, const struct life *life)
{
    if (life->first_bad == MAP_NONE)
        return;
    const struct past_result *results = life->past.results.items;
    add_run(recall, subject->red ? "red since" : "red last from", &results[life->first_bad],
            life->last_good == MAP_NONE ? ", or before" : "");
    if (life->last_good != MAP_NONE)
        add_run(recall, "good before in", &results[life->last_good], "");
    add_paths(recall, "changed between:", &life->changed);
    add_commits(recall, life);
    if (life->changed.len == 0)
        add_paths(recall, "not committed then:", &life->dirty);
}

static void add_results(struct recall *recall, const struct past *past)
{
    static const char *const heads[] = {"", "run", "when", "outcome", "took", "of", "commit"};
    struct table table = {.columns = sizeof heads / sizeof *heads, .right = 1 << 1 | 1 << 4};
    struct buf text = {0};
    table_heads(&table, heads);
    for (size_t i = past->results.len; i-- > 0;) {
        const struct past_result *result = &past->results.items[i];
        table_add(&table, STYLE_PLAIN, "");
        buf_printf(&text, "%lld", (long long)result->run_id);
        table_take(&table, STYLE_PLAIN, &text);
        recall_time(recall, &text, result->time_ns);
        table_take(&table, STYLE_PLAIN, &text);
        table_add(&table, style_of(result->outcome), outcome_name(result->outcome));
        if (result->duration_ns > 0)
            recall_seconds(&text, result->duration_ns);
        table_take(&table, STYLE_PLAIN, &text);
        table_add(&table, STYLE_DIM, result->run);
        buf_printf(&text, "%.9s", result->commit);
        table_take(&table, STYLE_PLAIN, &text);
    }
    buf_putc(&recall->text, '\n');
    table_write(&table, &recall->paper, &recall->text);
}

static void tell(const struct telling *telling, const struct subject *subject, const struct life *life)
{
    struct recall *recall = telling->recall;
    struct buf *to = &recall->text;
    const struct past past = newest(life, telling->limit);
    if (to->len > 0)
        buf_putc(to, '\n');
    paper_put(&recall->paper, to, STYLE_BOLD, subject->id);
    buf_puts(to, subject->flaky ? ", flaky\n" : "\n");
    add_marks(telling, life, &past);
    add_times(recall, subject, &past);
    add_turn(recall, subject, life);
    if (telling->one && past.results.len > 0)
        add_results(recall, &past);
}

static json_t *json_of_result(const struct life *life, size_t at)
{
    if (at == MAP_NONE)
        return json_null();
    const struct past_result *result = &life->past.results.items[at];
    return json_pack("{s:I, s:o, s:s, s:o, s:o, s:s, s:s?}", "run", (json_int_t)result->run_id, "time",
                     recall_json_time(result->time_ns), "outcome", outcome_name(result->outcome), "seconds",
                     recall_json_seconds(result->duration_ns), "cpu_seconds",
                     recall_json_seconds(life->cpu_ns.items[at]), "of", result->run, "commit",
                     *result->commit != '\0' ? result->commit : NULL);
}

static json_t *json_of_strings(const struct strings *texts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < texts->len; i++)
        json_array_append_new(array, recall_json_text(texts->items[i]));
    return array;
}

static json_t *json_of_commits(const struct life *life)
{
    json_t *array = json_array();
    const struct repo_story *story;
    vec_each (story, &life->commits)
        json_array_append_new(
            array,
            json_pack("{s:o, s:o, s:o, s:o, s:o}", "id", recall_json_text(story->short_id), "date",
                      recall_json_text(story->date), "author", recall_json_text(story->author), "subject",
                      recall_json_text(story->subject), "files", json_of_strings(&story->files)));
    return array;
}

static json_t *json_of(const struct telling *telling, const struct subject *subject, const struct life *life)
{
    json_t *object = recall_json_name(&(struct history_name){subject->recipe, subject->id});
    json_t *results = json_array(), *more;
    size_t count = life->past.results.len;
    for (size_t i = count > telling->limit ? count - telling->limit : 0; i < count; i++)
        json_array_append_new(results, json_of_result(life, i));
    more =
        json_pack("{s:s, s:b, s:b, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "outcome",
                  outcome_name(subject->outcome), "red", subject->red, "flaky", subject->flaky,
                  "usual_seconds", recall_json_seconds(subject->usual_ns), "runs", (json_int_t)count,
                  "red_runs", (json_int_t)life->red, "results", results, "first_bad",
                  json_of_result(life, life->first_bad), "last_good", json_of_result(life, life->last_good),
                  "changed", json_of_strings(&life->changed), "dirty", json_of_strings(&life->dirty),
                  "commits", json_of_commits(life), "commit_count", (json_int_t)life->commit_count);
    json_object_update(object, more);
    json_decref(more);
    return object;
}

static int tell_all(struct telling *telling, struct error *error)
{
    struct recall *recall = telling->recall;
    struct life_runs runs = {0};
    int bad = life_runs_read(&runs, recall->archive, error);
    for (size_t i = 0; i < telling->subjects.len && bad == 0; i++) {
        const struct subject *subject = &telling->subjects.items[i];
        struct life life = {0};
        bad = life_read(&life, recall->archive, &runs, recall->where.repo, subject->row, error);
        if (bad == 0 && recall->json)
            json_array_append_new(json_object_get(recall->answer, "tests"), json_of(telling, subject, &life));
        else if (bad == 0)
            tell(telling, subject, &life);
        life_release(&life);
    }
    life_runs_release(&runs);
    return bad;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    struct telling *telling = owner;
    telling->recall = recall;
    telling->one = count > 0;
    telling->only_red = count == 0;
    if (recall->json)
        recall->answer = json_pack("{s:[]}", "tests");
    int bad = count > 0 ? recall_test(recall, words[0], take_test, telling, error)
                        : archive_tests(recall->archive, take_test, telling, error);
    if (bad == 0 && telling->subjects.len == 0 && !recall->json)
        buf_puts(&recall->text, "nothing is red\n");
    if (bad == 0)
        bad = tell_all(telling, error);
    size_t red = 0;
    const struct subject *subject;
    vec_each (subject, &telling->subjects)
        red += subject->red;
    return bad != 0 ? bad : red > 0 ? COMMAND_BAD : 0;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    struct telling *telling = owner;
    if (option == 'n')
        return recall_count("--limit", value, &telling->limit, error);
    telling->limit = SIZE_MAX;
    return 0;
}

int command_history(int argc, char *argv[])
{
    static const struct option options[] = {
        {"limit", required_argument, NULL, 'n'}, {"all", no_argument, NULL, 'a'}, RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"hn:", options, 1, help, take, answer};
    struct telling telling = {.limit = PAST_RESULTS};
    int code = recall_main(argc, argv, &command, &telling);
    struct subject *subject;
    vec_each (subject, &telling.subjects) {
        free(subject->id);
        free(subject->recipe);
    }
    vec_release(&telling.subjects);
    return code;
}
