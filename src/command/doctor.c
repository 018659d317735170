#include "command/doctor.h"

#include "command/command.h"
#include "core/words.h"
#include "project/ask.h"
#include "project/config.h"
#include "project/recipe_beside.h"
#include "ui/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

enum exit_code { EXIT_WRONG = 1, EXIT_USAGE = 4 };

const char *doctor_path(const struct doctor *doctor, const char *path)
{
    const char *root = repo_root(doctor->where.repo);
    size_t len = strlen(root);
    if (strncmp(path, root, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return path;
    return path[len] == '\0' ? "." : path + len + 1;
}

static bool read_file(struct doctor *doctor, const char *path, struct buf *read)
{
    struct error error = {0};
    if (path == NULL || access(path, F_OK) != 0)
        return true;
    if (config_read_file(&doctor->settings, path, &error) != 0) {
        finding_wrong(&doctor->findings, "configuration", "%s", error.text);
        return false;
    }
    buf_printf(read, "%s%s", read->len > 0 ? ", " : "", doctor_path(doctor, path));
    return true;
}

void doctor_configuration(struct doctor *doctor)
{
    struct buf read = {0};
    struct error error = {0};
    struct keymap keys = {0};
    const struct settings *settings = &doctor->settings;
    bool fine = read_file(doctor, doctor->where.user, &read);
    fine &= read_file(doctor, doctor->where.config, &read);
    if (keymap_init(&keys, settings->bindings.items, settings->bindings.len, &error) != 0) {
        finding_wrong(&doctor->findings, "configuration", "%s", error.text);
        fine = false;
    }
    keymap_release(&keys);
    if (fine)
        finding_ok(&doctor->findings, "configuration", "%s",
                   read.len > 0 ? buf_str(&read) : "none, which is fine (aloof init writes one)");
    buf_release(&read);
}

/* Which recipe, why, and which others there would be. */
static void tell_recipe(struct doctor *doctor, const struct recipe *recipe,
                        const struct recipe_places *places)
{
    const char *name = recipe->name;
    const char *mark = recipe_mark(recipe, places->root);
    struct strings fitting = {0};
    struct buf others = {0};
    recipe_fitting(places, where_knows, &fitting);
    for (size_t i = 0; i < fitting.len; i++)
        if (strcmp(fitting.items[i], name) != 0 &&
            strings_find(&doctor->settings.recipes.list, fitting.items[i], NULL) != 0)
            buf_printf(&others, "%s%s", others.len > 0 ? ", " : "; others that fit: ", fitting.items[i]);
    char *several = doctor->settings.recipes.list.len == 0 ? recipe_beside(places, name) : NULL;
    if (several != NULL)
        buf_printf(&others, " (to use more than one: recipe = %s in .aloof.conf)", several);
    free(several);
    if (doctor->settings.recipes.list.len > 0)
        finding_ok(&doctor->findings, "recipe", "%s, by the configuration%s", name, buf_str(&others));
    else if (mark != NULL)
        finding_ok(&doctor->findings, "recipe", "%s, by %s%s", name, mark, buf_str(&others));
    else if (strings_find(&fitting, name, NULL) == 0)
        finding_ok(&doctor->findings, "recipe", "%s, which has its own configuration here%s", name,
                   buf_str(&others));
    else
        finding_wrong(
            &doctor->findings, "recipe",
            "nothing here tells how the tests are run, so it will be %s; name one (recipe = NAME) or write "
            "one, see aloof-recipes(5)",
            name);
    buf_release(&others);
    strings_release(&fitting);
}

/* Looks for the program that a command of the recipe is; those of a shell's command only the shell knows. */
static void look_for(struct doctor *doctor, const struct recipe *recipe, const struct strings *command,
                     struct strings *seen, struct buf *found)
{
    const char *name = command->len > 0 ? command->items[0] : "";
    if (*name == '\0' || strchr(name, '{') != NULL || strings_find(seen, name, NULL) == 0)
        return;
    strings_add(seen, name);
    char *path = ask_program(name, repo_root(doctor->where.repo));
    if (path == NULL)
        finding_wrong(&doctor->findings, "command",
                      "%s: not found, and recipe %s needs it: install it, or put it in PATH", name,
                      recipe->name);
    else if (strcmp(name, "sh") != 0)
        buf_printf(found, "%s%s", found->len > 0 ? ", " : "", path);
    free(path);
}

static void tell_commands(struct doctor *doctor, const struct recipe *recipe)
{
    const struct strings *const commands[] = {&recipe->build, &recipe->list, &recipe->run};
    struct strings seen = {0};
    struct buf found = {0};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        look_for(doctor, recipe, commands[i], &seen, &found);
    if (found.len > 0)
        finding_ok(&doctor->findings, "command", "%s", buf_str(&found));
    buf_release(&found);
    strings_release(&seen);
}

/* The first line of what the framework's own program says. */
static void tell_version(struct doctor *doctor, const struct recipe *recipe)
{
    const struct strings *command = &recipe->version;
    struct buf answer = {0};
    struct error error = {0};
    if (command->len == 0)
        return;
    int status = ask(command, "/", true, &answer, &error);
    const char *name = command->items[0];
    char *line = mem_dup(buf_str(&answer), strcspn(buf_str(&answer), "\n"));
    if (status == 0)
        finding_ok(&doctor->findings, "framework", "%s%s%s", strcasestr(line, name) == NULL ? name : "",
                   strcasestr(line, name) == NULL ? " " : "", line);
    else
        finding_wrong(&doctor->findings, "framework", "%s cannot tell its version: %s", name,
                      status < 0 ? error.text : line);
    free(line);
    buf_release(&answer);
}

/* name NULL: what the project looks like. */
static void look_at_recipe(struct doctor *doctor, struct recipe *recipe, const char *name)
{
    const struct recipe_places places = where_recipes(&doctor->where);
    struct error error = {0};
    if (recipe_find(recipe, &places, name, where_knows, &error) != 0) {
        finding_wrong(&doctor->findings, "recipe", "%s", error.text);
        recipe_release(recipe);
        return;
    }
    tell_recipe(doctor, recipe, &places);
    if (recipe_framework(recipe) == NULL)
        tell_commands(doctor, recipe);
    tell_version(doctor, recipe);
}

void doctor_recipe(struct doctor *doctor)
{
    const struct strings *names = &doctor->settings.recipes.list;
    doctor->recipe_count = names->len > 0 ? names->len : 1;
    doctor->recipes = mem_zero(doctor->recipe_count * sizeof *doctor->recipes);
    for (size_t i = 0; i < doctor->recipe_count; i++)
        look_at_recipe(doctor, &doctor->recipes[i], names->len > 0 ? names->items[i] : NULL);
}

void doctor_boxes(struct doctor *doctor)
{
    unsigned processors = uv_available_parallelism(), boxes = doctor->settings.boxes;
    const struct recipe *asks = NULL;
    for (size_t i = 0; i < doctor->recipe_count; i++) {
        const struct recipe *recipe = &doctor->recipes[i];
        if (recipe->unsafe)
            finding_ok(&doctor->findings, "boxes", "1 of recipe %s, which is not safe in parallel",
                       recipe->name);
        else if (recipe->boxes.len > 0 && asks == NULL)
            asks = recipe;
    }
    if (boxes > 0)
        finding_ok(&doctor->findings, "boxes", "%u, by the configuration; %u processors", boxes, processors);
    else if (asks != NULL)
        finding_ok(&doctor->findings, "boxes", "as many as a command of recipe %s says; %u processors",
                   asks->name, processors);
    else
        finding_ok(&doctor->findings, "boxes", "%u, one for each processor", processors);
}

static int help(void)
{
    printf("Usage: aloof doctor [--help]\n\n"
           "Says what it finds here, a line each: `ok TOPIC: ...`, or `wrong TOPIC: ...` and what to do.\n"
           "No program of the project is run.\n"
           "Exit codes: 0 nothing is wrong, 1 something is, 4 usage error.\n");
    return 0;
}

static void look_around(struct doctor *doctor)
{
    static void (*const checks[])(struct doctor * doctor) = {
        doctor_program, doctor_configuration, doctor_git,     doctor_recipe,   doctor_python,
        doctor_boxes,   doctor_history,       doctor_watches, doctor_terminal, doctor_editor,
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](doctor);
}

int command_doctor(int argc, char *argv[])
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    bool color =
        isatty(STDOUT_FILENO) && (none == NULL || *none == '\0') && term != NULL && strcmp(term, "dumb") != 0;
    if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0))
        return help();
    if (argc > 1) {
        fprintf(stderr, "aloof: doctor: %s: it takes no such argument; see aloof doctor --help\n", argv[1]);
        return EXIT_USAGE;
    }
    struct doctor doctor = {.findings = {.to = stdout, .color = color}};
    struct error error = {0};
    settings_init(&doctor.settings);
    if (where_find(&doctor.where, &error) == 0)
        look_around(&doctor);
    else
        finding_wrong(&doctor.findings, "project", "%s", error.text);
    for (size_t i = 0; i < doctor.recipe_count; i++)
        recipe_release(&doctor.recipes[i]);
    free(doctor.recipes);
    settings_release(&doctor.settings);
    where_release(&doctor.where);
    return doctor.findings.wrong > 0 || fflush(stdout) != 0 ? EXIT_WRONG : 0;
}
