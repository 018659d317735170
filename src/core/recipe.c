#include "core/recipe.h"

#include "core/bytes.h"
#include "core/nearest.h"
#include "core/regex.h"
#include "core/words.h"

#include <errno.h>
#include <signal.h>

#define AT(field) offsetof(struct recipe, field)
#define PROFILES "cprofile|pprof-top|cpuprofile"
#define SIGNALS "none|quit|abrt|int|term|usr1|usr2"

enum key_type {
    KEY_COMMAND, /* struct strings: words */
    KEY_LIST,    /* struct strings: one value each time */
    KEY_FORMAT,  /* char *: a format, or the one other word */
    KEY_CHOICE,  /* int: which of the words */
    KEY_REGEX,   /* char *: a regular expression */
};

static const struct key {
    const char *name;
    enum key_type type;
    size_t offset;
    const char *words; /* of a choice; what is no format and valid still */
} known_keys[] = {
    {"detect", KEY_LIST, AT(detect), NULL},
    {"unless", KEY_LIST, AT(unless), NULL},
    {"import", KEY_LIST, AT(imports), NULL},
    {"last", KEY_CHOICE, AT(last), "false|true"},
    {"worker", KEY_CHOICE, AT(worker), "own|pytest|unittest|django"},
    {"build", KEY_COMMAND, AT(build), NULL},
    {"list", KEY_COMMAND, AT(list), NULL},
    {"list-format", KEY_FORMAT, AT(list_format), RECIPE_LINES},
    {"run", KEY_COMMAND, AT(run), NULL},
    {"run-files", KEY_COMMAND, AT(run_files), NULL},
    {"parts", KEY_COMMAND, AT(parts), NULL},
    {"run-all", KEY_COMMAND, AT(run_all), NULL},
    {"format", KEY_FORMAT, AT(format), RECIPE_BY_EXIT},
    {"unit", KEY_CHOICE, AT(unit), "file|test"},
    {"debug", KEY_COMMAND, AT(debug), NULL},
    {"profile", KEY_COMMAND, AT(profile), NULL},
    {"profile-format", KEY_CHOICE, AT(profile_format), PROFILES},
    {"env", KEY_LIST, AT(env), NULL},
    {"group", KEY_REGEX, AT(group), NULL},
    {"part-tag", KEY_LIST, AT(part_tags), NULL},
    {"version", KEY_COMMAND, AT(version), NULL},
    {"boxes", KEY_COMMAND, AT(boxes), NULL},
    {"feed", KEY_CHOICE, AT(feed), "none|stdin"},
    {"merge", KEY_CHOICE, AT(merge), "false|true"},
    {"start", KEY_CHOICE, AT(slow), "quick|slow"},
    {"parallel", KEY_CHOICE, AT(unsafe), "safe|unsafe"},
    {"timeout-signal", KEY_CHOICE, AT(stack_signal), SIGNALS},
};

#define KEY_COUNT (sizeof known_keys / sizeof *known_keys)

static int refuse_key(const char *key, const char *where, struct error *error)
{
    const char *names[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++)
        names[i] = known_keys[i].name;
    const char *nearest = nearest_of(key, names, KEY_COUNT);
    if (nearest != NULL)
        return error_set(error, -EINVAL, "%s: unknown key %s of a recipe; did you mean %s?", where, key,
                         nearest);
    return error_set(error, -EINVAL, "%s: unknown key %s of a recipe; see aloof-recipes(5)", where, key);
}

static int set_choice(int *to, const char *words, const char *value)
{
    size_t len = strlen(value);
    for (int i = 0; len > 0; i++) {
        size_t step = strcspn(words, "|");
        if (step == len && memcmp(words, value, len) == 0) {
            *to = i;
            return 0;
        }
        if (words[step] == '\0')
            break;
        words += step + 1;
    }
    return -EINVAL;
}

static int set_format(char **to, const char *word, const char *value, recipe_knows *knows)
{
    if (strcmp(value, word) != 0 && knows != NULL && !knows(value))
        return -EINVAL;
    free(*to);
    *to = strcmp(value, word) != 0 ? mem_strdup(value) : NULL;
    return 0;
}

static int set_command(struct strings *to, const char *value, const char *where, struct error *error)
{
    struct error why;
    strings_clear(to);
    if (words_split(value, to, &why) < 0)
        return error_set(error, -EINVAL, "%s: %s", where, why.text);
    return 0;
}

static int set_regex(char **to, const char *value, const char *where, struct error *error)
{
    struct error why;
    struct regex *regex;
    if (regex_new(&regex, value, &why) != 0)
        return error_set(error, -EINVAL, "%s: %s", where, why.text);
    regex_free(regex);
    free(*to);
    *to = mem_strdup(value);
    return 0;
}

