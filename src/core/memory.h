/* Allocation that does not fail: out of memory aborts, and whoever owns the
 * terminal gives it back in its SIGABRT handler. Also the ban on the string
 * functions that cannot be used safely; every header here includes this one. */
#ifndef ALOOF_CORE_MEMORY_H
#define ALOOF_CORE_MEMORY_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Like malloc, zeroed. Never NULL. size 0 gives a pointer that can be freed. */
void *mem_zero(size_t size_bytes);

/* Like reallocarray. Never NULL; overflow of count * size_bytes aborts. */
void *mem_resize(void *old, size_t count, size_t size_bytes);

/* A copy of the text, NUL-terminated. NULL gives NULL. The caller frees. */
char *mem_strdup(const char *text);

/* A copy of len octets with a NUL added behind. The caller frees. */
char *mem_dup(const void *data, size_t len);

/* printf into a new string. The caller frees. */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As git's banned.h does: an unsafe call names itself in the compiler's error. */
#define BANNED(name) sorry_##name##_is_banned_use_buf_or_snprintf
#undef strcpy
#define strcpy(to, from) BANNED(strcpy)
#undef strcat
#define strcat(to, from) BANNED(strcat)
#undef strncpy
#define strncpy(to, from, n) BANNED(strncpy)
#undef strncat
#define strncat(to, from, n) BANNED(strncat)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef strtok
#define strtok(text, by) BANNED(strtok)
#undef gets
#define gets(to) BANNED(gets)

#endif
