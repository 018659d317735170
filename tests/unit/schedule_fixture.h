/* Tests of a model for the schedule, and what becomes of them. */
#ifndef ALOOF_TESTS_SCHEDULE_FIXTURE_H
#define ALOOF_TESTS_SCHEDULE_FIXTURE_H

#include "plan/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MS INT64_C(1000000)

static inline size_t add_unasked(struct model *model, const char *id, int64_t usual_ns)
{
    char *group = mem_dup(id, strcspn(id, ":"));
    size_t at = model_add(model, bytes_of(id), bytes_of(group));
    free(group);
    model->tests.items[at].usual_ns = usual_ns;
    model->tests.items[at].state = TEST_LISTED;
    vec_push(&model->listing, at);
    return at;
}

static inline struct test *add(struct model *model, const char *id, int64_t usual_ns)
{
    size_t at = add_unasked(model, id, usual_ns);
    model_ask(model, at);
    return &model->tests.items[at];
}

static inline void add_many(struct model *model, const char *prefix, int count, int64_t usual_ns)
{
    for (int i = 0; i < count; i++) {
        char *id = mem_printf("%s::test_%d", prefix, i);
        add(model, id, usual_ns);
        free(id);
    }
}

/* The parcels as text: ids without their "::", parcels divided by " | ". */
static inline char *tell(const struct schedule *schedule, const struct model *model)
{
    struct buf text = {0};
    for (size_t i = 0; i < schedule->parcels.len; i++) {
        const struct parcel *parcel = schedule->parcels.items[i];
        for (size_t k = 0; k < parcel->positions.len; k++) {
            size_t test = model->listing.items[parcel->positions.items[k]];
            buf_printf(&text, "%s%s", k > 0 ? " " : i > 0 ? " | " : "", model->tests.items[test].id);
        }
    }
    return buf_take(&text);
}

/* What a real pool does: the box that is free first takes the next parcel, and what has ended by then is
 * learned of. Returns when the last one is done, and how many parcels it took. */
static inline int64_t makespan(const struct model *model, enum box_mode mode, unsigned boxes,
                               const int64_t *real_ns, size_t *parcels)
{
    struct schedule schedule = {0};
    int64_t *free_at = mem_zero(boxes * sizeof *free_at), last = 0;
    struct ended {
        int64_t at_ns, ns;
    };
    VEC(struct ended) running = {0};
    schedule_deal(&schedule, model, 0, NULL, mode, boxes);
    *parcels = 0;
    while (!schedule_is_empty(&schedule)) {
        unsigned box = 0;
        for (unsigned i = 1; i < boxes; i++)
            if (free_at[i] < free_at[box])
                box = i;
        size_t kept = 0;
        for (size_t i = 0; i < running.len; i++) {
            struct ended each = running.items[i];
            if (each.at_ns <= free_at[box])
                schedule_learn(&schedule, each.ns);
            else
                running.items[kept++] = each;
        }
        running.len = kept;
        const struct parcel *parcel = schedule_take(&schedule, model, NULL);
        for (size_t k = 0; k < parcel->positions.len; k++) {
            int64_t ns = real_ns[parcel->positions.items[k]];
            free_at[box] += ns;
            vec_push(&running, (struct ended){free_at[box], ns});
        }
        last = free_at[box] > last ? free_at[box] : last;
        ++*parcels;
    }
    vec_release(&running);
    free(free_at);
    schedule_release(&schedule);
    return last;
}

/* Each asked position is handed out exactly once, nothing else is, and within a parcel they ascend. Takes all
 * there are; returns how many parcels that were. */
static inline size_t check_taken(struct schedule *schedule, const struct model *model)
{
    unsigned *seen = mem_zero((model->listing.len + 1) * sizeof *seen);
    const struct parcel *parcel;
    size_t parcels = 0;
    for (; (parcel = schedule_take(schedule, model, NULL)) != NULL; parcels++) {
        assert_true(parcel->positions.len > 0);
        for (size_t k = 0; k < parcel->positions.len; k++) {
            seen[parcel->positions.items[k]]++;
            assert_true(k == 0 || parcel->positions.items[k] > parcel->positions.items[k - 1]);
            schedule_learn(schedule, 2400000);
        }
    }
    for (size_t i = 0; i < model->listing.len; i++) {
        bool asked = model->tests.items[model->listing.items[i]].state == TEST_ASKED;
        assert_int_equal(seen[i], asked ? 1 : 0);
    }
    free(seen);
    return parcels;
}

#endif
