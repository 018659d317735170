#include "plan/progress.h"

#define SECOND_NS INT64_C(1000000000)
#define MS_NS INT64_C(1000000)
#define SLOW_TIMES 3
#define SLOW_LEAST_NS (SECOND_NS / 2)
#define CLEANING_LEAST_NS (SECOND_NS / 2)
#define MINUTES_FROM_S 120

bool progress_slow(int64_t running_ns, int64_t usual_ns)
{
    return usual_ns > 0 && running_ns >= SLOW_LEAST_NS && running_ns / SLOW_TIMES > usual_ns;
}

bool progress_shows(enum stage stage, int64_t since_ns)
{
    return stage == STAGE_CLEANING ? since_ns >= CLEANING_LEAST_NS : stage != STAGE_IDLE;
}

void progress_time(struct buf *to, int64_t ns)
{
    long long seconds = ns / SECOND_NS;
    if (seconds >= MINUTES_FROM_S)
        buf_printf(to, "%lld min %lld s", seconds / 60, seconds % 60);
    else if (seconds > 0)
        buf_printf(to, "%lld s", seconds);
}

void progress_words(struct buf *to, enum stage stage, int64_t since_ns, int64_t usual_ns, bool times)
{
    static const char *const words[] = {
        [STAGE_IDLE] = "",
        [STAGE_RUNNING] = "",
        [STAGE_DUMPING] = "timeout: dumping",
        [STAGE_KILLING] = "timeout: killing",
        [STAGE_CLEANING] = "cleaning up",
    };
    size_t before = to->len;
    bool slow = stage == STAGE_RUNNING && progress_slow(since_ns, usual_ns);
    if (times)
        progress_time(to, since_ns);
    const char *word = slow ? "slow" : words[stage];
    if (*word != '\0')
        buf_printf(to, "%s%s", to->len > before ? " " : "", word);
}

uint64_t progress_due_ms(int64_t ns)
{
    int64_t rest_ns = SECOND_NS - (ns > 0 ? ns : 0) % SECOND_NS;
    return (uint64_t)((rest_ns + MS_NS - 1) / MS_NS);
}
