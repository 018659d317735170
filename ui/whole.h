/* The page of one test in full: its failure with every frame, what it wrote, the
 * runner's report, its history. */
#ifndef ALOOF_UI_WHOLE_H
#define ALOOF_UI_WHOLE_H

#include "session/failure.h"
#include "session/past.h"
#include "ui/page.h"

/* Opens the page of the test. trace: of its failure, NULL none. now_ns: UTC. */
void whole_show(struct page *page, const struct test *test, const struct trace *trace,
                const struct past *past, int64_t now_ns, const struct failure_look *look);

#endif
