#include "trace/syntax.h"

/* Words stand between blanks, so that one is found with the blanks around it. */
struct syntax {
    const char *extensions;
    const char *keywords;
    const char *comment;    /* begins one that ends with the line */
    const char *quotes;     /* each ends what it began; a backslash keeps the next character */
    const char *raw_quotes; /* likewise, but a backslash is nothing special; NULL none */
    const char *prefixes;   /* words that belong to the quote right behind them; NULL none */
    bool blocks;            /* comments between slash-asterisk and back */
    bool apart;             /* a comment has a blank before it, or begins the line */
    bool ticks;             /* a quote ' may stand alone (lifetimes): it takes one character or nothing */
};

#define C_WORDS                                                                                              \
    " auto break case char const continue default do double else enum extern float for goto if inline int "  \
    "long register return short signed sizeof static struct switch typedef union unsigned void volatile "    \
    "while _Bool _Static_assert bool true false NULL "

static const struct syntax languages[] = {
    {
        .extensions = " py pyi pyx pyw ",
        .keywords =
            " and as assert async await break case class continue def del elif else except finally for "
            "from global if import in is lambda match nonlocal not or pass raise return try while with "
            "yield None True False ",
        .comment = "#",
        .quotes = "\"'",
        .prefixes = " r b f u t rb br fr rf tr rt R B F U Rb rB RB bR Br BR fR Fr FR ",
    },
    {
        .extensions = " c h ",
        .keywords = C_WORDS,
        .comment = "//",
        .quotes = "\"'",
        .prefixes = " L u U u8 ",
        .blocks = true,
    },
    {
        .extensions = " cc cpp cxx c++ hh hpp hxx h++ ipp ",
        .keywords =
            C_WORDS "alignas alignof catch class concept consteval constexpr const_cast co_await co_return "
                    "co_yield decltype delete dynamic_cast explicit export final friend mutable namespace "
                    "new noexcept nullptr operator override private protected public reinterpret_cast "
                    "requires static_assert static_cast template this thread_local throw try typeid "
                    "typename using virtual ",
        .comment = "//",
        .quotes = "\"'",
        .prefixes = " L u U u8 R ",
        .blocks = true,
    },
    {
        .extensions = " go ",
        .keywords =
            " break case chan const continue default defer else fallthrough for func go goto if import "
            "interface map package range return select struct switch type var nil true false ",
        .comment = "//",
        .quotes = "\"'",
        .raw_quotes = "`",
        .blocks = true,
    },
    {
        .extensions = " rs ",
        .keywords =
            " as async await break const continue crate dyn else enum extern false fn for if impl in let "
            "loop match mod move mut pub ref return self Self static struct super trait true type unsafe "
            "use where while ",
        .comment = "//",
        .quotes = "\"'",
        .prefixes = " b r br c ",
        .blocks = true,
        .ticks = true,
    },
    {
        .extensions = " js jsx mjs cjs ts tsx mts cts ",
        .keywords =
            " abstract as async await break case catch class const continue debugger declare default "
            "delete do else enum export extends finally for from function get if implements import in "
            "instanceof interface let namespace new null of private protected public readonly return "
            "set static super switch this throw true false try type typeof undefined var void while "
            "with yield ",
        .comment = "//",
        .quotes = "\"'`",
        .blocks = true,
    },
    {
        .extensions = " java ",
        .keywords =
            " abstract assert boolean break byte case catch char class const continue default do double "
            "else enum extends final finally float for if implements import instanceof int interface "
            "long native new null package private protected public record return sealed short static "
            "super switch synchronized this throw throws transient true false try var void volatile "
            "while ",
        .comment = "//",
        .quotes = "\"'",
        .blocks = true,
    },
    {
        .extensions = " rb rake gemspec ",
        .keywords = " alias and begin break case class def defined? do else elsif end ensure false for if in "
                    "module next nil not or redo rescue retry return self super then true undef unless until "
                    "when while yield ",
        .comment = "#",
        .quotes = "\"'`",
        .apart = true,
    },
    {
        .extensions = " sh bash zsh ksh bats ",
        .keywords = " case do done elif else esac export fi for function if in local readonly return select "
                    "set shift then trap unset until while ",
        .comment = "#",
        .quotes = "\"`",
        .raw_quotes = "'",
        .apart = true,
    },
    {
        .extensions = " pl pm t ",
        .keywords =
            " and cmp die do else elsif eq for foreach ge gt if last le local lt my ne next no not or our "
            "package redo require return sub undef unless until use while ",
        .comment = "#",
        .quotes = "\"'`",
        .apart = true,
    },
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_one_of(char c, const char *set)
{
    return set != NULL && c != '\0' && strchr(set, c) != NULL;
}

/* Whether the word is in a list of words between blanks. */
static bool is_listed(struct bytes word, const char *list)
{
    for (const char *at = list; at != NULL && *at != '\0'; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (strcspn(at, " ") == word.len && memcmp(at, word.data, word.len) == 0)
            return word.len > 0;
    }
    return false;
}

const struct syntax *syntax_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash != NULL ? slash : path, '.');
    if (dot == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (is_listed(bytes_of(dot + 1), languages[i].extensions))
            return &languages[i];
    return NULL;
}

