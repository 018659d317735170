/* A crash of aloof itself: a report for those who mend it, one line for the person,
 * then the signal does what it would have done. Everything is prepared beforehand,
 * so that the handler makes no other calls than signal-safety(7) allows. */
#ifndef ALOOF_CORE_CRASH_H
#define ALOOF_CORE_CRASH_H

#include "core/bytes.h"

/* What the report tells of the moment: what was being run and why; the test heard of last; and, for an abort,
 * its reason. */
enum crash_note { CRASH_RUN, CRASH_TEST, CRASH_REASON, CRASH_NOTES };

/* Installs the handlers (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS). Who has a terminal to give back
 * installs theirs later, over these, and strikes again when that is done. version: what to call ourselves.
 * dir: where reports go, made if it is missing; where that cannot be written, spare. All are copied. Once. */
void crash_install(const char *version, const char *dir, const char *spare);

/* Keeps the text's beginning for the report, instead of what was noted before. */
void crash_note(enum crash_note note, struct bytes text);

#endif
