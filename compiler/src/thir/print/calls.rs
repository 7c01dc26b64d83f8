//! The text of what concerns other contracts.

use super::body::Printer;
use super::ty;
use crate::thir::{CallOptions, Catch, CatchKind, External, Try};
use crate::ty::Ty;

impl Printer<'_> {
    pub(super) fn external(&self, external: &External, of: &Ty) -> String {
        match external {
            External::At(address) => format!("{}.at({})", ty(of, self.package), self.expr(address)),
            External::Address(contract) => format!("{}.address", self.expr(contract)),
            External::Call(call) => {
                let (target, args) = (self.expr(&call.target), self.list(&call.args));
                let name = &self.package.functions[call.function].name.text;
                format!("{target}.{name}({args}){}", self.options(&call.options))
            }
            External::Deploy(deploy) => {
                let name = &self.package.contracts[deploy.contract].name.text;
                let salt = deploy.salt.as_ref().map(|salt| format!(" salt {}", self.expr(salt)));
                let (args, salt) = (self.list(&deploy.args), salt.unwrap_or_default());
                format!("deploy {name}({args}){salt}{}", self.options(&deploy.options))
            }
            External::Pay { to, amount } => {
                format!("pay({}, {})", self.expr(to), self.expr(amount))
            }
            External::Balance => "self.balance".to_owned(),
            External::Unique => "tx.unique()".to_owned(),
        }
    }

    fn options(&self, options: &CallOptions) -> String {
        let value = options.value.iter().map(|value| format!(" value {}", self.expr(value)));
        let gas = options.gas.iter().map(|gas| format!(" gas {}", self.expr(gas)));
        value.chain(gas).collect()
    }

    pub(super) fn attempt(&self, attempt: &Try) -> String {
        let catches = attempt.catches.iter().map(|catch| self.catch(catch)).collect::<String>();
        format!("try {}{catches}", self.inline(&attempt.body))
    }

    fn catch(&self, catch: &Catch) -> String {
        let local = |local: &Option<_>| match local {
            Some(local) => self.locals[*local].name.text.as_str(),
            None => "_",
        };
        let what = match &catch.kind {
            CatchKind::Any(binding) => local(binding).to_owned(),
            CatchKind::Errors(errors) => {
                let names =
                    errors.iter().map(|error| self.package.errors[*error].name.text.as_str());
                names.collect::<Vec<_>>().join(" | ")
            }
            CatchKind::Error { error, fields } => {
                let fields: Vec<&str> = fields.iter().map(local).collect();
                format!("{}({})", self.package.errors[*error].name.text, fields.join(", "))
            }
        };
        format!(" catch {what} {}", self.inline(&catch.body))
    }
}
