/* Where a file is, seen from where the person stands. Pure. */
#ifndef ALOOF_TRACE_PLACE_H
#define ALOOF_TRACE_PLACE_H

/* The path (relative to the root; an absolute one stays as it is) as it looks from `here`: "" is the root,
 * else a directory below it with a slash behind ("tests/"). The caller frees. */
char *place_from(const char *path, const char *here);

#endif
