#include "runner/slots.h"

#include "runner/family.h"
#include "runner/runner_slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS_MAX 1024
#define STRAYS_MAX 64 /* are looked at in one round */

void slots_init(struct slots *slots, const struct recipe *recipe, const struct strings *args, unsigned boxes,
                struct listing *listing, struct wire *wire, const char *scratch)
{
    *slots = (struct slots){.recipe = recipe,
                            .args = args,
                            .boxes = boxes,
                            .listing = listing,
                            .wire = wire,
                            .scratch = scratch,
                            .early_fd = -1};
    void *shared = mmap(NULL, SLOTS_MAX * sizeof *slots->done, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        abort();
    slots->done = shared;
}

static _Noreturn void be_slot(struct slots *slots, unsigned number, int commands_fd)
{
    struct slots_entry *entry;
    close(STDIN_FILENO); /* the runner's commands */
    vec_each (entry, &slots->entries)
        if (entry->pid > 0)
            close(entry->fd);
    const struct runner_slot_work work = {.recipe = slots->recipe,
                                          .args = slots->args,
                                          .boxes = slots->boxes,
                                          .listing = slots->listing,
                                          .scratch = slots->scratch,
                                          .packet_fd = slots->wire->out_fd,
                                          .all = slots->all,
                                          .early_fd = slots->early_fd,
                                          .number = number,
                                          .done = slots->done};
    runner_slot_main(&work, commands_fd);
    _exit(0);
}

static int start(struct slots *slots, unsigned number)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    wire_flush(slots->wire);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        be_slot(slots, number, ends[0]);
    }
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return -errno;
    }
    struct slots_entry *entry = &slots->entries.items[number];
    entry->pid = pid;
    entry->fd = ends[1];
    return 0;
}

pid_t slots_hurry(struct slots *slots)
{
    slots->early_fd = memfd_create("tests", MFD_CLOEXEC);
    vec_push(&slots->entries, (struct slots_entry){0});
    if (slots->early_fd >= 0)
        start(slots, 0);
    return slots->entries.items[0].pid;
}

void slots_lose_early(struct slots *slots)
{
    close(slots->entries.items[0].fd);
    slots->entries.items[0].pid = 0;
}

static void send_message(const struct slots_entry *entry, const char *verb, unsigned number, json_t *body)
{
    struct buf packet = {0};
    control_write(&packet, verb, (int)number, body);
    wire_write(entry->fd, packet.data, packet.len);
    buf_release(&packet);
}

static void close_early(struct slots *slots)
{
    if (slots->early_fd >= 0)
        close(slots->early_fd);
    slots->early_fd = -1;
}

void slots_listed(struct slots *slots)
{
    if (slots->early_fd >= 0 && slots->entries.len > 0 && slots->entries.items[0].pid > 0) {
        listing_write(slots->listing, slots->early_fd);
        send_message(&slots->entries.items[0], "listed", 0, json_object());
    }
    close_early(slots);
}

static void tell_gone(struct slots *slots, unsigned number)
{
    wire_message(slots->wire, "gone", (int)number,
                 json_pack("{s:n, s:i, s:[]}", "exit", "signal", SIGKILL, "left"));
}

void slots_send(struct slots *slots, unsigned number, const struct control *message)
{
    if (number >= SLOTS_MAX)
        return;
    while (slots->entries.len <= number)
        vec_push(&slots->entries, (struct slots_entry){0});
    struct slots_entry *entry = &slots->entries.items[number];
    bool box = strcmp(message->verb, "box") == 0;
    if (entry->pid == 0 && !box)
        return;
    if (entry->pid == 0 && start(slots, number) < 0) {
        tell_gone(slots, number);
        return;
    }
    entry->sent += box;
    send_message(entry, message->verb, number, json_incref(message->body));
}

/* What a slot left that died itself: our children that are no slots, and what they leave in turn. */
static void kill_strays(const struct slots *slots)
{
    pid_t children[STRAYS_MAX];
    for (size_t killed = 1; killed > 0;) {
        size_t count = family_children(children, STRAYS_MAX);
        killed = 0;
        for (size_t i = 0; i < count; i++) {
            const struct slots_entry *entry;
            bool slot = false;
            vec_each (entry, &slots->entries)
                slot |= entry->pid == children[i];
            if (slot || kill(children[i], SIGKILL) < 0)
                continue;
            waitpid(children[i], NULL, 0);
            killed++;
        }
    }
}

void slots_bury(struct slots *slots)
{
    for (unsigned i = 0; i < slots->entries.len; i++) {
        struct slots_entry *entry = &slots->entries.items[i];
        if (entry->pid == 0 || waitpid(entry->pid, NULL, WNOHANG) != entry->pid)
            continue;
        close(entry->fd);
        entry->pid = 0;
        kill_strays(slots);
        for (; slots->done[i] < entry->sent; slots->done[i]++)
            tell_gone(slots, i);
    }
}

static void reset(struct slots *slots)
{
    close_early(slots);
    slots->entries.len = 0;
    memset(slots->done, 0, SLOTS_MAX * sizeof *slots->done);
}

void slots_close(struct slots *slots)
{
    struct slots_entry *entry;
    vec_each (entry, &slots->entries)
        if (entry->pid > 0)
            close(entry->fd);
    vec_each (entry, &slots->entries)
        while (entry->pid > 0 && waitpid(entry->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    reset(slots);
}

void slots_forget(struct slots *slots)
{
    struct slots_entry *entry;
    vec_each (entry, &slots->entries)
        if (entry->pid > 0)
            close(entry->fd);
    reset(slots);
}

void slots_release(struct slots *slots)
{
    vec_release(&slots->entries);
    munmap(slots->done, SLOTS_MAX * sizeof *slots->done);
}
