/* Which commit made a test fail. Each is looked at in a work tree of its own, by one warm worker. */
#include "command/bisect.h"

#include "plan/commits.h"
#include "project/ask.h"
#include "project/bytecode.h"
#include "project/python.h"
#include "project/repo_commits.h"
#include "project/repo_worktree.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define UNRUN "cannot be run"

enum look { LOOK_GOOD, LOOK_BAD, LOOK_SKIP };

struct hunt {
    struct bisect_request *request;
    struct repo *repo; /* the person's own; borrowed */
    struct repo_span span;
    struct commits commits;
    struct repo_worktree *worktree;
    struct probe *probe;
    char *test;        /* its id */
    unsigned looks;    /* commits that were looked at */
    json_t *looked_at; /* what was seen of each */
    double seconds;
    bool interrupted;
};

/* What is installed so that it is imported from the person's own tree is to be imported from this one. */
static const char places[] =
    "import os, sys\n"
    "root = os.path.realpath(sys.argv[1])\n"
    "found = [path for path in sys.path if path]\n"
    "for name, module in list(sys.modules.items()):\n"
    "    if name.startswith('__editable__'):\n"
    "        found += [os.path.dirname(path) for path in getattr(module, 'MAPPING', {}).values()]\n"
    "for path in dict.fromkeys(map(os.path.realpath, found)):\n"
    "    if path == root or path.startswith(root + os.sep):\n"
    "        print(os.path.relpath(path, root))\n";

static bool is_installed(const char *path)
{
    return strstr(path, "site-packages") != NULL || strstr(path, "dist-packages") != NULL ||
           strstr(path, "/lib/python") != NULL;
}

/* Puts the work tree's own places before those of the person's tree. */
static void redirect_imports(const struct hunt *hunt, const char *python)
{
    const char *const words[] = {python, "-c", places, repo_root(hunt->repo)};
    struct strings command = {0};
    struct buf answer = {0}, path = {0};
    struct error error = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        strings_add(&command, words[i]);
    int status = ask(&command, "/", false, &answer, &error);
    for (const char *line = buf_str(&answer); status == 0 && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        char *place = mem_printf("%s/%.*s", repo_worktree_root(hunt->worktree), (int)len, line);
        if (!is_installed(place))
            buf_printf(&path, "%s%s", path.len > 0 ? ":" : "", place);
        free(place);
        line += len + (line[len] == '\n');
    }
    const char *before = getenv("PYTHONPATH");
    if (before != NULL && path.len > 0)
        buf_printf(&path, ":%s", before);
    if (path.len > 0)
        setenv("PYTHONPATH", buf_str(&path), 1);
    buf_release(&path);
    buf_release(&answer);
    strings_release(&command);
}

static bool has_python(const struct project *project)
{
    for (size_t i = 0; i < project->recipe_count; i++)
        if (recipe_framework(&project->recipes[i]) != NULL)
            return true;
    return false;
}

/* The interpreter is the one of the person's tree: in the other there is no virtualenv. */
static void settle_python(struct hunt *hunt)
{
    struct project *project = &hunt->request->project;
    char *python = python_find(project->settings.python, getenv("VIRTUAL_ENV"), repo_root(hunt->repo));
    if (has_python(project))
        redirect_imports(hunt, python);
    if (strchr(python, '/') != NULL) {
        free(project->settings.python);
        project->settings.python = mem_strdup(python);
    }
    free(python);
}

/* Packages of node are no part of a commit; those of the person's tree serve for all. */
static void link_modules(const struct hunt *hunt)
{
    char *from = mem_printf("%s/node_modules", repo_root(hunt->repo));
    char *to = mem_printf("%s/node_modules", repo_worktree_root(hunt->worktree));
    if (access(from, F_OK) == 0 && access(to, F_OK) != 0 && symlink(from, to) < 0)
        bisect_say(hunt->request, "%s: cannot be linked: %s\n", to, strerror(errno));
    free(to);
    free(from);
}

static int check_out(struct hunt *hunt, const char *id, struct error *error)
{
    struct strings changed = {0};
    int bad = repo_worktree_checkout(hunt->worktree, id, &changed, error);
    if (bad == 0) {
        bytecode_distrust(repo_worktree_root(hunt->worktree), &changed);
        link_modules(hunt);
    }
    strings_release(&changed);
    return bad;
}

static void note(struct hunt *hunt, const char *id, const char *word, const char *what)
{
    struct repo_story story;
    char *reason = strcmp(word, UNRUN) == 0 ? probe_reason(hunt->probe) : NULL;
    if (repo_story_read(hunt->repo, id, &story) == 0)
        bisect_say(hunt->request, "%s: %s %s, %s%s%s%s\n", what, story.short_id, story.subject, word,
                   reason != NULL ? " (" : "", reason != NULL ? reason : "", reason != NULL ? ")" : "");
    repo_story_release(&story);
    free(reason);
    json_array_append_new(hunt->looked_at, json_pack("{s:s, s:s}", "commit", id, "answer", word));
}

