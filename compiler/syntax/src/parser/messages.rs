//! What to say about a token that cannot stand where it stands.
//!
//! In: the generated parser's error. Out: a message in the words of the language.
//! Holds always: the list of expected terminals is used to understand the place, never shown.

use deed_base::{Diagnostic, SourceFile, Span, catalogue};
use lalrpop_util::ParseError;

use crate::token::{Token, TokenKind};

/// Explains an error of the generated parser.
pub(super) fn explain(
    source: &SourceFile,
    tokens: &[Token],
    error: ParseError<u32, TokenKind, ()>,
) -> Diagnostic {
    let end = source.span().end;
    let (start, kind, stop, expected) = match error {
        ParseError::UnrecognizedToken { token: (start, kind, stop), expected } => {
            (start, kind, stop, expected)
        }
        ParseError::UnrecognizedEof { expected, .. } => (end, TokenKind::End, end, expected),
        ParseError::ExtraToken { token: (start, kind, stop) } => (start, kind, stop, Vec::new()),
        ParseError::InvalidToken { location } => (location, TokenKind::Bad, location, Vec::new()),
        ParseError::User { error: () } => (end, TokenKind::End, end, Vec::new()),
    };
    let found = Found {
        source,
        span: Span::new(source.id, start, stop),
        kind,
        before: before(tokens, start),
        expected: Expected(expected),
    };
    found.special().unwrap_or_else(|| found.general())
}

/// The token before the one at `start`.
fn before(tokens: &[Token], start: u32) -> Option<Token> {
    let at = tokens.partition_point(|t| t.span.start < start);
    at.checked_sub(1).map(|at| tokens[at])
}

/// The terminals the parser would have taken, as the grammar writes them.
struct Expected(Vec<String>);

impl Expected {
    fn has(&self, terminal: &str) -> bool {
        self.0.iter().any(|t| t == terminal)
    }

    fn expression(&self) -> bool {
        self.has("INT") && self.has("\"self\"")
    }

    fn operator(&self) -> bool {
        self.has("\"==\"")
    }

    fn name(&self) -> bool {
        self.has("IDENT")
    }

    fn item(&self) -> bool {
        self.has("\"struct\"") && self.has("\"const\"")
    }

    /// The one sign or bracket that would have done, if there is only one of note.
    fn single(&self) -> Option<String> {
        let mut signs = self.0.iter().filter(|t| *t != "NL" && *t != "\",\"");
        match (signs.next(), signs.next()) {
            (Some(one), None) if one.starts_with('"') => Some(one.replace('"', "`")),
            _ => None,
        }
    }
}

/// What to write instead of a word of other languages.
fn remedy(word: &str) -> Option<&'static str> {
    Some(match word {
        "mut" => "a variable is declared with `var`",
        "function" | "func" | "def" => "a function is declared with `fn`",
        "constructor" => "a contract begins its life with `init(..) { .. }`",
        "mapping" => "a map's type is `Map<K, V>`",
        "require" => {
            "write `requires c else E(..)` above the body, or `if !c { throw E(..) }` in it"
        }
        "revert" | "raise" => "write `throw E(..)`",
        "public" | "external" => "write `entry fn`, or `pub fn` in a library",
        "elif" | "elsif" | "elseif" => "write `else if`",
        "import" | "using" => "write `use module.Name`",
        "switch" => "write `match`",
        "type" | "class" | "record" => "declare a `struct`, an `asset` or an `enum`",
        "new" => "a struct is made with `Name { .. }`, a contract with `deploy Name(..)`",
        "is" | "extends" | "inherits" => {
            "nothing is inherited; `contract C implements I` says that `C` offers what `I` names"
        }
        "private" | "internal" => "what has no `pub`, `entry` or `view` is private: write `fn`",
        _ => return None,
    })
}

/// Words that are followed by a head and then a block.
fn opens_a_head(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::If | TokenKind::While | TokenKind::Match | TokenKind::In)
}

struct Found<'a> {
    source: &'a SourceFile,
    span: Span,
    kind: TokenKind,
    before: Option<Token>,
    expected: Expected,
}

