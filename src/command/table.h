/* Columns of text that stand below each other. */
#ifndef ALOOF_COMMAND_TABLE_H
#define ALOOF_COMMAND_TABLE_H

#include "core/vec.h"
#include "report/paper.h"

#define TABLE_COLUMNS 12

/* Zeroed, with `columns` set, is empty. */
struct table {
    unsigned columns;
    unsigned right; /* bit i: column i is aligned at its right */
    struct strings cells;
    VEC(unsigned char) styles; /* of each cell: enum style */
};

/* Adds a row of headings, one a column. */
void table_heads(struct table *table, const char *const heads[]);

/* Adds the next cell, row by row. */
void table_add(struct table *table, enum style style, const char *text);

/* The same; takes what the buffer holds, and leaves it empty. */
void table_take(struct table *table, enum style style, struct buf *text);

/* Appends the table: two blanks between columns, no blanks at the end of a line. Releases it. */
void table_write(struct table *table, const struct paper *paper, struct buf *to);

#endif
