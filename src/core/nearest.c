#include "core/nearest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { WORD_LIMIT = 256 };

size_t nearest_distance(const char *a, const char *b)
{
    size_t row[WORD_LIMIT], width = strlen(b);
    if (width >= WORD_LIMIT)
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t change = corner + (tolower((unsigned char)a[i]) != tolower((unsigned char)b[j]));
            size_t best = row[j] < row[j + 1] ? row[j] + 1 : row[j + 1] + 1;
            corner = row[j + 1];
            row[j + 1] = change < best ? change : best;
        }
    }
    return row[width];
}

size_t nearest_limit(const char *word)
{
    size_t third = strlen(word) / 3;
    return third > 2 ? third : 2;
}

const char *nearest_of(const char *word, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    size_t best = nearest_limit(word) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t far = nearest_distance(word, words[i]);
        if (far < best) {
            best = far;
            nearest = words[i];
        }
    }
    return nearest;
}
