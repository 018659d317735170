#include "ui/reading.h"

#include "ui/typing.h"

static enum reading_wish type(struct reading *reading, int input)
{
    enum typing typing = typing_input(&reading->typed, input);
    reading->asking = typing == TYPING_ON;
    if (typing != TYPING_DONE)
        return READING_DONE;
    if (reading->typed.len > 0)
        needle_set(&reading->needle, buf_str(&reading->typed));
    return reading->needle.text == NULL ? READING_DONE : reading->typed.len > 0 ? READING_FIND : READING_NEXT;
}

/* Half a screen at a time: enough to get somewhere, and something stays to find one's place by. */
static void scroll(struct line_look *look, int step, int cols, long widest)
{
    int half = cols > 3 ? (cols - 1) / 2 : 1;
    if (look->wrap)
        return;
    if (step > 0 && widest > look->left + cols - 1)
        look->left += half;
    else if (step < 0)
        look->left = look->left > half ? look->left - half : 0;
}

enum reading_wish reading_input(struct reading *reading, int input, enum command command, int cols,
                                long widest)
{
    bool searching = reading->needle.text != NULL;
    if (reading->asking)
        return type(reading, input);
    switch (command) {
    case COMMAND_WRAP:
        reading->look.wrap = !reading->look.wrap;
        reading->look.left = 0;
        return READING_DONE;
    case COMMAND_LEFT:
    case COMMAND_RIGHT:
        scroll(&reading->look, command == COMMAND_RIGHT ? 1 : -1, cols, widest);
        return READING_DONE;
    case COMMAND_SEARCH:
        reading->asking = true;
        buf_clear(&reading->typed);
        return READING_DONE;
    case COMMAND_NEXT_FAILURE:
        return searching ? READING_NEXT : READING_OTHER;
    case COMMAND_PREVIOUS_FAILURE:
        return searching ? READING_PREVIOUS : READING_OTHER;
    default:
        break;
    }
    if (input != INPUT_ESCAPE || !searching)
        return READING_OTHER;
    needle_release(&reading->needle);
    return READING_DONE;
}

void reading_draw(struct screen *screen, const struct reading *reading)
{
    if (reading->asking)
        typing_draw(screen, "/", &reading->typed);
}

char *reading_not_found(const struct reading *reading)
{
    return mem_printf("not found: %s", reading->needle.text);
}

void reading_reset(struct reading *reading)
{
    reading->look.left = 0;
    reading->asking = false;
    needle_release(&reading->needle);
    buf_clear(&reading->typed);
}

void reading_release(struct reading *reading)
{
    needle_release(&reading->needle);
    buf_release(&reading->typed);
    *reading = (struct reading){0};
}
