/* What `aloof doctor` found, a line each. */
#ifndef ALOOF_COMMAND_FINDINGS_H
#define ALOOF_COMMAND_FINDINGS_H

#include <stdbool.h>
#include <stdio.h>

struct findings {
    FILE *to;
    bool color;
    unsigned wrong; /* how many are */
};

/* Writes "ok      TOPIC: …" or "wrong   TOPIC: …"; control characters become '?'. */
void finding_ok(struct findings *findings, const char *topic, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void finding_wrong(struct findings *findings, const char *topic, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