static unsigned holes_of(const struct strings *words)
{
    static const struct {
        const char *name;
        enum recipe_hole hole;
        bool whole; /* may become several words */
    } known[] = {
        {"{id}", HOLE_ID, false},         {"{name}", HOLE_ID, false},       {"{ids}", HOLE_IDS, true},
        {"{names}", HOLE_IDS, true},      {"{file}", HOLE_FILE, false},     {"{regex}", HOLE_REGEX, false},
        {"{args}", HOLE_ARGS, true},      {"{report}", HOLE_REPORT, false}, {"{idfile}", HOLE_IDFILE, false},
        {"{idlist}", HOLE_IDLIST, false}, {"{files}", HOLE_FILES, true},    {"{parts}", HOLE_PARTS, true},
        {"{boxes}", HOLE_BOXES, false},
    };
    unsigned holes = 0;
    for (size_t i = 0; i < words->len; i++) {
        const char *word = words->items[i];
        if (strstr(word, "{ids:") != NULL || strstr(word, "{names:") != NULL)
            holes |= HOLE_IDS;
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            if (known[j].whole ? strcmp(word, known[j].name) == 0 : words_has_hole(word, known[j].name))
                holes |= known[j].hole;
    }
    return holes;
}

static int set_value(struct recipe *recipe, const struct key *key, const char *value, const char *where,
                     recipe_knows *knows, struct error *error)
{
    void *at = (char *)recipe + key->offset;
    int bad = 0;
    switch (key->type) {
    case KEY_COMMAND:
        return set_command(at, value, where, error);
    case KEY_REGEX:
        return set_regex(at, value, where, error);
    case KEY_LIST:
        strings_add(at, value);
        break;
    case KEY_FORMAT:
        bad = set_format(at, key->words, value, knows);
        break;
    case KEY_CHOICE:
        bad = set_choice(at, key->words, value);
        break;
    }
    if (bad == 0)
        return 0;
    return error_set(error, -EINVAL, "%s: %s = %s: expected %s%s", where, key->name,
                     *value != '\0' ? value : "(nothing)", key->words,
                     key->type == KEY_FORMAT ? " or a format (aloof convert --help lists them)" : "");
}

int recipe_set(struct recipe *recipe, const char *key, const char *value, const char *where,
               recipe_knows *knows, struct error *error)
{
    const struct key *known = known_keys;
    while (known < known_keys + KEY_COUNT && strcmp(known->name, key) != 0)
        known++;
    if (known == known_keys + KEY_COUNT)
        return refuse_key(key, where, error);
    int bad = set_value(recipe, known, value, where, knows, error);
    if (bad != 0)
        return bad;
    strings_add(&recipe->keys, key);
    strings_add(&recipe->values, value);
    recipe->holes = holes_of(&recipe->run);
    return 0;
}

const char *recipe_framework(const struct recipe *recipe)
{
    static const char *const names[] = {NULL, "pytest", "unittest", "django"};
    return names[recipe->worker];
}

