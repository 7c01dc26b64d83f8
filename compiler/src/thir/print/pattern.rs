//! Patterns of the typed tree as text.

use num_bigint::BigInt;

use super::super::{Arm, Pattern, PatternKind};
use super::body::Printer;
use super::ty;
use crate::ty::Ty;

impl Printer<'_> {
    pub(super) fn arm(&self, arm: &Arm) -> String {
        let guard = arm.guard.as_ref().map(|guard| format!(" if {}", self.expr(guard)));
        let (pattern, body) = (self.pattern(&arm.pattern), self.inline(&arm.body));
        format!("{pattern}{} => {body}", guard.unwrap_or_default())
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> String {
        let all = |parts: &[Pattern], by: &str| {
            parts.iter().map(|part| self.pattern(part)).collect::<Vec<_>>().join(by)
        };
        let of = || ty(&pattern.ty, self.package);
        match &pattern.kind {
            PatternKind::Wildcard => "_".to_owned(),
            PatternKind::Bind(local) => self.locals[*local].name.text.to_string(),
            PatternKind::Value(value) => value.to_string(),
            PatternKind::Range { start, end, inclusive } => {
                let dots = if *inclusive { "..=" } else { ".." };
                let text =
                    |end: &Option<BigInt>| end.as_ref().map(BigInt::to_string).unwrap_or_default();
                format!("{}{dots}{}", text(start), text(end))
            }
            PatternKind::Case(case, parts) if parts.is_empty() => case.name().to_owned(),
            PatternKind::Case(case, parts) => format!("{}({})", case.name(), all(parts, ", ")),
            PatternKind::Variant(variant, parts) => {
                let name = match &pattern.ty {
                    Ty::Enum(id, _) => &self.package.enums[*id].variants[*variant].name.text,
                    _ => "?",
                };
                match parts.is_empty() {
                    true => format!("{}.{name}", of()),
                    false => format!("{}.{name}({})", of(), all(parts, ", ")),
                }
            }
            PatternKind::Struct(_, parts) => format!("{} {{ {} }}", of(), all(parts, ", ")),
            PatternKind::Tuple(parts) => format!("({})", all(parts, ", ")),
            PatternKind::Array { parts, rest } => {
                let mut texts: Vec<String> = parts.iter().map(|part| self.pattern(part)).collect();
                if let Some((at, rest)) = rest {
                    let rest = match &rest.kind {
                        PatternKind::Wildcard => String::new(),
                        _ => self.pattern(rest),
                    };
                    texts.insert(*at, format!("..{rest}"));
                }
                format!("[{}]", texts.join(", "))
            }
            PatternKind::Or(parts) => all(parts, " | "),
            PatternKind::Error => "?".to_owned(),
        }
    }
}
