// Where the end of a line separates, what a `{` opens, and comments within comments.
//
// In: the text, and which of these the parser could go on with. Out: one of them, or nothing.
// Holds always: it keeps no state; it decides as the compiler's layout does (`compiler/syntax/src/layout`):
// what the line before may end with is for the grammar to say, what the next one begins with is said here.

#include "tree_sitter/parser.h"

#include <string.h>

enum Token { NEWLINE, ARM_NEWLINE, BLOCK_OPEN, LITERAL_OPEN, BLOCK_COMMENT, RECOVERING };

// Words that go on with the line before, wherever they begin one.
static const char *const CONTINUING[] = {
    "else", "catch", "finally", "throws", "requires", "ensures", "modifies", "decreases", "no_trap", "in", "where",
    "implements",
};

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static void skip(TSLexer *lexer) { lexer->advance(lexer, true); }

static bool is_line_end(int32_t c) { return c == '\n' || c == '\r'; }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\f' || is_line_end(c); }

static bool is_of_word(int32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c > 127;
}

// The lexer stands behind `/*`; comments nest.
static bool block_comment(TSLexer *lexer) {
    unsigned depth = 1;
    while (depth > 0) {
        if (lexer->eof(lexer)) return false;
        int32_t c = lexer->lookahead;
        advance(lexer);
        if (c == '*' && lexer->lookahead == '/') {
            advance(lexer);
            depth -= 1;
        } else if (c == '/' && lexer->lookahead == '*') {
            advance(lexer);
            depth += 1;
        }
    }
    return true;
}

// Skips comments and blanks before the next token; false behind a `/` that begins no comment.
static bool past_comments(TSLexer *lexer) {
    for (;;) {
        while (is_blank(lexer->lookahead)) advance(lexer);
        if (lexer->lookahead != '/') return true;
        advance(lexer);
        if (lexer->lookahead == '/') {
            while (!lexer->eof(lexer) && !is_line_end(lexer->lookahead)) advance(lexer);
        } else if (lexer->lookahead == '*') {
            advance(lexer);
            if (!block_comment(lexer)) return true;
        } else {
            return false;
        }
    }
}

static bool word_continues(TSLexer *lexer) {
    char word[16];
    size_t length = 0;
    while (is_of_word(lexer->lookahead)) {
        if (length + 1 >= sizeof word || lexer->lookahead > 127) return false;
        word[length++] = (char)lexer->lookahead;
        advance(lexer);
    }
    word[length] = '\0';
    for (size_t at = 0; at < sizeof CONTINUING / sizeof *CONTINUING; at++) {
        if (strcmp(word, CONTINUING[at]) == 0) return true;
    }
    return false;
}

// Whether the line that begins here goes on with the one before.
static bool continues(TSLexer *lexer, bool in_match) {
    if (is_of_word(lexer->lookahead)) return word_continues(lexer);
    int32_t first = lexer->lookahead;
    advance(lexer);
    switch (first) {
    case '{': case '}': case ',': case '+': case '/': case '%': case '&': case '|': case '^': case '<': case '>':
    case '=': case 0:
        return true;
    case '*': case '!':
        return lexer->lookahead == '=';
    case '-':
        return lexer->lookahead == '=' || lexer->lookahead == '>';
    case '?':
        return lexer->lookahead == '?';
    case ':':
        return lexer->lookahead == ':';
    case '.': // a range is no continuation, nor is a variant that begins an arm
        return lexer->lookahead != '.' && !in_match;
    default:
        return false;
    }
}

// A `{`, which the lexer stands at.
static bool open(TSLexer *lexer, const bool *valid) {
    if (!valid[BLOCK_OPEN] && !valid[LITERAL_OPEN]) return false;
    advance(lexer);
    lexer->mark_end(lexer);
    lexer->result_symbol = valid[BLOCK_OPEN] ? BLOCK_OPEN : LITERAL_OPEN;
    return true;
}

void *tree_sitter_deed_external_scanner_create(void) { return NULL; }

void tree_sitter_deed_external_scanner_destroy(void *payload) { (void)payload; }

unsigned tree_sitter_deed_external_scanner_serialize(void *payload, char *buffer) {
    (void)payload;
    (void)buffer;
    return 0;
}

void tree_sitter_deed_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    (void)payload;
    (void)buffer;
    (void)length;
}

bool tree_sitter_deed_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    (void)payload;
    bool line_ended = false;
    lexer->mark_end(lexer);
    while (is_blank(lexer->lookahead)) {
        line_ended |= is_line_end(lexer->lookahead);
        skip(lexer);
    }
    if (lexer->lookahead == '{') return open(lexer, valid);
    if (line_ended && (valid[NEWLINE] || valid[ARM_NEWLINE])) {
        // While it recovers the parser takes anything.
        bool in_match = valid[ARM_NEWLINE] && !valid[RECOVERING];
        if (!past_comments(lexer) || lexer->eof(lexer) || continues(lexer, in_match)) return false;
        lexer->result_symbol = in_match ? ARM_NEWLINE : NEWLINE;
        return true;
    }
    if (lexer->lookahead == '/' && valid[BLOCK_COMMENT]) {
        advance(lexer);
        if (lexer->lookahead != '*') return false;
        advance(lexer);
        lexer->result_symbol = BLOCK_COMMENT;
        bool whole = block_comment(lexer);
        lexer->mark_end(lexer);
        return whole;
    }
    return false;
}
