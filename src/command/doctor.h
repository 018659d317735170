/* What the checks of `aloof doctor` share, and the checks: each says what it found and what is wrong with it,
 * and none runs a program of the project. */
#ifndef ALOOF_COMMAND_DOCTOR_H
#define ALOOF_COMMAND_DOCTOR_H

#include "command/findings.h"
#include "command/where.h"
#include "core/options.h"

struct doctor {
    struct findings findings;
    struct where where;
    struct settings settings; /* as far as they could be read */
    struct recipe *recipes;   /* those that could be read, zeroed others */
    size_t recipe_count;
};

void doctor_program(struct doctor *doctor);       /* itself, what comes with it, libraries */
void doctor_configuration(struct doctor *doctor); /* reads the settings */
void doctor_git(struct doctor *doctor);
void doctor_recipe(struct doctor *doctor); /* finds it, and what it needs */
void doctor_python(struct doctor *doctor); /* the interpreter, and what it is to run */
void doctor_boxes(struct doctor *doctor);
void doctor_history(struct doctor *doctor);
void doctor_watches(struct doctor *doctor);
void doctor_terminal(struct doctor *doctor);
void doctor_editor(struct doctor *doctor);

/* A path of the project as it is called there, "." for its top; others as they are. Borrowed. */
const char *doctor_path(const struct doctor *doctor, const char *path);

#endif
