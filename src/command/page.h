/* A digest as one HTML page that needs nothing else: no script, no network. Pure, but for the time zone. */
#ifndef ALOOF_COMMAND_PAGE_H
#define ALOOF_COMMAND_PAGE_H

#include "command/digest.h"

/* Appends the page. */
void page_write(struct buf *to, const struct digest *digest);

/* Its parts, which begin with their headings. */
void page_red(struct buf *to, const struct digest *digest);
void page_turned(struct buf *to, const struct digest *digest);
void page_runs(struct buf *to, const struct digest *digest);
void page_slowest(struct buf *to, const struct digest *digest);
void page_flaky(struct buf *to, const struct digest *digest);
void page_lives(struct buf *to, const struct digest *digest);

/* How it looks: the lines of the style element, up to NULL. */
extern const char *const page_style[];

/* Appends a section's start, with its heading and, where `note` is not NULL, a line that explains it. */
void page_section(struct buf *to, const char *id, const char *heading, const char *note);

/* A table's columns. */
struct page_columns {
    const char *heads[10]; /* NULL behind the last, where there are fewer */
    unsigned right;        /* bit i: column i is aligned at its right */
};

/* Appends the start of a table: a caption for those who hear it, and its columns. */
void page_table(struct buf *to, const char *caption, const struct page_columns *columns);
void page_table_end(struct buf *to);

/* Appends the start of a row, with the test as its heading; and a cell of it, up to page_cell_end. head: of
 * its column, shown beside it on narrow screens; "" not. */
void page_row(struct buf *to, const struct digest_test *test);
void page_cell(struct buf *to, const char *class, const char *head);
void page_cell_end(struct buf *to);

/* Appends "3 tests", an element with the (local) time, "2 days" for a span of time, "1.2 s". */
void page_count(struct buf *to, size_t number, const char *noun);
void page_time(struct buf *to, int64_t time_ns);
void page_span(struct buf *to, int64_t span_ns);
void page_seconds(struct buf *to, int64_t ns);

/* Appends an outcome as a mark with its word. */
void page_outcome(struct buf *to, enum outcome outcome);

/* Appends the names of a list with a line each: the first three, and how many more. */
void page_files(struct buf *to, const char *lines);

/* Appends a line, where more are known than were listed, with the command that tells all. */
void page_more(struct buf *to, size_t known, size_t listed, const char *command);

#endif