/* Runs the test at the commit. -EIO with a line, or -EINTR. */
static int look_at(struct hunt *hunt, const char *id, const char *what, enum look *look, struct error *error)
{
    struct strings ids = {0};
    int bad = check_out(hunt, id, error);
    if (bad < 0)
        return bad;
    strings_add(&ids, hunt->test);
    struct bisect_answer answer = bisect_probe(hunt->probe, &ids, hunt->test);
    strings_release(&ids);
    hunt->seconds += answer.seconds;
    hunt->interrupted = answer.end == PROBE_INTERRUPTED;
    if (hunt->interrupted)
        return -EINTR;
    bool tells = answer.ran && !answer.skipped;
    *look = !tells ? LOOK_SKIP : answer.failed ? LOOK_BAD : LOOK_GOOD;
    hunt->looks++;
    note(hunt, id, answer.ran ? bisect_word(&answer) : UNRUN, what);
    return 0;
}

static json_t *pack_story(const char *id, const struct repo_story *story)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "id", id, "short_id", story->short_id, "date",
                     story->date, "author", story->author, "subject", story->subject, "files",
                     bisect_strings(&story->files));
}

/* Takes the commit. */
static json_t *pack(const struct hunt *hunt, const char *verdict, json_t *take_commit, json_t *take_suspects)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:O, s:f}", "test", hunt->test, "verdict", verdict, "commit",
                     take_commit, "suspects", take_suspects, "looked_at", hunt->looked_at, "seconds",
                     hunt->seconds);
}

/* There is nothing to look for. */
static int tell_end(const struct hunt *hunt, const char *verdict, const char *why, int code)
{
    char *text = mem_printf("\n%s %s\n", hunt->test, why);
    bisect_print(hunt->request, text, pack(hunt, verdict, json_null(), json_array()));
    free(text);
    return code;
}

static int tell_found(const struct hunt *hunt)
{
    const char *id = hunt->span.commits.items[hunt->commits.bad].id;
    struct repo_story story;
    struct buf text = {0};
    if (repo_story_read(hunt->repo, id, &story) < 0)
        return BISECT_EXIT_BROKEN;
    buf_printf(&text, "\n%s fails since\n\n  %s  %s  %s\n  %s\n\n", hunt->test, story.short_id, story.date,
               story.author, story.subject);
    for (size_t i = 0; i < story.files.len; i++)
        buf_printf(&text, "    %s\n", story.files.items[i]);
    buf_printf(&text, "%s%u of %zu commits looked at in %.1f s\n", story.files.len > 0 ? "\n" : "",
               hunt->looks, hunt->span.commits.len + 1, hunt->seconds);
    bisect_print(hunt->request, buf_str(&text), pack(hunt, "found", pack_story(id, &story), json_array()));
    buf_release(&text);
    repo_story_release(&story);
    return BISECT_EXIT_FOUND;
}

/* Nothing can be run any more that would tell. */
static int tell_suspects(const struct hunt *hunt)
{
    json_t *suspects = json_array();
    struct buf text = {0};
    buf_printf(&text, "\n%s fails since one of these; those before the last cannot be run\n\n", hunt->test);
    for (size_t i = 0; i < hunt->span.commits.len; i++) {
        const char *id = hunt->span.commits.items[i].id;
        struct repo_story story;
        if (!commits_suspected(&hunt->commits, i) || repo_story_read(hunt->repo, id, &story) < 0)
            continue;
        buf_printf(&text, "  %s  %s  %s  %s\n", story.short_id, story.date, story.author, story.subject);
        json_array_append_new(suspects, pack_story(id, &story));
        repo_story_release(&story);
    }
    bisect_print(hunt->request, buf_str(&text), pack(hunt, "open", json_null(), suspects));
    buf_release(&text);
    return BISECT_EXIT_OPEN;
}

/* Both ends are as the person says. -1: they are; else the exit code. */
static int check_ends(struct hunt *hunt, struct error *error)
{
    enum look look;
    if (look_at(hunt, hunt->span.commits.items[hunt->commits.bad].id, "bad", &look, error) < 0)
        return BISECT_EXIT_BROKEN;
    if (look == LOOK_GOOD)
        return tell_end(hunt, "never", "does not fail at the bad commit", BISECT_EXIT_NEVER);
    if (look == LOOK_SKIP)
        return tell_end(hunt, "open", "cannot be run at the bad commit", BISECT_EXIT_OPEN);
    if (look_at(hunt, hunt->span.good, "good", &look, error) < 0)
        return BISECT_EXIT_BROKEN;
    if (look == LOOK_BAD)
        return tell_end(hunt, "alone", "fails at the good commit, too", BISECT_EXIT_ALONE);
    if (look == LOOK_SKIP)
        bisect_say(hunt->request, "it is taken for good even so\n");
    return -1;
}

