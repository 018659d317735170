#include "project/repo_commits.h"

#include "core/bytes.h"
#include "core/map.h"
#include "project/repo_parts.h"

#include <errno.h>
#include <time.h>

static const char *why(void)
{
    const git_error *last = git_error_last();
    return last != NULL ? last->message : "it cannot be read";
}

/* The commit that a revision names; empty is HEAD. */
static int find(struct repo *repo, const char *name, size_t len, git_oid *id, struct error *error)
{
    char *revision = len > 0 ? mem_dup(name, len) : mem_strdup("HEAD");
    git_object *object = NULL, *commit = NULL;
    int bad = 0;
    if (git_revparse_single(&object, repo->git, revision) < 0 ||
        git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
        bad = error_set(error, -EINVAL, "%s: no such commit (%s)", revision, why());
    else
        git_oid_cpy(id, git_object_id(commit));
    git_object_free(commit);
    git_object_free(object);
    free(revision);
    return bad;
}

static int check_ends(struct repo *repo, const char *text, const git_oid *good, const git_oid *bad,
                      struct error *error)
{
    git_oid base;
    if (git_oid_equal(good, bad))
        return error_set(error, -EINVAL, "%s: both are the same commit", text);
    if (git_merge_base(&base, repo->git, good, bad) < 0)
        return error_set(error, -EINVAL, "%s: these two have no common history", text);
    if (git_oid_equal(&base, good))
        return 0;
    char name[12];
    git_oid_tostr(name, sizeof name, &base);
    if (git_oid_equal(&base, bad))
        return error_set(error, -EINVAL, "%s: the bad one is older than the good one (write GOOD..BAD)",
                         text);
    return error_set(error, -EINVAL, "%s: the good one is not behind the bad one; begin where they part: %s",
                     text, name);
}

static void add(struct repo_span *span, struct map *places, git_repository *git, const git_oid *id)
{
    struct repo_commit commit = {0};
    git_commit *object = NULL;
    git_oid_tostr(commit.id, sizeof commit.id, id);
    if (git_commit_lookup(&object, git, id) == 0)
        for (unsigned i = 0; i < git_commit_parentcount(object); i++) {
            const git_oid *parent = git_commit_parent_id(object, i);
            size_t place = map_get(places, (struct bytes){(const char *)parent->id, sizeof parent->id});
            if (place != MAP_NONE)
                vec_push(&commit.parents, place);
        }
    git_commit_free(object);
    vec_push(&span->commits, commit);
}

static int walk(struct repo *repo, const git_oid *good, const git_oid *bad, struct repo_span *span)
{
    git_revwalk *walker = NULL;
    VEC(git_oid) ids = {0};
    struct map places = {0};
    git_oid id;
    bool walks = git_revwalk_new(&walker, repo->git) == 0 &&
                 git_revwalk_sorting(walker, GIT_SORT_TOPOLOGICAL | GIT_SORT_REVERSE) == 0 &&
                 git_revwalk_push(walker, bad) == 0 && git_revwalk_hide(walker, good) == 0;
    while (walks && git_revwalk_next(&id, walker) == 0)
        vec_push(&ids, id);
    git_revwalk_free(walker);
    for (size_t i = 0; i < ids.len; i++) {
        add(span, &places, repo->git, &ids.items[i]);
        map_put(&places, (struct bytes){(const char *)ids.items[i].id, sizeof ids.items[i].id}, i);
    }
    map_release(&places);
    vec_release(&ids);
    return span->commits.len > 0 ? 0 : -EIO;
}

int repo_span_read(struct repo *repo, const char *text, struct repo_span *span, struct error *error)
{
    *span = (struct repo_span){0};
    const char *dots = strstr(text, "..");
    if (dots == NULL || dots[2] == '.')
        return error_set(error, -EINVAL, "%s: expected GOOD..BAD, two commits", text);
    if (repo->git == NULL)
        return error_set(error, -ENOENT, "%s: there is no git repository here", text);
    git_oid good, bad;
    int code = find(repo, text, (size_t)(dots - text), &good, error);
    if (code == 0)
        code = find(repo, dots + 2, strlen(dots + 2), &bad, error);
    if (code == 0)
        code = check_ends(repo, text, &good, &bad, error);
    if (code != 0)
        return code;
    git_oid_tostr(span->good, sizeof span->good, &good);
    return walk(repo, &good, &bad, span) == 0
               ? 0
               : error_set(error, -EINVAL, "%s: its commits cannot be read: %s", text, why());
}

void repo_span_release(struct repo_span *span)
{
    struct repo_commit *commit;
    vec_each (commit, &span->commits)
        vec_release(&commit->parents);
    vec_release(&span->commits);
}

static char *tell_date(const git_signature *author)
{
    time_t local = (time_t)(author->when.time + author->when.offset * 60);
    struct tm parts;
    char text[32] = "";
    if (gmtime_r(&local, &parts) != NULL)
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
    return mem_strdup(text);
}

static char *tell_id(git_object *commit)
{
    git_buf text = {0};
    char *id = git_object_short_id(&text, commit) == 0 ? mem_strdup(text.ptr) : mem_strdup("");
    git_buf_dispose(&text);
    return id;
}

static int add_file(const git_diff_delta *delta, float progress, void *owner)
{
    (void)progress;
    struct strings *files = owner;
    strings_take(
        files, mem_printf("%c %s", git_diff_status_char(delta->status),
                          delta->status == GIT_DELTA_DELETED ? delta->old_file.path : delta->new_file.path));
    return 0;
}

static void list_files(git_repository *git, git_commit *commit, struct strings *files)
{
    git_commit *parent = NULL;
    git_tree *old = NULL, *new = NULL;
    git_diff *diff = NULL;
    bool has_old = git_commit_parent(&parent, commit, 0) == 0 && git_commit_tree(&old, parent) == 0;
    if (git_commit_tree(&new, commit) == 0 &&
        git_diff_tree_to_tree(&diff, git, has_old ? old : NULL, new, NULL) == 0)
        git_diff_foreach(diff, add_file, NULL, NULL, NULL, files);
    git_diff_free(diff);
    git_tree_free(new);
    git_tree_free(old);
    git_commit_free(parent);
}

int repo_story_read(struct repo *repo, const char *id, struct repo_story *story)
{
    *story = (struct repo_story){0};
    git_oid oid;
    git_commit *commit = NULL;
    if (git_oid_fromstr(&oid, id) < 0 || git_commit_lookup(&commit, repo->git, &oid) < 0)
        return -EIO;
    const git_signature *author = git_commit_author(commit);
    const char *subject = git_commit_summary(commit);
    story->short_id = tell_id((git_object *)commit);
    story->date = tell_date(author);
    story->author = mem_printf("%s <%s>", author->name, author->email);
    story->subject = mem_strdup(subject != NULL ? subject : "");
    list_files(repo->git, commit, &story->files);
    git_commit_free(commit);
    return 0;
}

void repo_story_release(struct repo_story *story)
{
    free(story->short_id);
    free(story->date);
    free(story->author);
    free(story->subject);
    strings_release(&story->files);
    *story = (struct repo_story){0};
}