/* How long the quoted string at the start is; without its end it goes on behind the line. 0: the quote is
 * none. */
static size_t string_len(const struct syntax *syntax, struct bytes text)
{
    char quote = text.data[0];
    bool raw = is_one_of(quote, syntax->raw_quotes);
    if (!raw && !is_one_of(quote, syntax->quotes))
        return 0;
    if (quote == '\'' && syntax->ticks && !(text.len > 1 && text.data[1] == '\\') &&
        memchr(text.data + 1, '\'', text.len - 1 < 5 ? text.len - 1 : 5) == NULL)
        return 0;
    size_t at = 1;
    while (at < text.len && text.data[at] != quote)
        at += text.data[at] == '\\' && !raw ? 2 : 1;
    return at < text.len ? at + 1 : text.len;
}

static size_t comment_len(const struct syntax *syntax, struct bytes text, bool after_blank)
{
    if (bytes_starts(text, syntax->comment) && (after_blank || !syntax->apart))
        return text.len;
    if (!syntax->blocks || !bytes_starts(text, "/*"))
        return 0;
    const char *end = memmem(text.data + 2, text.len - 2, "*/", 2);
    return end != NULL ? (size_t)(end - text.data) + 2 : text.len;
}

static size_t word_len(struct bytes text)
{
    size_t len = 0;
    while (len < text.len && is_word(text.data[len]))
        len++;
    return len;
}

/* The run at the start of the text: of code one word, or one other character. */
static size_t run_len(const struct syntax *syntax, struct bytes text, char before, enum syntax_kind *kind)
{
    size_t len = comment_len(syntax, text, before == ' ' || before == '\t');
    *kind = SYNTAX_COMMENT;
    if (len > 0)
        return len;
    size_t word = word_len(text);
    *kind = SYNTAX_STRING;
    if (word < text.len && (word == 0 || is_listed((struct bytes){text.data, word}, syntax->prefixes)))
        len = string_len(syntax, (struct bytes){text.data + word, text.len - word});
    if (len > 0)
        return word + len;
    bool keyword = !is_one_of(before, "$@%.") && is_listed((struct bytes){text.data, word}, syntax->keywords);
    *kind = keyword ? SYNTAX_KEYWORD : SYNTAX_CODE;
    return word > 0 ? word : 1;
}

bool syntax_next(const struct syntax *syntax, struct bytes line, size_t *at, struct bytes *run,
                 enum syntax_kind *kind)
{
    size_t begin = *at, end = syntax != NULL ? begin : line.len;
    *kind = SYNTAX_CODE;
    while (end < line.len) {
        enum syntax_kind next;
        struct bytes rest = {line.data + end, line.len - end};
        size_t len = run_len(syntax, rest, end > 0 ? line.data[end - 1] : ' ', &next);
        if (end > begin && (next != SYNTAX_CODE || *kind != SYNTAX_CODE))
            break;
        *kind = next;
        end += len;
    }
    *run = (struct bytes){line.data + begin, end - begin};
    *at = end;
    return end > begin;
}
