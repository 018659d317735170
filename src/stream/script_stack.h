/* The stacks of JavaScript's errors. */
#ifndef ALOOF_STREAM_SCRIPT_STACK_H
#define ALOOF_STREAM_SCRIPT_STACK_H

#include "core/bytes.h"

/* What stands before the first frame ("    at …"), without blanks at its end. Borrowed. */
struct bytes script_stack_message(struct bytes stack);

#endif