impl Found<'_> {
    fn say(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(catalogue::SYNTAX, self.span, message)
    }

    /// The token in words.
    fn name(&self) -> String {
        match self.kind {
            TokenKind::Ident => format!("the name `{}`", self.source.slice(self.span)),
            kind => kind.describe(),
        }
    }

    fn before_text(&self) -> &str {
        self.before.map_or("", |t| self.source.slice(t.span))
    }

    /// Mistakes with a remedy of their own: habits of other languages, words as names.
    fn special(&self) -> Option<Diagnostic> {
        self.foreign_word().or_else(|| self.foreign_sign()).or_else(|| self.word_as_name())
    }

    /// A word of other languages, found itself or right before what was found.
    fn foreign_word(&self) -> Option<Diagnostic> {
        let own = self.source.slice(self.span);
        let (word, help) = [own, self.before_text()]
            .into_iter()
            .find_map(|word| remedy(word).map(|help| (word, help)))?;
        Some(self.say(format!("`{word}` is not a word of the language")).help(help))
    }

    fn foreign_sign(&self) -> Option<Diagnostic> {
        let (message, help) = match self.kind {
            TokenKind::Eq if self.expected.operator() => {
                ("a value cannot be assigned here", "two values are compared with `==`")
            }
            TokenKind::Amp if !self.expected.operator() => {
                ("there are no references", "write the value; `inout` lets a call change a place")
            }
            TokenKind::LBrace if self.before.is_some_and(|t| opens_a_head(t.kind)) => {
                let message = format!("`{}` needs something before its `{{`", self.before_text());
                return Some(self.say(message));
            }
            TokenKind::LBrace if self.expected.expression() => {
                ("a block is not a value", "name its parts with `let`, or use `if` or `match`")
            }
            TokenKind::Plus | TokenKind::Minus if self.before_text() == self.kind.text() => {
                ("there is no `++` and no `--`", "write `+= 1` or `-= 1`")
            }
            TokenKind::Colon if self.expected.operator() => (
                "a `:` cannot stand here",
                "a field is written `Name { field: value }`; in the head of `if`, `while`, `for` or \
                     `match`, put it in parentheses",
            ),
            TokenKind::LBrace if self.expected.has("\"(\"") && self.expected.has("\",\"") => {
                let message = "what a variant holds stands in `( )`";
                (message, "write `Name(field: Type)`, or `Name(Type)` without names")
            }
            TokenKind::Arrow if self.expected.operator() => {
                ("there is no `->` between values", "fields and methods stand behind a `.`")
            }
            TokenKind::As if self.expected.operator() => {
                ("a cast is not written with `as`", "it is a call: `u64(x)`, which traps on loss")
            }
            TokenKind::Bang if self.expected.operator() => {
                ("a value cannot end in `!`", "write `?? other`, or `else throw E(..)`")
            }
            _ if self.before_text() == "?" && self.expected.operator() => {
                ("there is no `? :`", "write `if condition { a } else { b }`")
            }
            TokenKind::Bad => return Some(self.say("this character has no meaning")),
            _ => return None,
        };
        Some(self.say(message).help(help))
    }

    fn word_as_name(&self) -> Option<Diagnostic> {
        let word = self.kind.is_hard_word() || self.kind.is_contextual_word();
        if !word || !self.expected.name() || self.expected.expression() || self.expected.item() {
            return None;
        }
        let text = self.kind.text();
        Some(
            self.say(format!("`{text}` is a word of the language and cannot be a name here"))
                .help(format!("choose another name, such as `{text}_`")),
        )
    }

    fn general(&self) -> Diagnostic {
        let found = self.name();
        if let Some(sign) = self.expected.single() {
            return self.say(format!("{sign} is expected here, not {found}"));
        }
        if self.expected.has("\">\"") && !self.expected.operator() {
            return self.say(format!("`>` is expected here, not {found}"));
        }
        if self.expected.item() {
            return self.no_declaration(&found);
        }
        if self.expected.expression() {
            return self.value_expected(&found);
        }
        if self.expected.operator() || self.expected.has("NL") {
            return self.after_the_end(&found);
        }
        if self.expected.name() {
            return self.say(format!("a name is expected here, not {found}"));
        }
        self.say(format!("{found} cannot stand here"))
            .help("see the page of this code for what can")
    }

    fn no_declaration(&self, found: &str) -> Diagnostic {
        let help = match self.before_text() {
            word @ ("entry" | "view" | "pub" | "async" | "payable") => {
                format!("write `{word} fn` before the name of a function")
            }
            _ if self.expected.has("\"state\"") && self.kind == TokenKind::Ident => {
                "what a contract keeps stands in `state { name: Type }`".to_owned()
            }
            _ => "declare a `fn`, a `struct`, an `asset`, an `enum`, an `error`, an `event` or a \
                  `contract`"
                .to_owned(),
        };
        self.say(format!("no declaration begins with {found}")).help(help)
    }

    fn value_expected(&self, found: &str) -> Diagnostic {
        if self.expected.has("\"let\"") {
            return self.say(format!("no statement begins with {found}"));
        }
        let message = match self.before_text() {
            "" => format!("a value is expected here, not {found}"),
            before => format!("a value is expected after `{before}`, not {found}"),
        };
        if matches!(self.kind, TokenKind::If | TokenKind::Match | TokenKind::Try) {
            return self.say(message).help("as an operand it stands in parentheses");
        }
        if (self.before_text(), found) == ("default", "`-`") {
            return self.say(message).help("put it in parentheses, as in `default (-1)`");
        }
        self.say(message)
    }

    fn after_the_end(&self, found: &str) -> Diagnostic {
        let help = if self.expected.has("NL") {
            "statements and declarations end with their line: begin a new one, or remove this"
        } else if self.expected.has("\",\"") {
            "separate it with a comma, or close the bracket before it"
        } else {
            "something is missing before it"
        };
        self.say(format!("{found} cannot follow here")).help(help)
    }
}
