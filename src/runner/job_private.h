/* The insides of a job, for the two files that are it: job.c (what its process reports) and job_end.c (what
 * its end says about the rest). */
#ifndef ALOOF_RUNNER_JOB_PRIVATE_H
#define ALOOF_RUNNER_JOB_PRIVATE_H

#include "runner/job.h"

/* On its way to whoever wants the events. */
void job_send(struct job *job, const struct event *event);

/* Text for a test; nothing when there is none. */
void job_attach(struct job *job, struct bytes id, const char *name, struct bytes text);

/* Makes the tag of that file in job->group. Returns how many tags that is: none for "". */
size_t job_tag_group(struct job *job, const char *file);

/* Whether a part that was asked for is not in the file, which has ended; remembers it. */
bool job_is_lacking(struct job *job, size_t at);

/* The outcome of a file, by what it says itself, what its parts say, and what else speaks against it (lines;
 * NULL: nothing). Of one that lacks a part nothing is told. */
void job_conclude(struct job *job, size_t at, struct event outcome, const struct buf *charges);

/* The test is reported: another is the one that runs. */
void job_settle(struct job *job, size_t at);

/* Sends the lines that are not of the format, which go on together: an event each would cost more than they
 * do. */
void job_flush(struct job *job);

bool job_all_reported(const struct job *job);

#endif
