#include "command/doctor.h"

#include "core/words.h"
#include "project/ask.h"
#include "project/python.h"

#include <stdlib.h>
#include <unistd.h>

/* Says which version it is itself, and of each distribution that is asked for; none of them is imported, and
 * nothing that the project has under the name of a module of Python's own. It runs in the project, where
 * pyenv and its like are told which interpreter is meant. */
static const char script[] =
    "import os, sys\n"
    "sys.path[:] = [p for p in sys.path if p and os.path.abspath(p) != os.getcwd()]\n"
    "print('%d.%d.%d' % sys.version_info[:3])\n"
    "from importlib import metadata\n"
    "for name in sys.argv[1:]:\n"
    "    try:\n"
    "        print(metadata.version(name))\n"
    "    except Exception:\n"
    "        print()\n";

/* What a recipe needs of the interpreter: distributions, and the oldest version that will do. */
static const struct need {
    const char *recipe, *name;
    unsigned major, minor;
} needs[] = {
    {"pytest", "pytest", 6, 2},
    {"django", "Django", 0, 0},
    {"stestr", "stestr", 0, 0},
    {"stestr", "testtools", 0, 0},
};
#define NEEDS (sizeof needs / sizeof *needs)
#define PYTHON_MAJOR 3
#define PYTHON_MINOR 8

static bool is_older(const char *version, unsigned major, unsigned minor)
{
    char *end;
    unsigned long first = strtoul(version, &end, 10);
    unsigned long second = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
    return first < major || (first == major && second < minor);
}

static bool is_needed(const struct doctor *doctor, const struct need *need)
{
    for (size_t i = 0; i < doctor->recipe_count; i++) {
        const struct recipe *recipe = &doctor->recipes[i];
        const char *framework = recipe_framework(recipe),
                   *name = framework != NULL ? framework : recipe->name;
        if (name != NULL && strcmp(name, need->recipe) == 0)
            return true;
    }
    return false;
}

static void tell_need(struct doctor *doctor, const struct need *need, const char *python, const char *version)
{
    if (*version == '\0')
        finding_wrong(
            &doctor->findings, need->name,
            "not installed for %s: %s -m pip install %s, or name another interpreter (python = PATH)", python,
            python, need->name);
    else if (is_older(version, need->major, need->minor))
        finding_wrong(&doctor->findings, need->name,
                      "%s is too old, it takes %u.%u or later: %s -m pip install -U %s", version, need->major,
                      need->minor, python, need->name);
    else
        finding_ok(&doctor->findings, need->name, "%s", version);
}

/* An interpreter, and how it was found. */
struct found {
    char *python;
    bool instead; /* of one without pytest */
};

/* As a run would find it. */
static struct found find(const struct doctor *doctor)
{
    const char *root = repo_root(doctor->where.repo), *configured = doctor->settings.python;
    struct found found = {python_find(configured, getenv("VIRTUAL_ENV"), root), false};
    char *other = is_needed(doctor, &needs[0]) && !python_has(found.python, needs[0].name, root)
                      ? python_instead(configured, found.python, needs[0].name)
                      : NULL;
    if (other == NULL)
        return found;
    free(found.python);
    return (struct found){other, true};
}

/* Where the interpreter comes from, in the order of python_find. */
static const char *origin(const struct doctor *doctor, const struct found *found)
{
    const char *python = found->python;
    const char *active = getenv("VIRTUAL_ENV");
    if (doctor->settings.python != NULL)
        return "by the configuration";
    if (active != NULL && *active != '\0' && strncmp(python, active, strlen(active)) == 0)
        return "the active virtualenv's";
    if (found->instead)
        return "by the command pytest, as python3 from PATH has none";
    return strchr(python, '/') != NULL ? "the project's" : "from PATH";
}

/* The answer's next line; it is cut off. */
static const char *next_line(char **at)
{
    char *line = strsep(at, "\n");
    return line != NULL ? line : "";
}

static void tell_answer(struct doctor *doctor, const struct found *found, const char *path, char *answer)
{
    const char *version = next_line(&answer);
    if (is_older(version, PYTHON_MAJOR, PYTHON_MINOR))
        finding_wrong(&doctor->findings, "python",
                      "%s is %s, it takes %d.%d or later (python = PATH names another)", path, version,
                      PYTHON_MAJOR, PYTHON_MINOR);
    else
        finding_ok(&doctor->findings, "python", "%s, %s, %s", version, path, origin(doctor, found));
    for (size_t i = 0; i < NEEDS; i++)
        if (is_needed(doctor, &needs[i]))
            tell_need(doctor, &needs[i], path, next_line(&answer));
}

static void ask_interpreter(struct doctor *doctor, const struct found *found, const char *path)
{
    struct strings words = {0};
    struct buf answer = {0};
    struct error error = {0};
    strings_add(&words, path);
    strings_add(&words, "-c");
    strings_add(&words, script);
    for (size_t i = 0; i < NEEDS; i++)
        if (is_needed(doctor, &needs[i]))
            strings_add(&words, needs[i].name);
    int status = ask(&words, repo_root(doctor->where.repo), false, &answer, &error);
    if (answer.len > 0) {
        char *lines = buf_take(&answer);
        tell_answer(doctor, found, path, lines);
        free(lines);
    } else {
        finding_wrong(&doctor->findings, "python",
                      "%s does not run (%s%d); name another interpreter (python = PATH)", path,
                      status < 0 ? error.text : "exit status ", status);
    }
    buf_release(&answer);
    strings_release(&words);
}

void doctor_python(struct doctor *doctor)
{
    bool needed = doctor->settings.python != NULL;
    for (size_t i = 0; i < doctor->recipe_count; i++)
        needed |= recipe_framework(&doctor->recipes[i]) != NULL;
    for (size_t i = 0; i < NEEDS; i++)
        needed |= is_needed(doctor, &needs[i]);
    if (!needed)
        return;
    const char *root = repo_root(doctor->where.repo);
    struct found found = find(doctor);
    char *path = ask_program(found.python, root);
    if (path != NULL)
        ask_interpreter(doctor, &found, path);
    else
        finding_wrong(&doctor->findings, "python",
                      "%s: not found; install it, or name another interpreter (python = PATH)", found.python);
    free(path);
    free(found.python);
}
