/* The orders of the list of all tests. Pure. */
#ifndef ALOOF_UI_LIST_ORDER_H
#define ALOOF_UI_LIST_ORDER_H

#include "ui/list.h"

/* Whether the order is one of times. */
bool list_timed(enum list_order order);

/* The time that the order is about, which of all others is the newest; 0 unknown. */
int64_t list_time(const struct test *test, enum list_order order);

/* How much of its time the test spent on no processor, in percent; 0 where that is not known or tells
 * nothing. */
int list_waiting(const struct test *test);

/* What rows in that order are sorted by, the least first. */
uint64_t list_key(const struct test *test, enum list_order order);

/* Sorts by key; those of one key stay as they were. */
void list_sort(struct list_row *rows, size_t count);

#endif
