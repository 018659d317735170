#include "plan/selfwrite.h"

static void release(struct selfwrite_entry *entry)
{
    free(entry->path);
    strings_release(&entry->suspects);
}

void selfwrite_release(struct selfwrite *self)
{
    struct selfwrite_entry *entry;
    vec_each (entry, &self->entries)
        release(entry);
    vec_release(&self->entries);
}

static struct selfwrite_entry *find(struct selfwrite *self, const char *path)
{
    struct selfwrite_entry *entry;
    vec_each (entry, &self->entries)
        if (strcmp(entry->path, path) == 0)
            return entry;
    return NULL;
}

static void forget(struct selfwrite *self, struct selfwrite_entry *entry)
{
    release(entry);
    *entry = self->entries.items[--self->entries.len];
}

/* The first suspect that was running again, or NULL. */
static const char *caught(const struct selfwrite_entry *entry, const struct strings *running)
{
    for (size_t i = 0; i < entry->suspects.len; i++)
        if (strings_find(running, entry->suspects.items[i], NULL) == 0)
            return entry->suspects.items[i];
    return NULL;
}

static void suspect(struct selfwrite_entry *entry, const struct strings *running)
{
    strings_clear(&entry->suspects);
    for (size_t i = 0; i < running->len; i++)
        strings_add(&entry->suspects, running->items[i]);
}

bool selfwrite_is_passing(const char *path)
{
    static const char ending[] = ".tmp";
    size_t len = strlen(path);
    return len >= sizeof ending && path[len - sizeof ending] != '/' &&
           strcmp(path + len - (sizeof ending - 1), ending) == 0;
}

bool selfwrite_judge(struct selfwrite *self, const char *path, const struct strings *running, bool *newly,
                     const char **culprit)
{
    *newly = false;
    *culprit = NULL;
    struct selfwrite_entry *entry = find(self, path);
    if (running == NULL) {
        if (entry != NULL)
            forget(self, entry);
        return false;
    }
    if (entry == NULL) {
        struct selfwrite_entry made = {.path = mem_strdup(path)};
        vec_push(&self->entries, made);
        entry = &self->entries.items[self->entries.len - 1];
    }
    if (entry->ignored)
        return true;
    *culprit = caught(entry, running);
    if (*culprit == NULL) {
        suspect(entry, running);
        return false;
    }
    entry->ignored = *newly = true;
    return true;
}

size_t selfwrite_forget(struct selfwrite *self)
{
    size_t ignored = 0;
    const struct selfwrite_entry *entry;
    vec_each (entry, &self->entries)
        ignored += entry->ignored;
    selfwrite_release(self);
    return ignored;
}
