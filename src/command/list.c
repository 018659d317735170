#include "command/command.h"
#include "command/recall.h"
#include "plan/filter.h"

static const char help[] =
    "Usage: aloof list [OPTION...] [WORDS]\n\n"
    "The ids of the tests that are remembered, a line each; with words those that the words match, as with "
    "the key f.\n"
    "Exit codes: 0, 1 none matches, 4 usage error or nothing is remembered.\n\n" RECALL_HELP;

struct list {
    struct recall *recall;
    const char *words; /* NULL: all */
    size_t count;
};

static bool take_test(void *owner, const struct archive_test *test)
{
    struct list *list = owner;
    if (!test->known.runnable || (list->words != NULL && !filter_matches(list->words, test->known.name.id)))
        return true;
    list->count++;
    if (list->recall->json)
        json_array_append_new(json_object_get(list->recall->answer, "tests"),
                              recall_json_name(&test->known.name));
    else
        buf_printf(&list->recall->text, "%s\n", test->known.name.id);
    return true;
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    struct list *list = owner;
    list->recall = recall;
    list->words = count > 0 ? words[0] : NULL;
    if (recall->json)
        recall->answer = json_pack("{s:[]}", "tests");
    int bad = archive_tests(recall->archive, take_test, list, error);
    return bad != 0 ? bad : list->count == 0 ? COMMAND_BAD : 0;
}

int command_list_tests(int argc, char *argv[])
{
    static const struct option options[] = {RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, 1, help, NULL, answer};
    struct list list = {0};
    return recall_main(argc, argv, &command, &list);
}
