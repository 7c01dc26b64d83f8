//! The arms that a `match` lacks.

use deed_base::Span;
use deed_compiler::thir::Package;
use deed_compiler::ty::Ty;
use deed_syntax::ast::{Arm, ExprKind, LiteralPattern, Pattern, PatternKind};

use super::{Assist, Kind, indentation, type_of};
use crate::analysis::Analysis;
use crate::analysis::syntax::{self, Node};
use crate::features::format::Change;

/// A case of a type: its name, and its pattern as one writes it.
struct Case {
    name: String,
    pattern: String,
}

/// An arm for each case of the subject's type that no arm without a guard fits.
pub(super) fn fill_match_arms(analysis: &Analysis, range: Span) -> Option<Assist> {
    let module = analysis.module(range.source)?;
    let around = syntax::around(module, range);
    let (whole, it) = around.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Match(it) => Some((expr.span, it)),
            _ => None,
        },
        _ => None,
    })?;
    let cases = cases(&analysis.thir, type_of(analysis, it.subject.span)?);
    let mut covered = Vec::new();
    for arm in it.arms.iter().filter(|arm| arm.guard.is_none()) {
        cover(&arm.pattern, &mut covered)?;
    }
    let missing = cases.iter().filter(|case| !covered.contains(&case.name));
    let source = analysis.source(range.source);
    let indent = indentation(source, whole.start);
    let arms: String =
        missing.map(|case| format!("{indent}    {} => {{ }}\n", case.pattern)).collect();
    if arms.is_empty() || !source.slice(whole).ends_with('}') {
        return None;
    }
    let change = insertion(source.slice(whole), whole, &it.arms, &indent, &arms);
    let title = "Write the missing arms".to_owned();
    Some(Assist { title, kind: Kind::Write, changes: vec![change] })
}

/// The arms, before the closing brace.
fn insertion(text: &str, whole: Span, arms: &[Arm], indent: &str, new: &str) -> Change {
    let last = arms.last().map(|arm| arm.span.end);
    let open = text.rfind('{').map_or(whole.end, |at| whole.start + at as u32 + 1);
    let start = last.unwrap_or(open).min(whole.end - 1);
    let span = Span { start, end: whole.end - 1, ..whole };
    // What stands behind the last arm stays, a comment say.
    let rest = &text[(start - whole.start) as usize..text.len() - 1];
    let rest = rest.trim_end();
    Change { span, text: format!("{rest}\n{new}{indent}") }
}

/// Adds the cases that a pattern covers wholly; nothing where it covers all of them.
fn cover(pattern: &Pattern, found: &mut Vec<String>) -> Option<()> {
    let binds = |inner: &Pattern| {
        matches!(inner.kind, PatternKind::Name(_) | PatternKind::Wildcard | PatternKind::Rest(_))
    };
    match &pattern.kind {
        PatternKind::Wildcard => return None,
        PatternKind::Name(name) if name.as_str() == "None" => found.push("None".to_owned()),
        PatternKind::Name(_) => return None,
        PatternKind::Implicit(name) => found.push(name.as_str().to_owned()),
        PatternKind::Path(path) => found.extend(path.last().map(|n| n.as_str().to_owned())),
        PatternKind::Call { path, args } if args.iter().all(|arg| binds(&arg.pattern)) => {
            found.extend(path.last().map(|name| name.as_str().to_owned()));
        }
        PatternKind::ImplicitCall { name, args } if args.iter().all(|a| binds(&a.pattern)) => {
            found.push(name.as_str().to_owned());
        }
        PatternKind::Literal(LiteralPattern::Bool(value)) => found.push(value.to_string()),
        PatternKind::Or(parts) => {
            for part in parts {
                cover(part, found)?;
            }
        }
        _ => {}
    }
    Some(())
}

fn cases(package: &Package, ty: &Ty) -> Vec<Case> {
    let plain = |name: &str, pattern: &str| Case { name: name.into(), pattern: pattern.into() };
    match ty {
        Ty::Option(_) => vec![plain("Some", "Some(value)"), plain("None", "None")],
        Ty::Result(..) => vec![plain("Ok", "Ok(value)"), plain("Err", "Err(error)")],
        Ty::Bool => vec![plain("true", "true"), plain("false", "false")],
        Ty::Enum(id, _) => {
            let variants = package.enums[*id].variants.values();
            let case = |variant: &deed_compiler::thir::Variant| {
                let name = variant.name.text.to_string();
                let fields = variant.fields.iter().enumerate().map(|(at, field)| {
                    let is_number = field.name.text.starts_with(|c: char| c.is_ascii_digit());
                    if is_number { format!("part{at}") } else { field.name.text.to_string() }
                });
                let fields: Vec<String> = fields.collect();
                let pattern = match fields.is_empty() {
                    true => format!(".{name}"),
                    false => format!(".{name}({})", fields.join(", ")),
                };
                Case { name, pattern }
            };
            variants.map(case).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::applied;

    fn filled(arms: &str) -> Option<String> {
        let head = "module m\nenum Side { Left, Right(u64), Both(a: u64, b: u64) }\n";
        let text = format!("{head}fn f(side: Side, o: Option<u64>) {{\n    {arms}\n}}\n");
        let shown = applied(&text, "Write the missing arms")?;
        let body = shown.split_once("<u64>) {\n")?.1;
        Some(body.strip_suffix("\n}\n")?.to_owned())
    }

    #[test]
    fn missing_arms_are_written_behind_the_others() {
        let shown = filled("match si$0de {\n        .Left => { }\n    }").expect("arms");
        assert_eq!(
            shown,
            "    match side {\n        .Left => { }\n        .Right(part0) => { }\n        \
             .Both(a, b) => { }\n    }"
        );
        let all = filled("match $0o { }").expect("arms");
        assert_eq!(all, "    match o {\n        Some(value) => { }\n        None => { }\n    }");
    }

    #[test]
    fn where_nothing_is_missing_nothing_is_offered() {
        assert_eq!(filled("match si$0de { .Left => { }, _ => { } }"), None);
        assert_eq!(filled("match $0o { Some(x) => { }, None => { } }"), None);
        assert!(filled("match $0o { Some(1) => { }, None => { } }").is_some());
    }
}
