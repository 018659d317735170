/* A growing array of any type: `VEC(int) numbers = {0};`. Items move when it
 * grows, so keep indices, not pointers. Zeroed is empty. */
#ifndef ALOOF_CORE_VEC_H
#define ALOOF_CORE_VEC_H

#include "core/memory.h"

#include <stdlib.h>

#define VEC(type)                                                                                            \
    struct {                                                                                                 \
        type *items;                                                                                         \
        size_t len, cap;                                                                                     \
    }

/* Room for at least `want` items in all. */
#define vec_reserve(v, want)                                                                                 \
    do {                                                                                                     \
        size_t want_ = (want);                                                                               \
        if (want_ > (v)->cap) {                                                                              \
            size_t cap_ = (v)->cap > 0 ? (v)->cap : 8;                                                       \
            while (cap_ < want_)                                                                             \
                cap_ *= 2;                                                                                   \
            (v)->items = mem_resize((v)->items, cap_, sizeof *(v)->items);                                   \
            (v)->cap = cap_;                                                                                 \
        }                                                                                                    \
    } while (0)

/* Adds one item behind the last. */
#define vec_push(v, ...)                                                                                     \
    do {                                                                                                     \
        vec_reserve((v), (v)->len + 1);                                                                      \
        (v)->items[(v)->len++] = (__VA_ARGS__);                                                              \
    } while (0)

/* `vec_each(p, &v)` runs the next statement with p pointing at each item. */
#define vec_each(p, v) for ((p) = (v)->items; (p) != NULL && (p) < (v)->items + (v)->len; (p)++)

/* Frees the array, not what its items own. */
#define vec_release(v)                                                                                       \
    do {                                                                                                     \
        free((v)->items);                                                                                    \
        (v)->items = NULL;                                                                                   \
        (v)->len = (v)->cap = 0;                                                                             \
    } while (0)

/* A list of owned strings, the commonest vector. */
struct strings {
    char **items;
    size_t len, cap;
};

void strings_add(struct strings *list, const char *text);                   /* copies */
void strings_take(struct strings *list, char *text);                        /* owns from now on */
int strings_find(const struct strings *list, const char *text, size_t *at); /* 0, or -ENOENT */
void strings_clear(struct strings *list); /* frees the texts, keeps the array */
void strings_release(struct strings *list);

#endif
