/* Which tests make a test fail that run before it in the same process. */
#include "command/bisect.h"

#include "core/words.h"
#include "plan/bisect.h"
#include "plan/order.h"
#include "project/id_list.h"

#include <errno.h>
#include <stdlib.h>

struct search {
    struct bisect_request *request;
    struct probe *probe;
    struct bisect bisect;
    const char *test;        /* its id; borrowed from the model */
    struct strings company;  /* the ids of those that run before it, in their order */
    struct strings others;   /* likewise of all others that could */
    unsigned probes, checks; /* of the search before, when there was one */
    double seconds;
};

/* Whether the recipe runs the two in one process, when it is asked for both. */
static bool share_a_process(const struct recipe *recipe, const struct test *one, const struct test *other)
{
    bool by_file = (recipe->holes & (unsigned)(HOLE_FILE | HOLE_FILES)) != 0;
    if (recipe->worker != WORKER_OWN)
        return true;
    if (recipe->format == NULL || (recipe->holes & HOLE_ID) != 0)
        return false;
    return !by_file || strcmp(one->group, other->group) == 0;
}

/* The order of the run in which the test failed; the map is that of `given`. */
static int choose_order(const struct search *search, struct strings *given, struct map *places,
                        struct order *order, struct error *error)
{
    const struct settings *settings = &search->request->project.settings;
    bool seeded = false;
    *order = (struct order){.kind = settings->load_list != NULL ? ORDER_GIVEN : ORDER_LEARNED};
    if (settings->order != NULL && !order_parse(order, settings->order, &seeded))
        return error_set(error, -EINVAL, "--order %s: there is no such order, see aloof --help",
                         settings->order);
    if (order->kind == ORDER_RANDOM && !seeded)
        return error_set(error, -EINVAL, "--order random: give the seed of the run that failed, random:SEED");
    if (settings->load_list != NULL && id_list_read("--load-list", settings->load_list, given, error) < 0)
        return -EINVAL;
    for (size_t i = 0; i < given->len; i++)
        map_put(places, bytes_of(given->items[i]), i);
    order->places = places;
    return 0;
}

/* Whether it could have run before the test, and done something to its process. */
static bool is_company(const struct search *search, const struct test *test, const struct test *other,
                       const struct map *places)
{
    bool listed = search->request->project.settings.load_list == NULL ||
                  map_get(places, bytes_of(other->id)) != MAP_NONE;
    return other->team == test->team && other->runnable && !other->deselected && listed &&
           share_a_process(&search->request->project.recipes[test->team], test, other);
}

/* Those of the listing that come before the test in that order, and all others. */
static void add_company(struct search *search, size_t at, const struct order *order)
{
    const struct model *model = probe_model(search->probe);
    const struct test *test = &model->tests.items[at];
    size_t count = model->listing.len;
    uint32_t *positions = mem_zero((count + 1) * sizeof *positions);
    for (size_t i = 0; i < count; i++)
        positions[i] = (uint32_t)i;
    order_sort(order, model, positions, count);
    bool before = true;
    for (size_t i = 0; i < count; i++) {
        const struct test *other = &model->tests.items[model->listing.items[positions[i]]];
        before = before && other != test;
        if (other == test || !is_company(search, test, other, order->places))
            continue;
        strings_add(&search->others, other->id);
        if (before)
            strings_add(&search->company, other->id);
    }
    free(positions);
}

static int gather_company(struct search *search, size_t at, struct error *error)
{
    const struct test *test = &probe_model(search->probe)->tests.items[at];
    const struct recipe *recipe = &search->request->project.recipes[test->team];
    struct strings given = {0};
    struct map places = {0};
    struct order order;
    int bad = choose_order(search, &given, &places, &order, error);
    if (bad == 0 && !test->runnable)
        bad = error_set(error, -EINVAL, "%s cannot be asked for by itself", test->id);
    if (bad == 0)
        add_company(search, at, &order);
    map_release(&places);
    strings_release(&given);
    search->test = test->id;
    if (bad == 0 && search->others.len == 0 && !share_a_process(recipe, test, test))
        bad = error_set(error, -EINVAL,
                        "recipe %s runs each test in a process of its own, so no other one makes %s fail",
                        recipe->name, test->id);
    return bad;
}

static void add_ids(const struct search *search, const struct company *company, struct strings *ids)
{
    for (size_t i = 0; i < company->len; i++)
        strings_add(ids, search->company.items[company->items[i]]);
    strings_add(ids, search->test);
}

