//! Patterns of the resolved tree as text.

use super::super::{Arm, Pattern, PatternArg, PatternKind};
use super::body::Printer;

impl Printer<'_> {
    pub(super) fn arm(&self, arm: &Arm) -> String {
        let guard = arm.guard.as_ref().map(|guard| format!(" if {}", self.expr(guard)));
        let (pattern, body) = (self.pattern(&arm.pattern), self.expr(&arm.body));
        format!("{pattern}{} => {body}", guard.unwrap_or_default())
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> String {
        match &pattern.kind {
            PatternKind::Wildcard => "_".to_owned(),
            PatternKind::Bind(local) => self.local(*local),
            PatternKind::Value(value) => self.expr(value),
            PatternKind::Range { start, end, inclusive } => {
                let dots = if *inclusive { "..=" } else { ".." };
                let text = |end: &Option<Box<_>>| {
                    end.as_ref().map(|end| self.expr(end)).unwrap_or_default()
                };
                format!("{}{dots}{}", text(start), text(end))
            }
            PatternKind::Case(case, args) if args.is_empty() => case.name().to_owned(),
            PatternKind::Case(case, args) => format!("{}({})", case.name(), self.parts(args)),
            PatternKind::Variant { of, name, args } => {
                let of = of.map_or("", |id| self.enum_name(id));
                let args = args.as_ref().map(|args| format!("({})", self.parts(args)));
                format!("{of}.{}{}", name.text, args.unwrap_or_default())
            }
            PatternKind::Struct { id, fields, rest } => {
                let fields = fields.iter();
                let fields = fields.map(|(n, p)| format!("{}: {}", n.text, self.pattern(p)));
                let rest = rest.then(|| "..".to_owned());
                let fields: Vec<String> = fields.chain(rest).collect();
                format!("{} {{ {} }}", self.struct_name(*id), fields.join(", "))
            }
            PatternKind::Tuple(parts) => format!("({})", self.parts(parts)),
            PatternKind::Array(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.pattern(part)).collect();
                format!("[{}]", parts.join(", "))
            }
            PatternKind::RestBind(local) => format!("..{}", self.local(*local)),
            PatternKind::Rest => "..".to_owned(),
            PatternKind::Or(all) => {
                all.iter().map(|pattern| self.pattern(pattern)).collect::<Vec<_>>().join(" | ")
            }
            PatternKind::Error => "?".to_owned(),
        }
    }

    fn parts(&self, args: &[PatternArg]) -> String {
        let part = |arg: &PatternArg| match &arg.name {
            Some(name) => format!("{}: {}", name.text, self.pattern(&arg.pattern)),
            None => self.pattern(&arg.pattern),
        };
        args.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}
