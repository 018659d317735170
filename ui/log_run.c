#include "ui/log.h"

#include "ui/view.h"

#include <stdlib.h>

void log_run(struct story *log, time_t now, const struct session *session)
{
    static const char *const kinds[] = {[RUN_NONE] = "run",
                                        [RUN_RED] = "the red set",
                                        [RUN_ALL] = "all tests",
                                        [RUN_ONE] = "one test",
                                        [RUN_LOADED] = "loaded",
                                        [RUN_LIST] = "a list of tests",
                                        [RUN_AFFECTED] = "what changed can affect"};
    struct session_status status;
    session_status(session, &status);
    bool asked = status.because != NULL && strcmp(status.because, "key") == 0;
    bool filtered = status.filter != NULL && status.run != RUN_ONE;
    char *text = mem_printf("%s%s%s: %s", kinds[status.run], filtered ? ", only what matches " : "",
                            filtered ? status.filter : "",
                            asked                    ? "asked for by a key"
                            : status.because != NULL ? status.because
                                                     : "");
    log_add(log, now, STYLE_BOLD, text);
    free(text);
}

void log_end(struct story *log, time_t now, const struct session *session, const char *broken)
{
    struct session_status status;
    char took[32];
    session_status(session, &status);
    view_seconds(took, sizeof took, status.run_ns, 2);
    size_t red = session_model(session)->red;
    char *text = broken != NULL   ? mem_printf("could not run:\n%s", broken)
                 : status.stopped ? mem_printf("stopped after %s, %zu red", took, red)
                                  : mem_printf("%zu ran in %s, %zu red", status.reran, took, red);
    log_add(log, now, broken != NULL || red > 0 ? STYLE_RED : STYLE_GREEN, text);
    free(text);
}