static char *tell_company(const struct search *search, size_t count)
{
    if (count == 0)
        return mem_strdup("alone");
    const char *all = count == search->company.len && count > 1 ? "all " : "";
    return mem_printf("%s%zu test%s before it", all, count, count == 1 ? "" : "s");
}

static void say_probe(const struct search *search)
{
    const struct bisect *bisect = &search->bisect;
    char *company = tell_company(search, bisect->next.len);
    if (bisect_checks(bisect))
        bisect_say(search->request, "check: %s", company);
    else
        bisect_say(search->request, "probe %u: %s", search->probes + bisect->probes + 1, company);
    free(company);
}

/* Asks until there is a verdict. -1, or the exit code of a run that came to nothing. */
static int carry_through(struct search *search, struct error *error)
{
    while (search->bisect.verdict == BISECT_OPEN) {
        struct strings ids = {0};
        add_ids(search, &search->bisect.next, &ids);
        say_probe(search);
        struct bisect_answer answer = bisect_probe(search->probe, &ids, search->test);
        strings_release(&ids);
        search->seconds += answer.seconds;
        if (answer.end != PROBE_RAN || !answer.ran) {
            bisect_say(search->request, "\n");
            return bisect_broken(search->probe, answer.end, search->test, error);
        }
        bisect_say(search->request, ", %s\n", bisect_word(&answer));
        bisect_answer(&search->bisect, answer.failed);
    }
    return -1;
}

