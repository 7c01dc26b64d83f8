//! Nested lists, and their layout.
//!
//! In: atoms and lists. Out: text in which a list stands on one line if it fits, and otherwise has its
//! leading atoms on its first line and each further element on a line of its own.

const WIDTH: usize = 100;
const STEP: usize = 2;

#[derive(Clone, Debug)]
pub(super) enum Sexp {
    Atom(String),
    List(Vec<Sexp>),
}

impl Sexp {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Sexp::Atom(text.into())
    }

    /// A quoted string.
    pub(super) fn quoted(text: &str) -> Self {
        Sexp::Atom(format!("{text:?}"))
    }

    /// `(head ..)`
    pub(super) fn node(head: &str, rest: impl IntoIterator<Item = Sexp>) -> Self {
        Sexp::List(std::iter::once(Sexp::atom(head)).chain(rest).collect())
    }

    /// `(head inner)`, or nothing.
    pub(super) fn optional(head: &str, inner: Option<Sexp>) -> Option<Self> {
        inner.map(|inner| Sexp::node(head, [inner]))
    }

    /// The word if the flag is set.
    pub(super) fn flag(word: &str, set: bool) -> Option<Self> {
        set.then(|| Sexp::atom(word))
    }

    /// The text, ending in a newline.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    /// The length on one line, or `None` if it is more than `most`.
    fn width(&self, most: usize) -> Option<usize> {
        match self {
            Sexp::Atom(text) => Some(text.chars().count()).filter(|w| *w <= most),
            Sexp::List(parts) => {
                let mut width = parts.len().max(1) + 1;
                for part in parts {
                    width += part.width(most.checked_sub(width)?)?;
                }
                Some(width).filter(|w| *w <= most)
            }
        }
    }

    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Sexp::Atom(text) => out.push_str(text),
            Sexp::List(_) if self.width(WIDTH.saturating_sub(indent)).is_some() => self.flat(out),
            Sexp::List(parts) => {
                out.push('(');
                let atoms = parts.iter().take_while(|p| matches!(p, Sexp::Atom(_))).count();
                for (at, part) in parts.iter().enumerate() {
                    if at >= atoms {
                        out.push('\n');
                        out.extend(std::iter::repeat_n(' ', indent + STEP));
                    } else if at > 0 {
                        out.push(' ');
                    }
                    part.write(out, indent + STEP);
                }
                out.push(')');
            }
        }
    }

    fn flat(&self, out: &mut String) {
        match self {
            Sexp::Atom(text) => out.push_str(text),
            Sexp::List(parts) => {
                out.push('(');
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        out.push(' ');
                    }
                    part.flat(out);
                }
                out.push(')');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sexp;

    #[test]
    fn long_lists_are_broken() {
        let long =
            Sexp::node("f", [Sexp::atom("a"), Sexp::node("g", [Sexp::atom("x".repeat(99))])]);
        let inner = "x".repeat(99);
        assert_eq!(long.render(), format!("(f a\n  (g {inner}))\n"));
        assert_eq!(Sexp::node("f", [Sexp::node("g", [])]).render(), "(f (g))\n");
    }
}
