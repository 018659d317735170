#include "report/reports.h"

#include "report/junit.h"
#include "report/locations.h"
#include "report/subunit_out.h"

#include <stdlib.h>

#define LOCATIONS_MS 100 /* between two looks at the locations, at least */

struct reports {
    struct session *session;
    struct subunit_out subunit;
    const char *stream, *junit, *locations; /* paths; NULL: not asked for */
    bool on_stdout, once;
    int64_t run_began_ns;
    int failed; /* the first error, kept for close */
    struct error error;
    uv_timer_t timer; /* in the loop: armed while changed locations wait to be written */
    uint64_t written_ms;
    struct error unwritten; /* why the locations could not be written; "" they were */
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
    reports->locations = settings->locations;
    reports->once = settings->once;
    reports->on_stdout = reports->stream != NULL && strcmp(reports->stream, "-") == 0;
    int bad = reports->locations != NULL ? locations_check(reports->locations, error) : 0;
    if (bad == 0 && reports->stream != NULL)
        bad = subunit_out_open(&reports->subunit, reports->stream, error);
    return bad;
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
    if (bad == 0 && reports->once && reports->unwritten.text[0] != '\0')
        error_set(error, 0, "%s", reports->unwritten.text);
    free(reports);
    return bad;
}

/* A file that cannot be written is said once, until it can be again; --once says it at the end. */
static void write_locations(struct reports *reports)
{
    size_t count;
    const struct failure *failures = session_failures(reports->session, &count);
    const struct locations_scope scope = {session_here(reports->session), reports->once};
    struct buf text = {0};
    struct error error = {0};
    locations_text(&text, session_model(reports->session), failures, count, &scope);
    bool bad = locations_write(reports->locations, buf_bytes(&text), &error) != 0;
    if (bad && !reports->once && reports->unwritten.text[0] == '\0')
        session_notice(reports->session, "%s", error.text);
    reports->unwritten = error;
    buf_release(&text);
}

static void on_timer(uv_timer_t *timer)
{
    struct reports *reports = timer->data;
    reports->written_ms = uv_now(timer->loop);
    write_locations(reports);
}

/* The red set may have changed. */
static void touch_locations(struct reports *reports)
{
    uv_timer_t *timer = &reports->timer;
    if (reports->locations == NULL || reports->once || uv_is_active((uv_handle_t *)timer))
        return;
    uint64_t since = uv_now(timer->loop) - reports->written_ms;
    uv_timer_start(timer, on_timer, since < LOCATIONS_MS ? LOCATIONS_MS - since : 0, 0);
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
    touch_locations(reports);
}

static int write_junit(const struct reports *reports, const struct model *model, struct error *error)
{
    struct junit_run run = {.model = model, .started_ns = reports->run_began_ns};
    session_recipes(reports->session, &run.recipes);
    int bad = junit_write(&run, reports->junit, error);
    strings_release(&run.recipes);
    return bad;
}

static void on_end(void *owner, const struct model *model)
{
    struct reports *reports = owner;
    if (reports->locations != NULL)
        write_locations(reports);
    if (reports->junit == NULL || reports->failed != 0)
        return;
    keep(reports, write_junit(reports, model, &reports->error));
}

static void on_closing(void *owner)
{
    struct reports *reports = owner;
    if (uv_is_active((uv_handle_t *)&reports->timer))
        write_locations(reports);
    uv_close((uv_handle_t *)&reports->timer, NULL);
}

static const struct session_reporter reporter = {
    .run_begins = on_begin,
    .event = on_event,
    .turn = on_turn,
    .run_ended = on_end,
    .closing = on_closing,
};

void reports_attach(struct reports *reports, uv_loop_t *loop, struct session *session)
{
    reports->session = session;
    uv_timer_init(loop, &reports->timer);
    reports->timer.data = reports;
    session_report_to(session, &reporter, reports);
}
