//! Kinds of tokens, and tokens.
//!
//! In: nothing. Out: [`Token`], and the one table of words and signs.
//! Holds always: a token has no value of its own; its text is the source under its span.
//!
//! The lexer knows the hard words. Contextual words (`state`, `from`, `index`, ..) leave it as
//! [`TokenKind::Ident`]; the layout layer turns them into words where they stand as such.

use deed_base::Span;

/// One token of the source, trivia included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

macro_rules! token_kinds {
    (
        classes { $($class:ident = $class_text:literal,)* }
        signs { $($sign:ident = $sign_text:literal,)* }
        hard { $($hard:ident = $hard_text:literal,)* }
        contextual { $($ctx:ident = $ctx_text:literal,)* }
    ) => {
        /// What a token is.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum TokenKind { $($class,)* $($sign,)* $($hard,)* $($ctx,)* }

        impl TokenKind {
            /// The text of a sign or a word; for the others a few words in their stead.
            pub fn text(self) -> &'static str {
                match self {
                    $(TokenKind::$class => $class_text,)*
                    $(TokenKind::$sign => $sign_text,)*
                    $(TokenKind::$hard => $hard_text,)*
                    $(TokenKind::$ctx => $ctx_text,)*
                }
            }

            /// The kind of a reserved word.
            pub(crate) fn hard_word(text: &[u8]) -> Option<TokenKind> {
                static WORDS: Words = Words::of(&[$(($hard_text, TokenKind::$hard)),*]);
                WORDS.find(text)
            }

            /// The kind a contextual word has where its context holds.
            pub(crate) fn contextual_word(text: &[u8]) -> Option<TokenKind> {
                static WORDS: Words = Words::of(&[$(($ctx_text, TokenKind::$ctx)),*]);
                WORDS.find(text)
            }

            /// Whether it is reserved everywhere but after `.` and `fn` and before `:`.
            #[inline]
            pub fn is_hard_word(self) -> bool {
                matches!(self, $(TokenKind::$hard)|*)
            }

            /// Whether it is a word by its context.
            pub fn is_contextual_word(self) -> bool {
                matches!(self, $(TokenKind::$ctx)|*)
            }
        }
    };
}

