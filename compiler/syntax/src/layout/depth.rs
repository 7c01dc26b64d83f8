//! How deep the tree will be.
//!
//! In: the tokens, one by one. Out: whether the tree still is shallow enough.
//! Holds always: the count is at least the depth of what the grammar builds from brackets, operators,
//! postfix chains and type arguments, up to a small factor.

use crate::MAX_DEPTH;
use crate::token::TokenKind;

#[derive(Default)]
pub(super) struct Depth {
    level: Level,
    outer: Vec<Level>,
}

/// One bracket's content since its last separator.
#[derive(Clone, Copy, Default)]
struct Level {
    /// The depth at which the bracket stands.
    base: usize,
    /// Operators and other words that nest what follows or precedes them.
    operators: usize,
    /// Dots, calls and the like since the last operator.
    chain: usize,
    /// Open `<`, perhaps of type arguments; a comma does not close them.
    angles: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.base + self.operators + self.chain + self.angles
    }
}

impl Depth {
    /// Counts a token; `false` if it lies too deep.
    #[inline]
    pub(super) fn token(&mut self, kind: TokenKind) -> bool {
        use TokenKind::*;
        match kind {
            LParen | LBracket | LBrace | StrHead => self.open(),
            RParen | RBracket | RBrace | StrTail => self.close(),
            Newline => self.level = Level { base: self.level.base, ..Level::default() },
            Comma | Semicolon => {
                self.level.operators = 0;
                self.level.chain = 0;
            }
            Dot | Question | PathSep => self.level.chain += 1,
            Lt => self.level.angles += 1,
            Gt | JointGt => self.level.angles = self.level.angles.saturating_sub(1),
            _ if nests(kind) => {
                self.level.operators += 1;
                self.level.chain = 0;
            }
            _ => {}
        }
        self.level.depth() <= MAX_DEPTH
    }

    fn open(&mut self) {
        self.level.chain += 1;
        let base = self.level.depth();
        self.outer.push(self.level);
        self.level = Level { base, ..Level::default() };
    }

    fn close(&mut self) {
        if let Some(outer) = self.outer.pop() {
            self.level = outer;
        }
    }
}

/// Whether a token makes what stands beside it its child.
fn nests(kind: TokenKind) -> bool {
    use TokenKind::*;
    (Arrow..=ShlEq).contains(&kind) && !matches!(kind, Underscore | Eq)
        || matches!(kind, Else | In | View | Await | Deploy | Schedule | Forall | Exists)
        || matches!(kind, DotDot | DotDotEq)
}
