#include "report/reports.h"

#include "report/junit.h"
#include "report/subunit_out.h"

#include <stdlib.h>

struct reports {
    struct subunit_out subunit;
    const char *stream, *junit; /* paths; NULL: not asked for */
    bool on_stdout;
    int64_t run_began_ns;
    int failed; /* the first error, kept for close */
    struct error error;
};

static void keep(struct reports *reports, int bad)
{
    if (reports->failed == 0)
        reports->failed = bad;
}

int reports_open(struct reports **out, const struct settings *settings, struct error *error)
{
    struct reports *reports = mem_zero(sizeof *reports);
    *out = reports;
    reports->subunit.fd = -1;
    reports->stream = settings->subunit;
    reports->junit = settings->junit;
    reports->on_stdout = reports->stream != NULL && strcmp(reports->stream, "-") == 0;
    return reports->stream != NULL ? subunit_out_open(&reports->subunit, reports->stream, error) : 0;
}

bool reports_on_stdout(const struct reports *reports)
{
    return reports->on_stdout;
}

int reports_close(struct reports *reports, struct error *error)
{
    if (reports == NULL)
        return 0;
    if (reports->stream != NULL)
        keep(reports, subunit_out_close(&reports->subunit, &reports->error));
    int bad = reports->failed != 0 ? error_set(error, reports->failed, "%s", reports->error.text) : 0;
    free(reports);
    return bad;
}

/* A file holds the newest run; standard output gets one after the other. */
static void on_begin(void *owner, int64_t now_ns)
{
    struct reports *reports = owner;
    bool again = reports->run_began_ns != 0;
    reports->run_began_ns = now_ns;
    if (!again || reports->stream == NULL || reports->on_stdout || reports->failed != 0)
        return;
    keep(reports, subunit_out_close(&reports->subunit, &reports->error));
    if (reports->failed == 0)
        keep(reports, subunit_out_open(&reports->subunit, reports->stream, &reports->error));
}

static void on_event(void *owner, const struct event *event)
{
    struct reports *reports = owner;
    if (reports->stream != NULL && reports->failed == 0)
        subunit_out_event(&reports->subunit, event);
}

static void on_turn(void *owner)
{
    struct reports *reports = owner;
    if (reports->stream != NULL && reports->failed == 0)
        subunit_out_flush(&reports->subunit);
}

static void on_end(void *owner, const struct model *model)
{
    struct reports *reports = owner;
    if (reports->junit == NULL || reports->failed != 0)
        return;
    keep(reports, junit_write(model, reports->junit, reports->run_began_ns, &reports->error));
}

const struct session_reporter reports_reporter = {
    .run_begins = on_begin,
    .event = on_event,
    .turn = on_turn,
    .run_ended = on_end,
};
