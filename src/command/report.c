#include "command/command.h"
#include "command/output.h"
#include "command/page.h"
#include "command/recall.h"

#include <errno.h>

static const char help[] =
    "Usage: aloof report --html FILE\n\n"
    "What is remembered of past runs, as one page to look at or to send: what is red, since when and after "
    "which\nchange; runs over time; what turned in the newest; the slowest and the flaky tests. It needs no "
    "network and no\nscript. FILE: - is standard output.\n"
    "Exit codes: 0 it is written, 4 usage error, nothing is remembered, or FILE cannot be written.\n\n"
    "      --html FILE     where the page goes\n"
    "  -h, --help          this\n";

struct report {
    const char *html;
};

static char *name_of(const char *root)
{
    const char *slash = strrchr(root, '/');
    return mem_strdup(slash != NULL && slash[1] != '\0' ? slash + 1 : root);
}

static int answer(struct recall *recall, void *owner, int count, char *words[], struct error *error)
{
    (void)count, (void)words;
    const struct report *report = owner;
    if (report->html == NULL)
        return error_set(error, -EINVAL, "report: where to? --html FILE, or --html - for standard output");
    struct repo *repo = recall->where.repo;
    struct digest digest = {
        .project = name_of(repo_root(repo)), .branch = repo_branch(repo), .now_ns = recall->now_ns};
    struct buf page = {0};
    int bad = digest_gather(&digest, recall->archive, repo, error);
    if (bad == 0) {
        page_write(&page, &digest);
        bad = output_file(report->html, buf_bytes(&page), error);
    }
    buf_release(&page);
    digest_release(&digest);
    return bad;
}

static int take(void *owner, int option, const char *value, struct error *error)
{
    (void)option;
    struct report *report = owner;
    report->html = value;
    return *value != '\0' ? 0 : error_set(error, -EINVAL, "report: --html: expected a file, or -");
}

int command_report(int argc, char *argv[])
{
    static const struct option options[] = {
        {"html", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};
    static const struct recall_command command = {"h", options, 0, help, take, answer};
    struct report report = {0};
    return recall_main(argc, argv, &command, &report);
}