int recipe_signal(const struct recipe *recipe)
{
    static const int numbers[] = {0, SIGQUIT, SIGABRT, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
    return numbers[recipe->stack_signal];
}

const char *recipe_profile_format(const struct recipe *recipe)
{
    static const char *const names[] = {"cprofile", "pprof-top", "cpuprofile"};
    return recipe->profile.len > 0 ? names[recipe->profile_format] : NULL;
}

bool recipe_is_part(const struct recipe *recipe, const struct event *event)
{
    for (size_t i = 0; i < recipe->part_tags.len; i++)
        if (event_has_tag(event, recipe->part_tags.items[i]))
            return true;
    return false;
}

bool recipe_picks_parts(const struct recipe *recipe)
{
    return recipe->unit == UNIT_FILE && recipe->parts.len > 0 && (recipe->holes & HOLE_PARTS) != 0 &&
           recipe->format != NULL;
}

/* Its words and their place belong together; a project's own `run` may do without. */
static int check_parts(const struct recipe *recipe, const char *where, struct error *error)
{
    static const char *const holes[] = {"{regex}", "{nested}", "{written}"};
    bool names = false;
    for (size_t i = 0; i < recipe->parts.len; i++)
        for (size_t j = 0; j < sizeof holes / sizeof *holes; j++)
            names |= words_has_hole(recipe->parts.items[i], holes[j]);
    if (recipe->parts.len > 0 && !names)
        return error_set(error, -EINVAL,
                         "%s: parts of recipe %s does not say which: it needs {regex}, {nested} or {written}",
                         where, recipe->name);
    if (recipe->parts.len == 0 && (recipe->holes & HOLE_PARTS) != 0)
        return error_set(error, -EINVAL,
                         "%s: run of recipe %s has {parts}, and no key parts says what stands there", where,
                         recipe->name);
    return 0;
}

static int check_all(const struct recipe *recipe, const char *where, struct error *error)
{
    unsigned all = holes_of(&recipe->run_all), known = HOLE_ARGS | HOLE_BOXES | HOLE_REPORT;
    if (recipe->run_all.len == 0 ||
        (recipe->format != NULL && (all & ~known) == 0 && ((all ^ recipe->holes) & HOLE_REPORT) == 0))
        return 0;
    return error_set(error, -EINVAL,
                     "%s: run-all of recipe %s needs the key format, and no placeholder but {args}, {boxes}, "
                     "and {report} where run has it",
                     where, recipe->name);
}

int recipe_check(const struct recipe *recipe, const char *where, struct error *error)
{
    if (recipe->worker != WORKER_OWN)
        return 0;
    if (recipe->list.len == 0)
        return error_set(error, -EINVAL, "%s: recipe %s lacks the key list (a command that prints its tests)",
                         where, recipe->name);
    if (recipe->run.len == 0)
        return error_set(error, -EINVAL, "%s: recipe %s lacks the key run (a command that runs tests)", where,
                         recipe->name);
    if (recipe->feed && (recipe->format == NULL || (recipe->holes & ~(unsigned)HOLE_ARGS) != 0))
        return error_set(
            error, -EINVAL,
            "%s: recipe %s is fed: it needs the key format, and run has no placeholder but {args}", where,
            recipe->name);
    if (!recipe->feed &&
        (recipe->holes & ~(unsigned)(HOLE_ARGS | HOLE_REPORT | HOLE_PARTS | HOLE_BOXES)) == 0)
        return error_set(
            error, -EINVAL,
            "%s: run of recipe %s does not say what to run: it needs {id}, {ids}, {name}, {names}, "
            "{file}, {regex}, {idfile} or {idlist}",
            where, recipe->name);
    if (recipe->format == NULL && (recipe->holes & HOLE_REPORT) != 0)
        return error_set(error, -EINVAL,
                         "%s: run of recipe %s has {report}, and no key format says what is in that file",
                         where, recipe->name);
    unsigned whole = holes_of(&recipe->run_files);
    if (recipe->run_files.len > 0 &&
        ((whole & HOLE_FILES) == 0 || ((whole ^ recipe->holes) & HOLE_REPORT) != 0))
        return error_set(error, -EINVAL,
                         "%s: run-files of recipe %s needs {files}, and {report} where run has it", where,
                         recipe->name);
    if (check_all(recipe, where, error) != 0)
        return -EINVAL;
    return check_parts(recipe, where, error);
}

static json_t *pack_text(const char *text)
{
    json_t *string = json_string(text);
    return string != NULL ? string : json_string("?");
}

json_t *recipe_pack(const struct recipe *recipe)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < recipe->keys.len; i++)
        json_array_append_new(keys,
                              json_pack("[s, o]", recipe->keys.items[i], pack_text(recipe->values.items[i])));
    return json_pack("{s:o, s:o}", "name", pack_text(recipe->name), "keys", keys);
}

int recipe_unpack(struct recipe *recipe, const json_t *packed, struct error *error)
{
    const char *name = json_string_value(json_object_get(packed, "name"));
    const json_t *keys = json_object_get(packed, "keys");
    if (name == NULL || !json_is_array(keys))
        return error_set(error, -EINVAL, "this is no recipe");
    free(recipe->name);
    recipe->name = mem_strdup(name);
    int bad = 0;
    for (size_t i = 0; bad == 0 && i < json_array_size(keys); i++) {
        const char *key = json_string_value(json_array_get(json_array_get(keys, i), 0));
        const char *value = json_string_value(json_array_get(json_array_get(keys, i), 1));
        if (key == NULL || value == NULL)
            return error_set(error, -EINVAL, "recipe %s: a key without a value", name);
        bad = recipe_set(recipe, key, value, name, NULL, error);
    }
    return bad != 0 ? bad : recipe_check(recipe, name, error);
}

void recipe_release(struct recipe *recipe)
{
    free(recipe->name);
    free(recipe->list_format);
    free(recipe->format);
    free(recipe->group);
    struct strings *const lists[] = {
        &recipe->detect,    &recipe->unless,    &recipe->imports, &recipe->list,    &recipe->run,
        &recipe->run_files, &recipe->build,     &recipe->debug,   &recipe->env,     &recipe->keys,
        &recipe->values,    &recipe->part_tags, &recipe->boxes,   &recipe->version, &recipe->parts,
        &recipe->run_all,   &recipe->profile};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        strings_release(lists[i]);
    *recipe = (struct recipe){0};
}
