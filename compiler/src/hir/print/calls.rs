//! The text of calls of other contracts and of `try`.

use super::body::Printer;
use crate::hir::{CallOption, Catch, CatchField, CatchKind, External, Try};
use crate::ty::Ty;

impl Printer<'_> {
    pub(super) fn external(&self, external: &External) -> String {
        match external {
            External::At { of, args } => format!("{}.at({})", self.callee(of), self.args(args)),
            External::Call { call, options } => {
                format!("{}{}", self.expr(call), self.options(options))
            }
            External::Deploy { contract, args, options } => {
                let name = &self.package.contracts[*contract].name.text;
                format!("deploy {name}({}){}", self.args(args), self.options(options))
            }
            External::Pay(args) => format!("pay({})", self.args(args)),
            External::Balance => "self.balance".to_owned(),
            External::Unique(args) => format!("tx.unique({})", self.args(args)),
        }
    }

    fn callee(&self, of: &Ty) -> &str {
        match of {
            Ty::Interface(id) => &self.package.interfaces[*id].name.text,
            Ty::Contract(id) => &self.package.contracts[*id].name.text,
            _ => "?",
        }
    }

    fn options(&self, options: &[CallOption]) -> String {
        let option = |o: &CallOption| format!(" {} {}", o.kind.word(), self.expr(&o.value));
        options.iter().map(option).collect()
    }

    pub(super) fn attempt(&self, attempt: &Try) -> String {
        let catches: String = attempt.catches.iter().map(|catch| self.catch(catch)).collect();
        format!("try {}{catches}", self.inline(&attempt.body))
    }

    fn catch(&self, catch: &Catch) -> String {
        let what = match &catch.kind {
            CatchKind::Any(local) => local.map_or("_".to_owned(), |local| self.local(local)),
            CatchKind::Invalid => "?".to_owned(),
            CatchKind::Errors(errors) => {
                let names =
                    errors.iter().map(|error| self.package.errors[*error].name.text.as_str());
                names.collect::<Vec<_>>().join(" | ")
            }
            CatchKind::Error { error, fields, rest } => {
                let mut parts: Vec<String> = fields.iter().map(|f| self.catch_field(f)).collect();
                parts.extend(rest.then(|| "..".to_owned()));
                format!("{}({})", self.package.errors[*error].name.text, parts.join(", "))
            }
        };
        format!(" catch {what} {}", self.inline(&catch.body))
    }

    fn catch_field(&self, field: &CatchField) -> String {
        let local = field.local.map_or("_".to_owned(), |local| self.local(local));
        match &field.name {
            Some(name) => format!("{}: {local}", name.text),
            None => local,
        }
    }
}
