#include "report/html.h"

#define COLUMN 10 /* units that a column takes, … */
#define GAP 2     /* … with the space beside it */
#define HEIGHT 100
#define LEAST 3 /* what is more than 0 is so high */

#define SPARK_STEP 3
#define SPARK_UP 18  /* above its line */
#define SPARK_DOWN 7 /* below */
#define BAR_WIDTH 1000

static void open_svg(struct buf *to, const char *class, size_t width, size_t height, const char *label)
{
    buf_printf(to, "<svg class=\"%s\" viewBox=\"0 0 %zu %zu\" preserveAspectRatio=\"none\" role=\"img\"",
               class, width, height);
    html_attribute(to, "aria-label", label);
    buf_putc(to, '>');
}

static void put_title(struct buf *to, const char *title)
{
    buf_puts(to, "<title>");
    html_text(to, title);
    buf_puts(to, "</title>");
}

static double total(const struct html_column *column)
{
    double sum = 0;
    for (int part = 0; part < HTML_PARTS; part++)
        sum += column->parts[part];
    return sum;
}

/* A rectangle over all of its height is what the pointer meets. */
static void put_column(struct buf *to, const struct html_column *column, size_t x, double most)
{
    double y = HEIGHT;
    buf_puts(to, "<g>");
    if (column->title != NULL)
        put_title(to, column->title);
    buf_printf(to, "<path class=\"at\" d=\"M%zu 0h%dv%dh-%dz\"/>", x, COLUMN, HEIGHT, COLUMN);
    for (int part = 0; part < HTML_PARTS; part++) {
        double height = most > 0 ? column->parts[part] / most * HEIGHT : 0;
        if (column->parts[part] <= 0)
            continue;
        height = height < LEAST ? LEAST : height;
        y = y > height ? y - height : 0;
        buf_printf(to, "<path class=\"m%d\" d=\"M%zu %.1fh%dv%.1fh-%dz\"/>", part, x + GAP / 2, y,
                   COLUMN - GAP, height, COLUMN - GAP);
    }
    buf_puts(to, "</g>");
}

void html_columns(struct buf *to, const struct html_column *columns, size_t count, size_t slots,
                  const char *label)
{
    double most = 0;
    size_t wide = count > slots ? count : slots;
    for (size_t i = 0; i < count; i++)
        most = total(&columns[i]) > most ? total(&columns[i]) : most;
    open_svg(to, "columns", wide * COLUMN, HEIGHT, label);
    for (size_t i = 0; i < count; i++)
        put_column(to, &columns[i], (wide - count + i) * COLUMN, most);
    buf_puts(to, "</svg>");
}

static int within(double part, int whole)
{
    return part <= 0 ? 0 : part >= 1 ? whole : (int)(part * whole + 0.5);
}

void html_bar(struct buf *to, double part, double dark, const char *label)
{
    int all = within(part, BAR_WIDTH), first = within(dark, all);
    open_svg(to, "bar", BAR_WIDTH, 10, label);
    put_title(to, label);
    if (first > 0)
        buf_printf(to, "<path class=\"m0\" d=\"M0 0h%dv10h-%dz\"/>", first, first);
    if (all > first)
        buf_printf(to, "<path class=\"m1\" d=\"M%d 0h%dv10h-%dz\"/>", first, all - first, all - first);
    buf_puts(to, "</svg>");
}

/* The points of one kind are one path: a stroke each. */
static void put_strokes(struct buf *to, const struct html_point *points, size_t count, enum html_end end,
                        size_t x, double largest)
{
    static const int marks[] = {[HTML_WON] = 0, [HTML_NEITHER] = 1, [HTML_LOST] = 2};
    bool any = false;
    for (size_t i = 0; i < count; i++, x += SPARK_STEP) {
        int up = within(largest > 0 ? points[i].size / largest : 0, SPARK_UP);
        if (points[i].end != end)
            continue;
        if (!any)
            buf_printf(to, "<path class=\"s m%d\" d=\"", marks[end]);
        any = true;
        buf_printf(to, "M%zu.5 %dv%d", x + 1, SPARK_UP,
                   end == HTML_LOST  ? SPARK_DOWN
                   : end == HTML_WON ? -(up > 2 ? up : 2)
                                     : -1);
    }
    if (any)
        buf_puts(to, "\"/>");
}

void html_sparkline(struct buf *to, const struct html_point *points, size_t count, size_t slots,
                    const char *label)
{
    double largest = 0;
    size_t wide = count > slots ? count : slots;
    for (size_t i = 0; i < count; i++)
        if (points[i].end == HTML_WON && points[i].size > largest)
            largest = points[i].size;
    open_svg(to, "spark", wide * SPARK_STEP, SPARK_UP + SPARK_DOWN, label);
    put_title(to, label);
    buf_printf(to, "<path class=\"line\" d=\"M0 %d.5h%zu\"/>", SPARK_UP, wide * SPARK_STEP);
    for (int end = HTML_WON; end <= HTML_NEITHER; end++)
        put_strokes(to, points, count, (enum html_end)end, (wide - count) * SPARK_STEP, largest);
    buf_puts(to, "</svg>");
}
