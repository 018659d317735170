#include "ui/tell.h"

#define COMMAND_DEFAULT "notify-send {title} {body}"

void tell_init(struct tell *tell, const struct settings *settings, struct opener *opener, bool ascii)
{
    *tell = (struct tell){.settings = settings, .opener = opener, .ascii = ascii};
}

static void run_command(const struct tell *tell, const char *title, const char *body)
{
    const struct words_hole holes[] = {{"{title}", title}, {"{body}", body}};
    const char *command = tell->settings->notify_command;
    opener_run(tell->opener, command != NULL ? command : COMMAND_DEFAULT, holes, sizeof holes / sizeof *holes,
               "notify.command");
}

static void notify(const struct tell *tell, const struct snapshot *snapshot, struct terminal_say *say)
{
    struct buf title = {0}, body = {0};
    announce_words(&title, &body, snapshot, tell->ascii);
    if (tell->settings->notify == NOTIFY_COMMAND)
        run_command(tell, buf_str(&title), buf_str(&body));
    else if (tell->settings->notify == NOTIFY_BELL && say != NULL)
        terminal_say_bell(say);
    else if (tell->settings->notify == NOTIFY_TERMINAL && say != NULL)
        terminal_say_notify(say, buf_str(&title), buf_str(&body));
    buf_release(&title);
    buf_release(&body);
}

static void show_title(const struct tell *tell, const struct snapshot *snapshot, struct terminal_say *say)
{
    if (!tell->settings->title || say == NULL)
        return;
    struct buf title = {0};
    announce_title(&title, snapshot, tell->ascii);
    terminal_say_title(say, buf_str(&title));
    buf_release(&title);
}

void tell_moment(struct tell *tell, const struct snapshot *snapshot, struct terminal_say *say)
{
    show_title(tell, snapshot, say);
    if (announce_change(&tell->colour, announce_colour(snapshot)))
        notify(tell, snapshot, say);
}
