#include "store/prune.h"
#include "command/command.h"
#include "command/recall.h"

#include <errno.h>

static const char help[] =
    "Usage: aloof prune [OPTION...]\n\n"
    "Takes the oldest runs out of the history until it is within history.keep, and gives the room back to "
    "the disk.\nExit codes: 0, 4 usage error or nothing is remembered.\n\n"
    "      --keep RUNS|DAYSd|MBm   so much instead; several with commas: 100,30d\n" RECALL_HELP;

struct pruning {
    struct keep keep;
    bool chosen;
};

static void add_size(struct buf *to, long long bytes)
{
    if (bytes >= 1 << 20)
        buf_printf(to, "%.1f MB", (double)bytes / (1 << 20));
    else
        buf_printf(to, "%lld kB", (bytes + 1023) / 1024);
}

static void tell(struct buf *to, const struct pruned *pruned)
{
    long long freed = pruned->before_bytes - pruned->after_bytes;
    if (pruned->runs == 0)
        buf_puts(to, "no run is too old");
    else
        buf_printf(to, "removed %zu run%s", pruned->runs, pruned->runs == 1 ? "" : "s");
    if (freed > 0) {
        buf_puts(to, "; freed ");
        add_size(to, freed);
    }
    buf_puts(to, "; the history has ");
    add_size(to, pruned->after_bytes);
    buf_putc(to, '\n');
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    struct pruning *pruning = owner;
    struct pruned pruned = {0};
    int bad = pruning->chosen ? 0 : where_keep(&recall->where, &pruning->keep, error);
    archive_close(recall->archive); /* who reads keeps the room from being given back */
    recall->archive = NULL;
    if (bad == 0)
        bad = prune_file(repo_state_dir(recall->where.repo), &pruning->keep, recall->now_ns, &pruned, error);
    if (bad == 0 && recall->json)
        recall->answer = json_pack("{s:I, s:I, s:I}", "runs", (json_int_t)pruned.runs, "bytes_before",
                                   (json_int_t)pruned.before_bytes, "bytes", (json_int_t)pruned.after_bytes);
    else if (bad == 0)
        tell(&recall->text, &pruned);
    return bad;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)option;
    struct pruning *pruning = owner;
    pruning->chosen = true;
    pruning->keep = (struct keep){0};
    if (keep_parse(&pruning->keep, value) == 0)
        return 0;
    return error_set(error, -EINVAL, "--keep %s: expected " KEEP_EXPECTED, value);
}

int command_prune(int argc, char *argv[])
{
    static const struct option options[] = {{"keep", required_argument, NULL, 'k'}, RECALL_OPTIONS, {0}};
    static const struct recall_command command = {"h", options, 0, help, take, answer};
    struct pruning pruning = {0};
    return recall_main(argc, argv, &command, &pruning);
}
