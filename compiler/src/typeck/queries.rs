//! Queries of the chain's index, and tables.
//!
//! Holds always: a query ends in `first` or `last`; each of its columns is declared `index`, or is
//! one that the index itself has; a table holds structs of plain data.

use deed_base::{Diagnostic, Span, Word, catalogue as codes};

use super::args::{Callee, Param};
use super::chain::chain_expr;
use super::cx::{Cx, error_expr};
use super::errors;
use crate::arena::{ContractId, EventId, StructId};
use crate::hir;
use crate::thir::{
    Chain, Column, ColumnTest, Condition, Expr, Name, Place, Query, QuerySource, StructKind,
    TableCall, TableOp,
};
use crate::ty::Ty;

/// The columns that the index itself has.
const OWN: [(&str, Column, Ty); 3] = [
    ("height", Column::Height, Ty::U64),
    ("transaction", Column::Transaction, Ty::U32),
    ("log", Column::Log, Ty::U32),
];

/// A column that rows offer: its name, whether it is indexed, what it is, and its type.
type Offer = (Word, bool, Column, Ty);

impl Cx<'_> {
    /// `source.where(conditions).first(n)`
    pub(super) fn query(&mut self, query: &hir::Query, span: Span) -> Expr {
        let Some((source, row)) = self.query_source(&query.source, span) else {
            self.rest_of_query(query);
            return error_expr(span);
        };
        let offers = self.offers(&source);
        let table = matches!(source, QuerySource::Table(_));
        let conditions: Vec<_> = query
            .conditions
            .iter()
            .map(|condition| self.condition(condition, &offers, table))
            .collect();
        let end = self.query_end(query, span);
        let conditions: Option<Vec<_>> = conditions.into_iter().collect();
        let (Some(conditions), Some((last, count))) = (conditions, end) else {
            return error_expr(span);
        };
        let query = Query { source, conditions, last, count };
        chain_expr(Chain::Query(query), Ty::Vec(Box::new(row)), span)
    }

    /// What is asked, and the type of its rows.
    fn query_source(&mut self, source: &hir::QuerySource, span: Span) -> Option<(QuerySource, Ty)> {
        match source {
            hir::QuerySource::Event(id) => {
                let row = self.items.record_of_event(*id);
                Some((QuerySource::Event(*id), row))
            }
            hir::QuerySource::Events(id) => {
                let row = self.items.record_of_contract(*id);
                Some((QuerySource::Events(*id), row))
            }
            hir::QuerySource::Value(value) => {
                let place = self.place(value)?;
                match self.infer.shallow(&place.ty) {
                    Ty::Table(row) => {
                        let row = Ty::Tuple(vec![Ty::U64, *row]);
                        Some((QuerySource::Table(place), row))
                    }
                    Ty::Error => None,
                    other => {
                        let text = self.show(&other);
                        let message = format!(
                            "`where` asks a `Table`, an event, or `C.events`; this is {text}"
                        );
                        self.d.push(Diagnostic::new(codes::QUERY_CONDITION, span, message));
                        None
                    }
                }
            }
        }
    }

    /// The parts of a query about whose source a message was given.
    fn rest_of_query(&mut self, query: &hir::Query) {
        for condition in &query.conditions {
            let typed = self.muted(|cx| cx.expr(&condition.value, None));
            self.infer.poison(&typed.ty);
        }
        query.end.iter().for_each(|(_, args)| self.ignored(args));
    }

    fn offers(&self, source: &QuerySource) -> Vec<Offer> {
        match source {
            QuerySource::Event(id) => self.event_offers(*id),
            QuerySource::Events(id) => self.shared_offers(*id),
            QuerySource::Table(place) => match self.infer.shallow(&place.ty) {
                Ty::Table(row) => match self.infer.shallow(&row) {
                    Ty::Struct(id, _) => self.row_offers(id),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            },
        }
    }

    fn event_offers(&self, id: EventId) -> Vec<Offer> {
        let fields = self.items.events[id].fields.iter().enumerate();
        let offer = |(at, field): (usize, &crate::thir::DataField)| {
            let column = Column::Event(id, at as u32);
            (field.name.text.clone(), field.index, column, field.ty.clone())
        };
        fields.map(offer).collect()
    }

    /// What events of a contract offer together: each indexed column once.
    fn shared_offers(&self, contract: ContractId) -> Vec<Offer> {
        let mut found: Vec<Offer> = Vec::new();
        let own = self.items.events.values().filter(|event| event.contract == Some(contract));
        for field in own.flat_map(|event| &event.fields) {
            let name = &field.name.text;
            match found.iter_mut().find(|(known, ..)| known == name) {
                // Of columns with one name and different types none can be asked for.
                Some((_, index, _, ty)) => *index = *index && field.index && *ty == field.ty,
                None => {
                    let column = Column::Shared(name.to_string());
                    found.push((name.clone(), field.index, column, field.ty.clone()));
                }
            }
        }
        found
    }

    fn row_offers(&self, id: StructId) -> Vec<Offer> {
        let fields = self.items.structs[id].fields.iter();
        let offer = |(field, def): (_, &crate::thir::StructField)| {
            (def.name.text.clone(), def.index, Column::Row(field), def.ty.clone())
        };
        fields.map(offer).collect()
    }

    fn condition(
        &mut self,
        condition: &hir::Condition,
        offers: &[Offer],
        table: bool,
    ) -> Option<Condition> {
        let found = self.column(condition, offers, table);
        let ty = found.as_ref().map(|(_, ty)| ty.clone()).unwrap_or(Ty::Error);
        let test = match (&condition.value.kind, condition.range) {
            (hir::ExprKind::Range { start, end, inclusive }, true) => {
                let start = start.as_ref().map(|start| self.check(start, &ty));
                let end = end.as_ref().map(|end| self.check(end, &ty));
                ColumnTest::In { start, end, inclusive: *inclusive }
            }
            (_, true) => {
                let typed = self.muted(|cx| cx.expr(&condition.value, None));
                self.infer.poison(&typed.ty);
                let message = "a column lies in a range: `height in h1..h2`";
                let span = condition.value.span;
                self.d.push(Diagnostic::new(codes::QUERY_CONDITION, span, message));
                return None;
            }
            (_, false) => ColumnTest::Is(self.check(&condition.value, &ty)),
        };
        let (column, _) = found?;
        Some(Condition { column, test, span: condition.span })
    }

    /// The column that is meant; reports it if it cannot be asked for.
    fn column(
        &mut self,
        condition: &hir::Condition,
        offers: &[Offer],
        table: bool,
    ) -> Option<(Column, Ty)> {
        let name = &condition.column;
        if !condition.dot && !table {
            let own = OWN.into_iter().find(|(word, ..)| *word == name.text);
            return own.map(|(_, column, ty)| (column, ty));
        }
        let found = offers.iter().find(|(known, ..)| *known == name.text && condition.dot);
        if let Some((_, true, column, ty)) = found {
            return Some((column.clone(), ty.clone()));
        }
        if name.text.is_empty() {
            return None;
        }
        let message = match found {
            Some(_) => format!("`.{}` is not indexed, so no query can ask for it", name.text),
            None => format!("these rows have no column `{}`", name.text),
        };
        let known: Vec<String> = offers
            .iter()
            .filter(|(_, index, ..)| *index)
            .map(|(known, ..)| format!("`.{known}`"))
            .collect();
        let diagnostic = Diagnostic::new(codes::QUERY_COLUMN, name.span, message);
        self.d.push(match (found, known.is_empty()) {
            (Some(_), _) => diagnostic.help("declare the field with `index` before its name"),
            (None, true) => diagnostic.help("none of the fields is declared `index`"),
            (None, false) => diagnostic.help(format!("there is {}", known.join(", "))),
        });
        None
    }

    /// `first(n)` or `last(n)`: which of them, and how many.
    fn query_end(&mut self, query: &hir::Query, span: Span) -> Option<(bool, Expr)> {
        let Some((name, args)) = &query.end else {
            self.d.push(unbounded(span));
            return None;
        };
        let last = match name.text.as_str() {
            "first" => false,
            "last" => true,
            _ => {
                self.ignored(args);
                self.d.push(unbounded(name.span));
                return None;
            }
        };
        let word = Name { text: "count".into(), span: name.span };
        let callee = Callee {
            what: format!("`{}`", name.text),
            declared: name.span,
            params: vec![Param::plain(&word, &Ty::U64)],
        };
        let count = self.args(args, &callee, span).pop()?;
        Some((last, count))
    }

    /// `self.rows.insert(row)` and the like.
    pub(super) fn table_method(
        &mut self,
        table: Place,
        row: &Ty,
        name: &Name,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let Some(op) = TableOp::ALL.into_iter().find(|op| op.name() == name.text) else {
            self.ignored(args);
            if !name.text.is_empty() {
                let known: Vec<_> =
                    TableOp::ALL.iter().map(|op| format!("`{}`", op.name())).collect();
                let known = format!("a table has {}, and `where`", known.join(", "));
                self.d.push(errors::no_member("a table", name).help(known));
            }
            return error_expr(span);
        };
        let words = ["id", "row"].map(|text| Name { text: text.into(), span: name.span });
        let (id, whole) = (Param::plain(&words[0], &Ty::U64), Param::plain(&words[1], row));
        let params = match op {
            TableOp::Insert => vec![whole],
            TableOp::Replace => vec![id, whole],
            TableOp::Has | TableOp::Get | TableOp::Take | TableOp::Remove => vec![id],
        };
        let callee = Callee { what: format!("`{}`", op.name()), declared: name.span, params };
        let args = self.args(args, &callee, span);
        let ty = match op {
            TableOp::Insert => Ty::U64,
            TableOp::Has | TableOp::Remove => Ty::Bool,
            TableOp::Get | TableOp::Replace | TableOp::Take => Ty::option(row.clone()),
        };
        chain_expr(Chain::Table(TableCall { op, table, args }), ty, span)
    }

    /// Sees to it that the rows of a table are structs of plain data.
    pub(super) fn table_row(&mut self, row: &Ty, span: Span) {
        let message = match self.infer.shallow(row) {
            Ty::Error => return,
            Ty::Struct(id, _) if self.items.structs[id].kind == StructKind::Asset => {
                "a table holds plain data, and this is an asset; keep it in a `Map`"
            }
            Ty::Struct(..) => return,
            _ => "the rows of a table are structs, whose fields marked `index` are found",
        };
        self.d.push(Diagnostic::new(codes::TABLE_ROW, span, message));
    }
}

fn unbounded(span: Span) -> Diagnostic {
    let message = "a query says how many rows it wants at most";
    Diagnostic::new(codes::QUERY_BOUND, span, message)
        .label("without a bound")
        .help("end it with `.first(n)`, or `.last(n)` for the newest")
}
