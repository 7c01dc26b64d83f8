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
            pub(crate) fn hard_word(text: &str) -> Option<TokenKind> {
                const SHAPES: Shapes = Shapes::of(&[$($hard_text),*]);
                match text {
                    _ if !SHAPES.fit(text) => None,
                    $($hard_text => Some(TokenKind::$hard),)*
                    _ => None,
                }
            }

            /// The kind a contextual word has where its context holds.
            pub(crate) fn contextual_word(text: &str) -> Option<TokenKind> {
                const SHAPES: Shapes = Shapes::of(&[$($ctx_text),*]);
                match text {
                    _ if !SHAPES.fit(text) => None,
                    $($ctx_text => Some(TokenKind::$ctx),)*
                    _ => None,
                }
            }

            /// Whether it is reserved everywhere but after `.` and `fn` and before `:`.
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
        Decreases = "decreases", Invariant = "invariant", Forall = "forall", Exists = "exists",
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

/// For each first letter the lengths of the words with it, as bits: most names are no words by these
/// alone.
struct Shapes([u32; 26]);

impl Shapes {
    /// Those of words of small letters, all shorter than 32.
    const fn of(words: &[&str]) -> Self {
        let mut lengths = [0; 26];
        let mut at = 0;
        while at < words.len() {
            let word = words[at].as_bytes();
            lengths[(word[0] - b'a') as usize] |= 1 << word.len();
            at += 1;
        }
        Shapes(lengths)
    }

    #[inline]
    fn fit(&self, text: &str) -> bool {
        let letter = text.as_bytes().first().map_or(u8::MAX, |first| first.wrapping_sub(b'a'));
        let lengths = self.0.get(usize::from(letter)).copied().unwrap_or(0);
        text.len() < 32 && lengths >> text.len() & 1 == 1
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
