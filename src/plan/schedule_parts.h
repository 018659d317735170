/* What the files of the schedule share: schedule_deal.c makes it, schedule.c is the queue, schedule_open.c
 * settles what a box gets while little is known. */
#ifndef ALOOF_PLAN_SCHEDULE_PARTS_H
#define ALOOF_PLAN_SCHEDULE_PARTS_H

#include "plan/schedule.h"

#define WORTH_A_BOX_NS INT64_C(50000000)  /* a fork and the group's set-up want to be earned */
#define WELL_EARNED_NS INT64_C(400000000) /* a batch that costs more saves nothing worth having */

/* What lies between the first and the last "::" of an id, the brackets of parameters left out; empty for a
 * plain function. Borrowed. */
struct bytes schedule_class(const char *id);

/* Makes the next parcel of an open schedule that has one what a box is to get now. */
void schedule_settle(struct schedule *schedule, const struct model *model);

#endif
