#include "store/facts.h"

#include "store/schema.h"

#include <errno.h>
#include <sqlite3.h>

static sqlite3_stmt *prepared(sqlite3 *db, struct sqlite3_stmt **statement, const char *sql)
{
    if (*statement == NULL)
        sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return *statement;
}

static int run(sqlite3 *db, sqlite3_stmt *statement)
{
    if (statement == NULL)
        return schema_errno(sqlite3_errcode(db));
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : schema_errno(code);
}

static void bind(sqlite3_stmt *statement, const struct history_fact *fact)
{
    const char *const words[] = {fact->recipe, fact->kind, fact->subject, fact->object};
    for (int i = 0; i < 4; i++)
        sqlite3_bind_text(statement, i + 1, words[i] != NULL ? words[i] : "", -1, SQLITE_STATIC);
}

int facts_put(struct facts *facts, struct sqlite3 *db, const struct history_fact *fact)
{
    sqlite3_stmt *statement = prepared(
        db, &facts->put,
        "INSERT OR REPLACE INTO facts (recipe, kind, subject, object, value) VALUES (?1, ?2, ?3, ?4, ?5)");
    bind(statement, fact);
    sqlite3_bind_int64(statement, 5, fact->value);
    return run(db, statement);
}

int facts_drop(struct facts *facts, struct sqlite3 *db, const struct history_fact *of)
{
    sqlite3_stmt *statement = prepared(db, &facts->drop,
                                       "DELETE FROM facts WHERE recipe = ?1 AND kind = ?2 AND subject = ?3"
                                       " AND (?4 = '' OR object = ?4)");
    bind(statement, of);
    return run(db, statement);
}

static const char *word(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text != NULL ? text : "";
}

int facts_each(struct sqlite3 *db, bool (*each)(void *owner, const struct history_fact *fact), void *owner)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "SELECT recipe, kind, subject, object, value FROM facts", -1,
                                  &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        const struct history_fact fact = {
            .recipe = word(statement, 0),
            .kind = word(statement, 1),
            .subject = word(statement, 2),
            .object = word(statement, 3),
            .value = sqlite3_column_int64(statement, 4),
        };
        if (!each(owner, &fact))
            code = SQLITE_DONE;
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? 0 : schema_errno(code);
}

void facts_close(struct facts *facts)
{
    sqlite3_finalize(facts->put);
    sqlite3_finalize(facts->drop);
    *facts = (struct facts){0};
}
