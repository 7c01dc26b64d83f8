//! The text of what goes on later, and of tests.

use super::body::Printer;
use crate::hir::{Chain, Expected, Query, QuerySource, TestExpr, TestStmt, Wanted};
use crate::thir::ACCOUNTS;

impl Printer<'_> {
    pub(super) fn chain(&self, chain: &Chain) -> String {
        let suffix = |word: &str, value: &Option<crate::hir::Expr>| match value {
            Some(value) => format!(" {word} {}", self.expr(value)),
            None => String::new(),
        };
        match chain {
            Chain::Await { call, timeout } => {
                format!("await {}{}", self.expr(call), suffix("timeout", timeout))
            }
            Chain::Schedule { call, at, gas } => {
                let call = self.expr(call);
                format!("schedule {call}{}{}", suffix("at", at), suffix("gas", gas))
            }
            Chain::Query(query) => self.query(query),
            Chain::Provenance(args) => format!("provenance({})", self.args(args)),
            Chain::Inflight(of) => {
                format!("inflight::<{}>", of.as_ref().map_or("?".to_owned(), |ty| self.ty(ty)))
            }
            Chain::Slot => "tx.slot".to_owned(),
        }
    }

    fn query(&self, query: &Query) -> String {
        let source = match &query.source {
            QuerySource::Event(id) => self.package.events[*id].name.text.to_string(),
            QuerySource::Events(id) => {
                format!("{}.events", self.package.contracts[*id].name.text)
            }
            QuerySource::Value(value) => self.expr(value),
        };
        let conditions = query.conditions.iter().map(|condition| {
            let word = if condition.range { "in" } else { "==" };
            format!("{} {word} {}", condition.column.text, self.expr(&condition.value))
        });
        let conditions = conditions.collect::<Vec<_>>().join(", ");
        let end = query.end.iter().map(|(n, args)| format!(".{}({})", n.text, self.args(args)));
        format!("{source}.where({conditions}){}", end.collect::<String>())
    }

    pub(super) fn test_expr(&self, test: &TestExpr) -> String {
        match test {
            TestExpr::Known(index) => {
                ACCOUNTS.get(*index as usize).copied().unwrap_or_default().to_owned()
            }
            TestExpr::Account(args) => format!("account({})", self.args(args)),
            TestExpr::PublicKey(args) => format!("public_key({})", self.args(args)),
            TestExpr::Sign(args) => format!("sign({})", self.args(args)),
            TestExpr::From { call, who } => format!("{} from {}", self.expr(call), self.expr(who)),
        }
    }

    pub(super) fn test_stmt(&self, test: &TestStmt) -> String {
        match test {
            TestStmt::Warp { by: true, amount } => format!("warp by {}", self.expr(amount)),
            TestStmt::Warp { by: false, amount } => format!("warp to {}", self.expr(amount)),
            TestStmt::Expect { what, call } => {
                let what = match what {
                    Expected::Throw(wanted) => {
                        let name = &self.package.errors[wanted.of].name.text;
                        format!("throw {}", self.wanted(name, wanted))
                    }
                    Expected::Emit(wanted) => {
                        let name = &self.package.events[wanted.of].name.text;
                        format!("emit {}", self.wanted(name, wanted))
                    }
                    Expected::Trap(kind) => format!("trap {}", kind.text),
                    Expected::Error => "?".to_owned(),
                };
                format!("expect {what} in {}", self.expr(call))
            }
        }
    }

    fn wanted<T>(&self, name: &str, wanted: &Wanted<T>) -> String {
        let open = if wanted.open { ".." } else { "" };
        format!("{name}({}{open})", self.args(&wanted.args))
    }
}