static int search(struct hunt *hunt, struct error *error)
{
    static const enum commit_mark marks[] = {COMMIT_CLEARED, COMMIT_BAD, COMMIT_SKIPPED};
    int code = check_ends(hunt, error);
    if (code >= 0)
        return code;
    for (size_t at; (at = commits_next(&hunt->commits)) != MAP_NONE;) {
        enum look look;
        char *what = mem_printf("%zu suspects", commits_suspects(&hunt->commits));
        int bad = look_at(hunt, hunt->span.commits.items[at].id, what, &look, error);
        free(what);
        if (bad < 0)
            return BISECT_EXIT_BROKEN;
        commits_answer(&hunt->commits, at, marks[look]);
    }
    return commits_suspects(&hunt->commits) == 1 ? tell_found(hunt) : tell_suspects(hunt);
}

/* Opens the session in the work tree, which holds the bad commit: there the test is looked for. -1, or the
 * exit code. */
static int begin(struct hunt *hunt, struct error *error)
{
    struct repo *inside = NULL;
    char *notice = NULL;
    const char *root = repo_worktree_root(hunt->worktree);
    if (check_out(hunt, hunt->span.commits.items[hunt->commits.bad].id, error) < 0)
        return BISECT_EXIT_BROKEN;
    int bad = repo_open(&inside, root, &notice, error);
    free(notice);
    if (bad == 0)
        bad = probe_open(&hunt->probe, &hunt->request->project, inside, false, error);
    if (bad < 0)
        return BISECT_EXIT_USAGE;
    enum probe_end end = probe_list(hunt->probe);
    if (end == PROBE_INTERRUPTED)
        return BISECT_EXIT_INTERRUPTED;
    if (end == PROBE_BROKEN && probe_model(hunt->probe)->listing.len == 0)
        return bisect_broken(hunt->probe, end, hunt->request->test, error);
    size_t at = probe_find(hunt->probe, hunt->request->test, error);
    if (at == MAP_NONE && probe_model(hunt->probe)->listing.len == 0) {
        char *reason = probe_reason(hunt->probe);
        error_set(error, -ENOENT, "%s: there is no such test at the bad commit%s%s%s", hunt->request->test,
                  reason != NULL ? " (" : "", reason != NULL ? reason : "", reason != NULL ? ")" : "");
        free(reason);
    }
    if (at == MAP_NONE)
        return BISECT_EXIT_NONE;
    hunt->test = mem_strdup(probe_model(hunt->probe)->tests.items[at].id);
    return -1;
}

static void add_commits(struct hunt *hunt)
{
    const struct repo_commit *commit;
    vec_each (commit, &hunt->span.commits) {
        commits_add(&hunt->commits);
        for (size_t i = 0; i < commit->parents.len; i++)
            commits_add_parent(&hunt->commits, commit->parents.items[i]);
    }
}

static int set_up(struct hunt *hunt, struct error *error)
{
    const char *base = getenv("TMPDIR");
    repo_worktrees_prune(hunt->repo);
    int bad = repo_span_read(hunt->repo, hunt->request->commits, &hunt->span, error);
    if (bad == 0)
        bad = repo_worktree_make(&hunt->worktree, hunt->repo, base != NULL && *base == '/' ? base : "/tmp",
                                 error);
    if (bad < 0)
        return bad;
    add_commits(hunt);
    settle_python(hunt);
    bisect_say(hunt->request, "%zu commits, about %u to look at\n", hunt->span.commits.len,
               commits_left(&hunt->commits) + 2);
    return 0;
}

int bisect_commits(struct bisect_request *request, struct error *error)
{
    struct hunt hunt = {.request = request, .repo = request->project.where.repo, .looked_at = json_array()};
    int code = set_up(&hunt, error) < 0 ? BISECT_EXIT_USAGE : begin(&hunt, error);
    if (code < 0)
        code = search(&hunt, error);
    if (hunt.interrupted)
        code = BISECT_EXIT_INTERRUPTED;
    probe_close(hunt.probe);
    repo_worktree_remove(hunt.worktree);
    commits_release(&hunt.commits);
    repo_span_release(&hunt.span);
    json_decref(hunt.looked_at);
    free(hunt.test);
    return code;
}
