//! The text of what goes on later, of queries and of tests.

use super::body::Printer;
use super::ty;
use crate::thir::{
    ACCOUNTS, Chain, Column, ColumnTest, Condition, Expected, Expr, Query, QuerySource, TestExpr,
    TestStmt,
};
use crate::ty::Ty;

impl Printer<'_> {
    pub(super) fn chain(&self, chain: &Chain, of: &Ty) -> String {
        match chain {
            Chain::Await(wait) => {
                let call = &wait.call;
                let name = &self.package.functions[call.function].name.text;
                let (target, args) = (self.expr(&call.target), self.list(&call.args));
                format!("await {target}.{name}({args}) timeout {}", self.expr(&wait.timeout))
            }
            Chain::Schedule(work) => {
                let name = &self.package.functions[work.function].name.text;
                let (args, at, gas) =
                    (self.list(&work.args), self.expr(&work.at), self.expr(&work.gas));
                format!("schedule self.{name}({args}) at {at} gas {gas}")
            }
            Chain::Cancel(handle) => format!("{}.cancel()", self.expr(handle)),
            Chain::Query(query) => self.query(query),
            Chain::Table(call) => {
                let (table, args) = (self.place(&call.table), self.list(&call.args));
                format!("{table}.{}({args})", call.op.name())
            }
            Chain::Provenance(place) => format!("provenance({})", self.place(place)),
            Chain::Inflight => format!("inflight::<{}>", ty(of, self.package)),
            Chain::Slot => "tx.slot".to_owned(),
        }
    }

    fn query(&self, query: &Query) -> String {
        let source = match &query.source {
            QuerySource::Event(id) => self.package.events[*id].name.text.to_string(),
            QuerySource::Events(id) => {
                format!("{}.events", self.package.contracts[*id].name.text)
            }
            QuerySource::Table(table) => self.place(table),
        };
        let conditions = query.conditions.iter().map(|condition| self.condition(condition));
        let conditions = conditions.collect::<Vec<_>>().join(", ");
        let end = if query.last { "last" } else { "first" };
        format!("{source}.where({conditions}).{end}({})", self.expr(&query.count))
    }

    fn condition(&self, condition: &Condition) -> String {
        let column = self.column(&condition.column);
        let end = |end: &Option<Expr>| end.as_ref().map(|end| self.expr(end)).unwrap_or_default();
        match &condition.test {
            ColumnTest::Is(value) => format!("{column} == {}", self.expr(value)),
            ColumnTest::In { start, end: last, inclusive } => {
                let dots = if *inclusive { "..=" } else { ".." };
                format!("{column} in {}{dots}{}", end(start), end(last))
            }
        }
    }

    fn column(&self, column: &Column) -> String {
        match column {
            Column::Event(event, field) => {
                let fields = &self.package.events[*event].fields;
                let name = fields.get(*field as usize).map(|field| field.name.text.as_str());
                format!(".{}", name.unwrap_or_default())
            }
            Column::Row(field) => format!(".{field:?}"),
            Column::Shared(name) => format!(".{name}"),
            Column::Height => ".height".to_owned(),
            Column::Transaction => ".transaction".to_owned(),
            Column::Log => ".log".to_owned(),
        }
    }

    pub(super) fn test_expr(&self, test: &TestExpr) -> String {
        match test {
            TestExpr::Known(index) => {
                ACCOUNTS.get(*index as usize).copied().unwrap_or_default().to_owned()
            }
            TestExpr::Account(name) => format!("account({})", self.expr(name)),
            TestExpr::PublicKey(name) => format!("public_key({})", self.expr(name)),
            TestExpr::Sign { name, message } => {
                format!("sign({}, {})", self.expr(name), self.expr(message))
            }
            TestExpr::From { call, who } => format!("{} from {}", self.expr(call), self.expr(who)),
        }
    }

    pub(super) fn test_stmt(&self, test: &TestStmt) -> String {
        match test {
            TestStmt::Warp { by: true, amount } => format!("warp by {}", self.expr(amount)),
            TestStmt::Warp { by: false, amount } => format!("warp to {}", self.expr(amount)),
            TestStmt::Assert(value) => format!("assert {}", self.expr(value)),
            TestStmt::Assume(value) => format!("assume {}", self.expr(value)),
            TestStmt::Expect { what, call } => {
                format!("expect {} in {}", self.expected(what), self.expr(call))
            }
        }
    }

    fn expected(&self, what: &Expected) -> String {
        let list = |fields: &[Option<Expr>]| {
            let one =
                |field: &Option<Expr>| field.as_ref().map_or("_".to_owned(), |e| self.expr(e));
            fields.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        match what {
            Expected::Throw { error, fields } => {
                format!("throw {}({})", self.package.errors[*error].name.text, list(fields))
            }
            Expected::Trap(kind) => format!("trap {}", kind.name()),
            Expected::OutOfGas => "trap out_of_gas".to_owned(),
            Expected::Emit { event, fields } => {
                format!("emit {}({})", self.package.events[*event].name.text, list(fields))
            }
        }
    }
}
