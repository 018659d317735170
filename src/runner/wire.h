/* The worker protocol from the worker's side: messages come in on one descriptor,
 * messages and events go out on another, which several processes may share: every
 * write is of whole packets and at most PIPE_BUF octets. */
#ifndef ALOOF_RUNNER_WIRE_H
#define ALOOF_RUNNER_WIRE_H

#include "stream/control.h"
#include "stream/subunit.h"

typedef void wire_taker(void *owner, const struct control *message);

struct wire {
    int in_fd, out_fd;
    struct subunit_reader reader;
    wire_taker *take;
    void *owner;
    struct buf out; /* packets that are not written yet; less than one write */
};

/* What comes in is given to `take`. The wire must not move while it is in use; release closes nothing. */
void wire_init(struct wire *wire, int in_fd, int out_fd, wire_taker *take, void *owner);
void wire_release(struct wire *wire);

/* Takes in what can be read now, blocking when that is nothing. Whether more may come. */
bool wire_receive(struct wire *wire);

/* An event goes out, with the time of now when it has none; with the next flush at the latest. */
void wire_event(struct wire *wire, const struct event *event);

/* A message goes out, at once, behind all that came before. slot and body as in control_write. */
void wire_message(struct wire *wire, const char *verb, int slot, json_t *body);

void wire_flush(struct wire *wire);

/* Writes all of the octets; that nobody reads them is noticed elsewhere. */
void wire_write(int fd, const char *data, size_t len);

#endif
