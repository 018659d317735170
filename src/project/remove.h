/* Removing what was temporary. */
#ifndef ALOOF_PROJECT_REMOVE_H
#define ALOOF_PROJECT_REMOVE_H

/* Removes the directory with all that is in it, as far as that can be; symbolic links are not followed, and
 * other file systems stay. */
void remove_tree(const char *path);

#endif