token_kinds! {
    classes {
        Ident = "a name",
        Int = "a number",
        Str = "a string",
        StrHead = "the start of a string",
        StrMid = "the middle of a string",
        StrTail = "the end of a string",
        Bytes = "a byte string",
        Comment = "a comment",
        DocComment = "a doc comment",
        ModuleDoc = "a module's doc comment",
        Newline = "the end of the line",
        Bad = "an unknown character",
        End = "the end of the file",
    }
    signs {
        LParen = "(", RParen = ")",
        LBracket = "[", RBracket = "]",
        LBrace = "{", RBrace = "}",
        Comma = ",", Semicolon = ";", Colon = ":", PathSep = "::",
        Dot = ".", DotStar = ".*", DotDot = "..", DotDotEq = "..=",
        Arrow = "->", FatArrow = "=>", Underscore = "_",
        Question = "?", Coalesce = "??", Bang = "!",
        Plus = "+", Minus = "-", Star = "*", Slash = "/", Percent = "%",
        Amp = "&", Pipe = "|", Caret = "^", Shl = "<<",
        AmpAmp = "&&", PipePipe = "||", Implies = "==>",
        EqEq = "==", BangEq = "!=", Lt = "<", LtEq = "<=", Gt = ">", GtEq = ">=",
        JointGt = ">>",
        Eq = "=", PlusEq = "+=", MinusEq = "-=", StarEq = "*=", SlashEq = "/=", PercentEq = "%=",
        AmpEq = "&=", PipeEq = "|=", CaretEq = "^=", ShlEq = "<<=",
    }
    hard {
        Use = "use", Const = "const", Fn = "fn", Struct = "struct", Enum = "enum",
        Trait = "trait", Impl = "impl", Pub = "pub", Async = "async", Entry = "entry",
        View = "view", Test = "test", Ghost = "ghost",
        Let = "let", Var = "var", If = "if", Else = "else", Match = "match", While = "while",
        For = "for", In = "in", Break = "break", Continue = "continue", Return = "return",
        Throw = "throw", Throws = "throws", Try = "try", Catch = "catch", Emit = "emit",
        Deploy = "deploy", Schedule = "schedule", Await = "await", Assert = "assert",
        Assume = "assume", Requires = "requires", Ensures = "ensures", Modifies = "modifies",
        Decreases = "decreases", NoTrap = "no_trap", Invariant = "invariant", Forall = "forall",
        Exists = "exists",
        True = "true", False = "false", SelfWord = "self", Where = "where",
    }
    contextual {
        Module = "module", Asset = "asset", Error = "error", Errors = "errors", Event = "event",
        Interface = "interface", Contract = "contract", Rule = "rule", Implements = "implements",
        Version = "version", Upgrades = "upgrades", State = "state", Step = "step",
        Init = "init", Migrate = "migrate", Upgrade = "upgrade", Policy = "policy", By = "by",
        Every = "every", Cron = "cron", Missed = "missed",
        Payable = "payable", Spec = "spec", Native = "native", Reentrant = "reentrant",
        Traced = "traced", Counter = "counter", Index = "index",
        Inout = "inout", Take = "take", Linear = "linear", Default = "default", As = "as",
        From = "from", Value = "value", Gas = "gas", Salt = "salt", Timeout = "timeout", At = "at",
        When = "when", Exactly = "exactly", Reject = "reject",
        Expect = "expect", Trap = "trap", Warp = "warp", To = "to",
        Never = "never", Only = "only", Then = "then", Without = "without", Flow = "flow",
        Read = "read", Write = "write", CallWord = "call",
        Finally = "finally", Par = "par",
    }
}

/// Words by their first letter and length, by which alone most names are none.
struct Words {
    words: &'static [(&'static str, TokenKind)],
    /// For each letter and length the first word, counted from 1, or 0.
    first: [u8; LETTERS * LENGTHS],
    /// For each word the next one of its letter and length.
    next: [u8; MOST_WORDS],
}

const LETTERS: usize = 26;
const LENGTHS: usize = 16;
const MOST_WORDS: usize = 64;

impl Words {
    /// Those of small letters; one that is too long, or too many of them, do not compile.
    const fn of(words: &'static [(&'static str, TokenKind)]) -> Self {
        let mut first = [0; LETTERS * LENGTHS];
        let mut next = [0; MOST_WORDS];
        let mut at = 0;
        while at < words.len() {
            let word = words[at].0.as_bytes();
            assert!(word.len() < LENGTHS);
            let slot = (word[0] - b'a') as usize * LENGTHS + word.len();
            next[at] = first[slot];
            at += 1;
            first[slot] = at as u8;
        }
        Words { words, first, next }
    }

    #[inline]
    fn find(&self, text: &[u8]) -> Option<TokenKind> {
        let letter = text.first().map_or(LETTERS, |first| first.wrapping_sub(b'a').into());
        if letter >= LETTERS || text.len() >= LENGTHS {
            return None;
        }
        let mut at: usize = self.first[letter * LENGTHS + text.len()].into();
        while at > 0 {
            let (word, kind) = self.words[at - 1];
            if word.as_bytes() == text {
                return Some(kind);
            }
            at = self.next[at - 1].into();
        }
        None
    }
}

impl TokenKind {
    /// Comments and line ends: what the grammar does not see.
    pub fn is_trivia(self) -> bool {
        use TokenKind::*;
        matches!(self, Comment | DocComment | ModuleDoc | Newline)
    }

    /// As messages name it: signs and words in backquotes, classes in words.
    pub fn describe(self) -> String {
        if self < TokenKind::LParen { self.text().to_owned() } else { format!("`{}`", self.text()) }
    }
}