/* What of the options says in which order tests run has done its work. */
static void add_words(const struct bisect_request *request, const char *list, struct strings *words)
{
    static const char *const fixed[] = {"aloof", "--once", "--serial", "--load-list"};
    static const char *const done[] = {"--order", "--load-list"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        strings_add(words, fixed[i]);
    strings_add(words, list);
    if (request->project.settings.order != NULL) {
        strings_add(words, "--order");
        strings_add(words, "given");
    }
    for (int i = 0; i < (int)request->options.len; i++) {
        bool drop = false;
        int at = i;
        for (size_t d = 0; d < sizeof done / sizeof *done; d++)
            drop =
                drop || project_value(done[d], (int)request->options.len, request->options.items, &i) != NULL;
        if (!drop)
            strings_add(words, request->options.items[at]);
    }
}

/* Writes what is to be run into a file, and the command that does so. NULL: it cannot be written. The caller
 * frees. */
static char *write_command(const struct search *search, struct error *error)
{
    const struct where *where = &search->request->project.where;
    const char *root = repo_root(where->repo), *state = repo_state_dir(where->repo);
    char *path = mem_printf("%s/bisect-list", state);
    struct strings ids = {0}, words = {0};
    add_ids(search, &search->bisect.found, &ids);
    FILE *file = fopen(path, "we");
    bool written = file != NULL;
    for (size_t i = 0; written && i < ids.len; i++)
        written = fprintf(file, "%s\n", ids.items[i]) > 0;
    if (file != NULL && (fclose(file) != 0 || !written))
        written = false;
    if (!written)
        error_set(error, -errno, "%s: cannot be written: %s", path, strerror(errno));
    size_t len = strlen(where->cwd);
    bool below = strncmp(path, where->cwd, len) == 0 && path[len] == '/' && strcmp(root, "/") != 0;
    add_words(search->request, below ? path + len + 1 : path, &words);
    char *command = written ? words_join(&words) : NULL;
    strings_release(&words);
    strings_release(&ids);
    free(path);
    return command;
}

static void tell_effort(const struct search *search, struct buf *to)
{
    unsigned probes = search->probes + search->bisect.probes;
    unsigned checks = search->checks + search->bisect.checks;
    buf_printf(to, "%u probe%s and %u check%s in %.1f s\n", probes, probes == 1 ? "" : "s", checks,
               checks == 1 ? "" : "s", search->seconds);
}

static void tell_verdict(const struct search *search, const char *command, struct buf *to)
{
    const struct bisect *bisect = &search->bisect;
    char *company = tell_company(search, bisect->next.len);
    buf_putc(to, '\n');
    switch (bisect->verdict) {
    case BISECT_FOUND:
        buf_printf(to, "%s fails after\n", search->test);
        for (size_t i = 0; i < bisect->found.len; i++)
            buf_printf(to, "  %s\n", search->company.items[bisect->found.items[i]]);
        buf_puts(to, "and passes alone; the same again:\n");
        if (command != NULL)
            buf_printf(to, "  %s\n", command);
        break;
    case BISECT_ALONE:
        buf_printf(to, "%s fails alone, %u of %u times%s\n", search->test, bisect->fails, bisect->runs,
                   bisect->company_passes ? ", and passes after the others: it needs one of them"
                                          : ": no other test is the cause");
        break;
    case BISECT_NEVER:
        buf_printf(to, "%s does not fail, neither alone nor after the %zu others\n", search->test,
                   search->company.len);
        break;
    case BISECT_FLAKY:
        buf_printf(to, "%s is flaky: with %s it failed %u of %u times\n", search->test,
                   bisect->next.len == 0 ? "no other test" : company, bisect->fails, bisect->runs);
        break;
    case BISECT_OPEN:
        break;
    }
    tell_effort(search, to);
    free(company);
}

static json_t *pack(const struct search *search, const char *command)
{
    static const char *const words[] = {"open", "found", "alone", "never", "flaky"};
    const struct bisect *bisect = &search->bisect;
    bool found = bisect->verdict == BISECT_FOUND;
    struct strings cause = {0};
    for (size_t i = 0; found && i < bisect->found.len; i++)
        strings_add(&cause, search->company.items[bisect->found.items[i]]);
    json_t *object =
        json_pack("{s:s, s:s, s:i, s:o, s:i, s:i, s:f, s:s?}", "test", search->test, "verdict",
                  words[bisect->verdict], "company", (int)search->company.len, "cause",
                  bisect_strings(&cause), "probes", (int)(search->probes + bisect->probes), "checks",
                  (int)(search->checks + bisect->checks), "seconds", search->seconds, "command", command);
    bool counts = bisect->verdict == BISECT_FLAKY || bisect->verdict == BISECT_ALONE;
    json_object_set_new(object, "fails", counts ? json_integer(bisect->fails) : json_null());
    json_object_set_new(object, "runs", counts ? json_integer(bisect->runs) : json_null());
    strings_release(&cause);
    return object;
}

static int tell(const struct search *search, struct error *error)
{
    static const int codes[] = {BISECT_EXIT_BROKEN, BISECT_EXIT_FOUND, BISECT_EXIT_ALONE, BISECT_EXIT_NEVER,
                                BISECT_EXIT_FLAKY};
    struct buf text = {0};
    char *command = search->bisect.verdict == BISECT_FOUND ? write_command(search, error) : NULL;
    tell_verdict(search, command, &text);
    bisect_print(search->request, buf_str(&text), pack(search, command));
    buf_release(&text);
    free(command);
    return codes[search->bisect.verdict];
}

/* -1: there is a verdict; else the exit code. */
static int search_company(struct search *search, struct error *error)
{
    bisect_init(&search->bisect, search->company.len, search->request->checks);
    return carry_through(search, error);
}

/* Boxes that worked side by side, or another order, may have had others before it. */
static int search_others(struct search *search, struct error *error)
{
    if (search->others.len == search->company.len)
        return -1;
    struct strings before = search->company;
    search->company = search->others;
    search->others = before;
    search->probes = search->bisect.probes;
    search->checks = search->bisect.checks;
    bisect_release(&search->bisect);
    bisect_say(search->request, "what runs before it is not the cause; now all others do\n");
    return search_company(search, error);
}

static int run(struct search *search, struct error *error)
{
    enum probe_end end = probe_list(search->probe);
    if (end == PROBE_INTERRUPTED)
        return BISECT_EXIT_INTERRUPTED;
    if (end == PROBE_BROKEN && probe_model(search->probe)->listing.len == 0)
        return bisect_broken(search->probe, end, search->request->test, error);
    size_t at = probe_find(search->probe, search->request->test, error);
    if (at == MAP_NONE)
        return BISECT_EXIT_NONE;
    if (gather_company(search, at, error) < 0)
        return BISECT_EXIT_USAGE;
    int code = search_company(search, error);
    if (code < 0 && search->bisect.verdict == BISECT_NEVER)
        code = search_others(search, error);
    if (code < 0)
        code = tell(search, error);
    bisect_release(&search->bisect);
    return code;
}

int bisect_tests(struct bisect_request *request, struct error *error)
{
    struct search search = {.request = request};
    struct repo *repo = NULL;
    char *notice = NULL;
    int code = BISECT_EXIT_USAGE;
    if (repo_open(&repo, request->project.where.cwd, &notice, error) == 0 &&
        probe_open(&search.probe, &request->project, repo, false, error) == 0)
        code = run(&search, error);
    probe_close(search.probe);
    strings_release(&search.company);
    strings_release(&search.others);
    free(notice);
    return code;
}
