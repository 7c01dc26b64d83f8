//! Names in schedules, versions and upgrade policies.

use deed_base::{Diagnostic, catalogue as codes};
use deed_syntax::ast::{self, Member};

use super::body::Cx;
use super::cron;
use super::expr::int_literal;
use super::items::name;
use crate::hir::{MissedRuns, Policy, Schedule, When};
use crate::thir::{PolicyLevel, ScheduleWhen, Version};

impl Cx<'_, '_> {
    /// `every d gas n missed p`
    pub(super) fn schedule_of(&mut self, schedule: &ast::Schedule) -> Schedule {
        let when = match &schedule.when {
            ast::ScheduleWhen::Every(period) => When::Every(self.expr(period)),
            ast::ScheduleWhen::Cron { pattern, zone } => self.cron(pattern, zone.as_deref()),
        };
        Schedule {
            when,
            gas: schedule.gas.as_ref().map(|gas| self.expr(gas)),
            missed: schedule.missed.as_ref().and_then(|missed| self.missed_runs(missed)),
            span: schedule.span,
        }
    }

    fn cron(&mut self, pattern: &ast::Text, zone: Option<&ast::Expr>) -> When {
        let (zone, span) = match zone {
            None => ("UTC".to_owned(), pattern.span),
            Some(zone) => match plain_text(zone) {
                Some(text) => (text, zone.span),
                None => {
                    let message = "a zone is written as text, as in `in \"+08:00\"`";
                    self.d.push(Diagnostic::new(codes::BAD_CRON, zone.span, message));
                    return When::Error;
                }
            },
        };
        match cron::read(&pattern.value, &zone) {
            Ok(cron) => When::Known(ScheduleWhen::Cron(cron)),
            Err(cron::Bad::Pattern(message)) => {
                let help = "minute, hour, day of the month, month, day of the week: \
                            `cron \"0 10 * * *\"` is ten o'clock each day";
                let diagnostic = Diagnostic::new(codes::BAD_CRON, pattern.span, message);
                self.d.push(diagnostic.help(help));
                When::Error
            }
            Err(cron::Bad::Zone) => {
                let message = format!("`{zone}` is no zone that is known here");
                let diagnostic = Diagnostic::new(codes::BAD_CRON, span, message);
                let note =
                    "zones with daylight saving change by rules that nobody knows beforehand";
                self.d.push(diagnostic.note(note).help(
                    "write an offset such as `\"+08:00\"`, or a zone without daylight saving such \
                     as `\"Asia/Shanghai\"`",
                ));
                When::Error
            }
        }
    }

    /// `skip`, `once`, `catch_up(3)`
    fn missed_runs(&mut self, missed: &ast::Expr) -> Option<MissedRuns> {
        let (policy, most) = match &missed.kind {
            ast::ExprKind::Name { name: policy, .. } => (policy, Vec::new()),
            ast::ExprKind::Call(call) => match &call.callee.kind {
                ast::ExprKind::Name { name: policy, .. } => (policy, self.args(&call.args)),
                _ => return self.bad_missed(missed),
            },
            ast::ExprKind::Invalid => return None,
            _ => return self.bad_missed(missed),
        };
        Some(MissedRuns { policy: name(policy), most, span: missed.span })
    }

    fn bad_missed(&mut self, missed: &ast::Expr) -> Option<MissedRuns> {
        let message = "missed runs are dropped, made up by one, or caught up";
        let diagnostic = Diagnostic::new(codes::SCHEDULE_CLAUSE, missed.span, message);
        self.d.push(diagnostic.help("write `skip`, `once` or `catch_up(3)`"));
        None
    }

    /// `policy compatible by self.admin`
    pub(super) fn policy(&mut self, decl: &ast::ContractDecl) -> Option<Policy> {
        let mut policies = decl.members.iter().filter_map(|member| match member {
            Member::Policy(policy) => Some(policy),
            _ => None,
        });
        let first = policies.next()?;
        if let Some(second) = policies.next() {
            let message = "a contract has one upgrade policy";
            let diagnostic = Diagnostic::new(codes::POLICY, second.span, message);
            self.d.push(diagnostic.also(first.span, "the first one"));
        }
        let by = first.by.as_ref().map(|by| self.expr(by));
        let level = PolicyLevel::ALL.into_iter().find(|l| l.name() == first.level.as_str());
        if level.is_none() && !first.level.is_missing() {
            let message = format!("there is no upgrade policy `{}`", first.level);
            let known = PolicyLevel::ALL.map(|level| format!("`{}`", level.name())).join(", ");
            let diagnostic = Diagnostic::new(codes::POLICY, first.level.span, message);
            self.d.push(diagnostic.help(format!("there is {known}")));
        }
        Some(Policy { level: level?, by, span: first.span })
    }
}

/// The text of a string without values in it.
fn plain_text(expr: &ast::Expr) -> Option<String> {
    let ast::ExprKind::Str(parts) = &expr.kind else { return None };
    let mut text = String::new();
    for part in parts {
        match part {
            ast::StrPart::Text(part) => text.push_str(part),
            ast::StrPart::Expr(_) => return None,
        }
    }
    Some(text)
}

/// `version 2 upgrades 1`; a number too great for `u64` is one that no chain reaches.
pub(super) fn version(version: &ast::ContractVersion) -> Version {
    let number = |literal: &ast::IntLit| u64::try_from(int_literal(literal).value);
    Version {
        number: number(&version.number).unwrap_or(u64::MAX),
        upgrades: version.upgrades.as_ref().map(|before| number(before).unwrap_or(u64::MAX)),
        span: version.span,
    }
}
