#include "stream/tap_level.h"

#include <stdlib.h>

#define BETWEEN " > "

void tap_level_name(struct tap_level *level, struct bytes name, struct buf *id)
{
    if (level->name != NULL)
        buf_printf(id, "%s" BETWEEN, level->name);
    buf_add(id, name.data, name.len);
    if (name.len == 0)
        buf_printf(id, "#%llu", (unsigned long long)level->points + 1);
    else if (!names_add(&level->names, name))
        buf_printf(id, " #%llu", (unsigned long long)level->points + 1);
}

static bool is_complete(const struct tap_level *level)
{
    return level->plan == level->points - level->before;
}

void tap_level_settle(struct tap_level *level, bool first, const struct emitter *emitter)
{
    bool again = level->again;
    level->again = false;
    if (again && first) {
        level->before = level->points;
        level->number = 0;
        level->plan = level->next;
        level->offset = level->next_at;
    } else if (again && level->next != level->plan) {
        emitter->sink->damage(emitter->owner, "a second plan", level->next_at, level->next_len);
        level->plan = level->next;
    }
}

void tap_level_plan(struct tap_level *level, uint64_t plan, const struct line *line,
                    const struct emitter *emitter)
{
    tap_level_settle(level, false, emitter);
    if (level->planned && is_complete(level)) {
        level->again = true;
        level->next = plan;
        level->next_at = line->offset;
        level->next_len = line->text.len;
        return;
    }
    if (level->planned && level->plan != plan)
        emit_damage(emitter, line, "a second plan");
    level->planned = true;
    level->plan = plan;
}

void tap_level_point(struct tap_level *level, const struct tap_line *point, const struct line *line,
                     const struct emitter *emitter)
{
    char reason[80];
    uint64_t number = point->numbered ? point->number : level->number + 1;
    if (number != level->number + 1) {
        snprintf(reason, sizeof reason, "point %llu comes where %llu was to come", (unsigned long long)number,
                 (unsigned long long)level->number + 1);
        emit_damage(emitter, line, reason);
    }
    level->number = number;
    level->points++;
}

void tap_level_end(struct tap_level *level, const struct line *line, const struct emitter *emitter)
{
    char reason[128];
    const char *name = level->name != NULL ? level->name : "the stream";
    tap_level_settle(level, false, emitter);
    if (level->planned && !is_complete(level))
        snprintf(reason, sizeof reason, "%.60s: %llu points planned, %llu came", name,
                 (unsigned long long)level->plan, (unsigned long long)(level->points - level->before));
    else if (!level->planned && level->name == NULL)
        snprintf(reason, sizeof reason, level->points > 0 ? "no plan" : "no plan and no points");
    else
        return;
    emitter->sink->damage(emitter->owner, reason, level->offset, line->offset - level->offset);
}

void tap_level_release(struct tap_level *level)
{
    free(level->name);
    free(level->announced);
    names_release(&level->names);
}
