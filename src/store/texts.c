#include "store/texts.h"

#include "store/pack.h"
#include "store/schema.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

int texts_put(struct texts *texts, struct sqlite3 *db, struct history_name name, const char *text,
              struct bytes packed, size_t octets)
{
    if (packed.len > texts->room)
        return 0;
    texts->room -= packed.len;
    if (texts->put == NULL)
        sqlite3_prepare_v3(db,
                           "INSERT OR REPLACE INTO texts (test, name, octets, data)"
                           " SELECT id, ?3, ?4, ?5 FROM tests WHERE name = ?1 AND recipe = ?2",
                           -1, SQLITE_PREPARE_PERSISTENT, &texts->put, NULL);
    if (texts->put == NULL)
        return schema_errno(sqlite3_errcode(db));
    sqlite3_bind_text(texts->put, 1, name.id, -1, SQLITE_STATIC);
    sqlite3_bind_text(texts->put, 2, name.recipe, -1, SQLITE_STATIC);
    sqlite3_bind_text(texts->put, 3, text, -1, SQLITE_STATIC);
    sqlite3_bind_int64(texts->put, 4, (sqlite3_int64)octets);
    sqlite3_bind_blob64(texts->put, 5, packed.data, packed.len, SQLITE_STATIC);
    int code = sqlite3_step(texts->put);
    sqlite3_reset(texts->put);
    return code == SQLITE_DONE ? 0 : schema_errno(code);
}

/* A text that cannot be unpacked is none. */
static bool give(sqlite3_stmt *row, bool (*each)(void *owner, const struct history_text *text), void *owner)
{
    const char *name = (const char *)sqlite3_column_text(row, 0);
    const char *data = sqlite3_column_blob(row, 2);
    const struct bytes packed = {data, (size_t)sqlite3_column_bytes(row, 2)};
    struct buf text = {0};
    bool more = true;
    if (name != NULL && unpack_text(packed, (size_t)sqlite3_column_int64(row, 1), &text) == 0)
        more = each(owner, &(struct history_text){name, buf_bytes(&text)});
    buf_release(&text);
    return more;
}

int texts_each(struct sqlite3 *db, int64_t test, int64_t run,
               bool (*each)(void *owner, const struct history_text *text), void *owner)
{
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(db,
                                  "SELECT texts.name, octets, data FROM texts JOIN tests ON tests.id = test"
                                  " WHERE test = ?1 AND (?2 = 0 OR run = ?2) ORDER BY texts.rowid",
                                  -1, &row, NULL);
    sqlite3_bind_int64(row, 1, test);
    sqlite3_bind_int64(row, 2, run);
    if (code == SQLITE_OK)
        code = sqlite3_step(row);
    while (code == SQLITE_ROW)
        code = give(row, each, owner) ? sqlite3_step(row) : SQLITE_DONE;
    sqlite3_finalize(row);
    return code == SQLITE_DONE ? 0 : schema_errno(code);
}

int texts_prune(struct sqlite3 *db)
{
    char *sql = mem_printf("DELETE FROM texts WHERE test IN (SELECT test FROM (SELECT test, sum(length(data))"
                           " OVER (ORDER BY time_ns DESC, test DESC) AS upto"
                           " FROM texts JOIN tests ON tests.id = test) WHERE upto > %d)",
                           TEXTS_MAX);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    free(sql);
    return schema_errno(code);
}

void texts_close(struct texts *texts)
{
    sqlite3_finalize(texts->put);
    *texts = (struct texts){0};
}
