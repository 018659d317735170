#include "project/watch_parts.h"

#include <stdlib.h>

enum { LESSON_FILES = 256 };
static const uint64_t LEARN_LIMIT = UINT64_C(256) << 20; /* octets read in the background, in all */

struct watch_page {
    char *path, *absolute;
    struct look look;
};

/* Some files that are read in another thread; the tree is not touched from there. */
struct watch_lesson {
    uv_work_t work;
    struct watch *watch;
    VEC(struct watch_page) pages;
};

static void read_pages(uv_work_t *work)
{
    struct watch_lesson *lesson = work->data;
    struct watch_page *page;
    vec_each (page, &lesson->pages)
        page->look = look_into(page->absolute);
}

/* The content counts only for the stamp that was seen at the scan. If the file was touched since, an event
 * says so, and it counts as changed. */
static void remember(struct watch *watch, const struct watch_page *page)
{
    const char *slash = strrchr(page->path, '/');
    struct watch_dir *dir =
        tree_walk(watch->root, page->path, slash != NULL ? (size_t)(slash - page->path) : 0);
    struct watch_file *file = dir != NULL ? tree_file(dir, slash != NULL ? slash + 1 : page->path) : NULL;
    if (file != NULL && !file->look.hashed && look_untouched(&file->look, &page->look))
        file->look = page->look;
}

static void free_lesson(struct watch_lesson *lesson)
{
    struct watch_page *page;
    vec_each (page, &lesson->pages) {
        free(page->path);
        free(page->absolute);
    }
    vec_release(&lesson->pages);
    free(lesson);
}

static void on_read(uv_work_t *work, int status)
{
    struct watch_lesson *lesson = work->data;
    struct watch *watch = lesson->watch;
    struct watch_page *page;
    watch->lesson = NULL;
    if (status == 0 && !watch->closing) {
        vec_each (page, &lesson->pages) {
            remember(watch, page);
            watch->learnt_bytes += page->look.hashed ? page->look.size : 0;
        }
        watch_learn(watch);
    }
    free_lesson(lesson);
    watch_part_closed(watch);
}

void watch_learn(struct watch *watch)
{
    if (watch->lesson != NULL || watch->unread.len == 0 || watch->learnt_bytes > LEARN_LIMIT)
        return;
    struct watch_lesson *lesson = mem_zero(sizeof *lesson);
    lesson->watch = watch;
    lesson->work.data = lesson;
    while (watch->unread.len > 0 && lesson->pages.len < LESSON_FILES) {
        char *path = watch->unread.items[--watch->unread.len];
        vec_push(&lesson->pages, (struct watch_page){.path = path, .absolute = watch_absolute(watch, path)});
    }
    if (uv_queue_work(watch->loop, &lesson->work, read_pages, on_read) != 0) {
        free_lesson(lesson);
        return;
    }
    watch->lesson = lesson;
    watch->open++;
}

void watch_learn_stop(struct watch *watch)
{
    if (watch->lesson != NULL)
        uv_cancel((uv_req_t *)&watch->lesson->work);
}
