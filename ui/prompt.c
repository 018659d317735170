#include "ui/prompt.h"

#include "plan/filter.h"

#define ASKS "filter: "

void prompt_open(struct prompt *prompt)
{
    prompt->open = prompt->stale = true;
    buf_clear(&prompt->typed);
}

enum typing prompt_input(struct prompt *prompt, int input)
{
    enum typing typing = typing_input(&prompt->typed, input);
    prompt->stale = true;
    prompt->open = typing == TYPING_ON;
    return typing;
}

static void count(struct prompt *prompt, const struct model *model)
{
    if (!prompt->stale && prompt->known == model->tests.len)
        return;
    prompt->stale = false;
    prompt->known = model->tests.len;
    prompt->matches = filter_count(buf_str(&prompt->typed), model);
    prompt->tests = filter_count("", model);
}

/* What Enter would do. */
static void preview(const struct prompt *prompt, const char *filter, struct buf *text)
{
    if (!filter_blank(buf_str(&prompt->typed)))
        buf_printf(text, "%zu of %zu match", prompt->matches, prompt->tests);
    else if (filter != NULL)
        buf_printf(text, "Enter clears \"%s\"", filter);
    else
        buf_printf(text, "words of the ids of %zu tests", prompt->tests);
}

void prompt_draw(struct screen *screen, struct prompt *prompt, const struct model *model, const char *filter)
{
    struct buf text = {0};
    count(prompt, model);
    preview(prompt, filter, &text);
    typing_draw(screen, ASKS, &prompt->typed);
    int end = 1 + screen_width(screen, ASKS) + screen_width(screen, buf_str(&prompt->typed));
    int start = screen->cols - 1 - screen_width(screen, buf_str(&text));
    if (start >= end + 2)
        screen_put(screen, screen->rows - 1, start, screen->cols,
                   prompt->matches > 0 ? STYLE_DIM : STYLE_YELLOW, buf_str(&text));
    buf_release(&text);
}

void prompt_release(struct prompt *prompt)
{
    buf_release(&prompt->typed);
    *prompt = (struct prompt){0};
}
