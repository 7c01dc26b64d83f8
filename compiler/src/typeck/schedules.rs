//! Functions that run by themselves: when, at what price, and what becomes of missed runs.
//!
//! Holds always: the period is at least a second, and the gas is declared.

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::BigInt;

use super::cx::Cx;
use crate::hir;
use crate::thir::{FnKind, Missed, Schedule, ScheduleWhen};
use crate::ty::Ty;
use crate::value::Value;

impl Cx<'_> {
    /// The schedule of a function; reports what is wrong with it, and with the function's head.
    pub(super) fn fn_schedule(&mut self, function: &hir::Function) -> Option<Schedule> {
        if function.kind != FnKind::Scheduled {
            return None;
        }
        self.scheduled_head(function);
        let schedule = function.schedule.as_ref()?;
        let when = match &schedule.when {
            hir::When::Every(period) => self.period(period),
            hir::When::Known(when) => Some(when.clone()),
            hir::When::Error => None,
        };
        let gas = match &schedule.gas {
            Some(gas) => {
                self.constant(gas, &Ty::U64).and_then(|value| self.positive(value, gas.span))
            }
            None => {
                self.d.push(no_gas(schedule.span));
                None
            }
        };
        let missed = match &schedule.missed {
            Some(missed) => self.missed(missed),
            None => Some(Missed::Once),
        };
        Some(Schedule { when: when?, gas: gas?, missed: missed?, span: schedule.span })
    }

    fn scheduled_head(&mut self, function: &hir::Function) {
        let name = &function.name;
        let message = if function.contract().is_none() {
            "scheduled work belongs to a contract"
        } else if !function.params.is_empty() {
            "scheduled work is called by nobody, so it has no parameters"
        } else if function.result.is_some() {
            "scheduled work is called by nobody, so it gives no value"
        } else {
            return;
        };
        let diagnostic = Diagnostic::new(codes::SCHEDULED_FN, name.span, message);
        self.d.push(diagnostic.help("keep what it needs in state, and report by an event"));
    }

    /// `every d`: a constant duration, such as `days(1)`.
    fn period(&mut self, period: &hir::Expr) -> Option<ScheduleWhen> {
        let value = self.constant(period, &Ty::Duration)?;
        Some(ScheduleWhen::Every(self.positive(value, period.span)?))
    }

    fn positive(&mut self, value: Value, span: Span) -> Option<u64> {
        let number = match value {
            Value::Int(number) if number > BigInt::from(0) => u64::try_from(number).ok(),
            _ => None,
        };
        if number.is_none() {
            let message = "this is more than nothing, and fits `u64`";
            self.d.push(Diagnostic::new(codes::SCHEDULE_CLAUSE, span, message));
        }
        number
    }

    /// `skip`, `once`, `catch_up(n)`
    fn missed(&mut self, missed: &hir::MissedRuns) -> Option<Missed> {
        match (missed.policy.text.as_str(), missed.most.as_slice()) {
            ("skip", []) => Some(Missed::Skip),
            ("once", []) => Some(Missed::Once),
            ("catch_up", [hir::Arg { name: None, value, .. }]) => {
                let most = self.constant(value, &Ty::U32)?;
                let most = self.positive(most, value.span)?;
                Some(Missed::CatchUp(u32::try_from(most).ok()?))
            }
            _ => {
                let message = "missed runs are dropped, made up by one, or caught up";
                let help = "write `missed skip`, `missed once` or `missed catch_up(3)`, \
                            with the most runs a block";
                let diagnostic = Diagnostic::new(codes::SCHEDULE_CLAUSE, missed.span, message);
                self.d.push(diagnostic.help(help));
                None
            }
        }
    }
}

fn no_gas(span: Span) -> Diagnostic {
    let message = "scheduled work is paid from the contract's deposit, so it declares its gas";
    Diagnostic::new(codes::SCHEDULE_GAS, span, message)
        .label("how much?")
        .help("write `gas 200000` before `fn`")
}
