/* Collects what is written to a descriptor piece by piece, and passes it on as one
 * piece: curses writes at each movement of the cursor, and over a slow line every
 * write may be a packet of its own. */
#ifndef ALOOF_UI_COLLECT_H
#define ALOOF_UI_COLLECT_H

struct collect {
    int fd;   /* what is written to; borrowed */
    int real; /* where that leads; -1: this cannot be done here, and pieces go as they come */
    int held; /* a file in memory */
};

/* Prepares it for fd, which must stay open until collect_release. Where there is no file in memory to be had
 * the rest does nothing. */
void collect_init(struct collect *collect, int fd);

/* Between these two, what is written to fd is held; the second passes it on. */
void collect_begin(struct collect *collect);
void collect_end(struct collect *collect);

void collect_release(struct collect *collect);

#endif
