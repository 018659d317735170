#include "command/table.h"

#include "trace/clean.h"

#include <assert.h>
#include <stdlib.h>

void table_add(struct table *table, enum style style, const char *text)
{
    strings_add(&table->cells, text);
    vec_push(&table->styles, (unsigned char)style);
}

void table_take(struct table *table, enum style style, struct buf *text)
{
    strings_take(&table->cells, buf_take(text));
    vec_push(&table->styles, (unsigned char)style);
}

void table_heads(struct table *table, const char *const heads[])
{
    for (unsigned i = 0; i < table->columns; i++)
        table_add(table, STYLE_DIM, heads[i]);
}

static size_t width_of(const char *text)
{
    struct buf clean = {0};
    clean_text(&clean, bytes_of(text), false);
    size_t width = clean_width(buf_bytes(&clean));
    buf_release(&clean);
    return width;
}

static void pad(struct buf *to, size_t columns)
{
    while (columns-- > 0)
        buf_putc(to, ' ');
}

static void write_row(const struct table *table, size_t row, const size_t *widths, const struct paper *paper,
                      struct buf *to)
{
    size_t owed = 0; /* blanks, if anything follows */
    for (unsigned i = 0; i < table->columns; i++) {
        const char *text = table->cells.items[row + i];
        size_t rest = widths[i] - width_of(text);
        bool right = (table->right >> i & 1) != 0;
        owed += right ? rest : 0;
        if (*text != '\0') {
            pad(to, owed);
            paper_put(paper, to, (enum style)table->styles.items[row + i], text);
            owed = 0;
        }
        owed += (right ? 0 : rest) + 2;
    }
    buf_putc(to, '\n');
}

void table_write(struct table *table, const struct paper *paper, struct buf *to)
{
    size_t widths[TABLE_COLUMNS] = {0};
    assert(table->columns <= TABLE_COLUMNS);
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t width = width_of(table->cells.items[i]), *widest = &widths[i % table->columns];
        *widest = width > *widest ? width : *widest;
    }
    for (size_t row = 0; row + table->columns <= table->cells.len; row += table->columns)
        write_row(table, row, widths, paper, to);
    strings_release(&table->cells);
    vec_release(&table->styles);
}
