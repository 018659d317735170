#include "ui/list_order.h"

#include <stdlib.h>

#define WAIT_LEAST_NS 50000000 /* in less the start of a process weighs too much */
#define WAIT_LEAST_PERCENT 10
#define OCTETS 256

static int64_t waited(const struct test *test)
{
    bool known = test->cpu_ns > 0 && test->duration_ns >= WAIT_LEAST_NS;
    return known && test->cpu_ns < test->duration_ns ? test->duration_ns - test->cpu_ns : 0;
}

bool list_timed(enum list_order order)
{
    return order == LIST_BY_TIME || order == LIST_BY_CPU || order == LIST_BY_WAITING;
}

int64_t list_time(const struct test *test, enum list_order order)
{
    switch (order) {
    case LIST_BY_TIME:
        return test->usual_ns > 0 ? test->usual_ns : test->duration_ns;
    case LIST_BY_CPU:
        return test->cpu_ns;
    case LIST_BY_WAITING:
        return waited(test);
    default:
        return test->duration_ns > 0 ? test->duration_ns : test->usual_ns;
    }
}

int list_waiting(const struct test *test)
{
    int64_t waited_ns = waited(test);
    int percent = waited_ns > 0 ? (int)(waited_ns * 100 / test->duration_ns) : 0;
    return percent < WAIT_LEAST_PERCENT ? 0 : percent;
}

uint64_t list_key(const struct test *test, enum list_order order)
{
    if (list_timed(order))
        return UINT64_MAX - (uint64_t)list_time(test, order);
    return order == LIST_BY_OUTCOME ? OUTCOME_COUNT - test->outcome : 0;
}

/* How many rows have a smaller octet there, for each octet; false when they all have the same. */
static bool count_octets(const struct list_row *rows, size_t count, unsigned shift, size_t starts[OCTETS])
{
    size_t counts[OCTETS] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++)
        counts[rows[i].key >> shift & 0xFF]++;
    if (counts[rows[0].key >> shift & 0xFF] == count)
        return false;
    for (int octet = 0; octet < OCTETS; octet++) {
        starts[octet] = sum;
        sum += counts[octet];
    }
    return true;
}

/* Octet for octet from the least: in 100,000 rows this is several times as fast as comparing. */
void list_sort(struct list_row *rows, size_t count)
{
    size_t starts[OCTETS];
    struct list_row *spare = mem_resize(NULL, count, sizeof *spare);
    for (unsigned shift = 0; count > 0 && shift < 64; shift += 8) {
        if (!count_octets(rows, count, shift, starts))
            continue;
        for (size_t i = 0; i < count; i++)
            spare[starts[rows[i].key >> shift & 0xFF]++] = rows[i];
        memcpy(rows, spare, count * sizeof *rows);
    }
    free(spare);
}
