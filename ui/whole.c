#include "ui/whole.h"

void whole_show(struct page *page, const struct test *test, const struct trace *trace,
                const struct past *past, int64_t now_ns, const struct failure_look *look)
{
    static const struct trace none;
    struct story story;
    failure_tell(&story, test, trace != NULL ? trace : &none, look);
    page_show_test(page, test->id, &story);
    for (size_t i = 0; i < FAILURE_TEXTS; i++) {
        struct buf text = {0};
        const struct failure_text *what = failure_text(test, i, &text);
        if (what != NULL)
            page_add(page, what->heading, what->report, &text);
    }
    struct buf text = {0};
    past_tell(past, test, now_ns, look->ascii, &text);
    if (text.len > 0)
        page_add(page, "History", false, &text);
}
