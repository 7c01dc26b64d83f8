//! Patterns.

use super::{Frame, Leave, Machine};
use crate::thir::{Case, Pattern, PatternKind};
use crate::value::Value;

impl Machine<'_> {
    /// Whether a pattern fits a value; its variables are set where it does.
    pub(super) fn fits(
        &mut self,
        pattern: &Pattern,
        value: &Value,
        frame: &mut Frame,
    ) -> Result<bool, Leave> {
        self.spend(1, pattern.span)?;
        Ok(match (&pattern.kind, value) {
            (PatternKind::Wildcard, _) => true,
            (PatternKind::Bind(local), _) => {
                let value = self.copied(value, pattern.span)?;
                frame.set(*local, value);
                true
            }
            (PatternKind::Value(wanted), _) => wanted == value,
            (PatternKind::Range { start, end, inclusive }, Value::Int(value)) => {
                let above = start.as_ref().is_none_or(|start| start <= value);
                let below = |end| if *inclusive { value <= end } else { value < end };
                above && end.as_ref().is_none_or(below)
            }
            (PatternKind::Case(case, parts), Value::Case(is, values)) => {
                number_of(*case) == *is && self.all_fit(parts, values, frame)?
            }
            (PatternKind::Variant(variant, parts), Value::Case(is, values)) => {
                variant.0 == *is && self.all_fit(parts, values, frame)?
            }
            (
                PatternKind::Struct(_, parts) | PatternKind::Tuple(parts),
                Value::Sequence(values),
            ) => self.all_fit(parts, values, frame)?,
            (PatternKind::Array { parts, rest: None }, Value::Sequence(values)) => {
                parts.len() == values.len() && self.all_fit(parts, values, frame)?
            }
            (PatternKind::Array { parts, rest: Some((at, rest)) }, Value::Sequence(values)) => {
                let Some(more) = values.len().checked_sub(parts.len()) else { return Ok(false) };
                let (first, last) = parts.split_at(*at);
                let (middle, end) = (&values[*at..*at + more], &values[*at + more..]);
                let middle = self.copied(&Value::Sequence(middle.to_vec()), pattern.span)?;
                self.all_fit(first, &values[..*at], frame)?
                    && self.fits(rest, &middle, frame)?
                    && self.all_fit(last, end, frame)?
            }
            (PatternKind::Or(all), _) => {
                for one in all {
                    if self.fits(one, value, frame)? {
                        return Ok(true);
                    }
                }
                false
            }
            _ => return Err(self.not_constant(pattern.span)),
        })
    }

    fn all_fit(
        &mut self,
        patterns: &[Pattern],
        values: &[Value],
        frame: &mut Frame,
    ) -> Result<bool, Leave> {
        for (pattern, value) in patterns.iter().zip(values) {
            if !self.fits(pattern, value, frame)? {
                return Ok(false);
            }
        }
        Ok(patterns.len() == values.len())
    }
}

/// The number by which a value names a case.
fn number_of(case: Case) -> u32 {
    match case {
        Case::None | Case::Ok => 0,
        Case::Some | Case::Err => 1,
    }
}
