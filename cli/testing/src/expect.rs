//! What was expected of a call, and what came.

use deed_abi::{Code, Value as AbiValue, decode_all};
use deed_base::Span;
use deed_compiler::testing::{Demand, Expectation};
use deed_ledger::Execution;
use deed_runtime::Status;

use crate::host::{Stop, TestHost};
use crate::report::{Failing, Value};
use crate::trace::short;

impl TestHost<'_> {
    /// Stops the test unless a call came out as it was expected to.
    pub(crate) fn compare(
        &self,
        expected: &Expectation,
        demanded: &[AbiValue],
        receipt: &Execution,
        function: &str,
        span: Span,
    ) -> Result<(), Stop> {
        let status = &receipt.outcome.status;
        let right = match (expected, status) {
            (Expectation::Trap(kind), Status::Trap(trap)) => trap.kind == *kind,
            (Expectation::Trap(kind), Status::Refused(refusal)) => refusal.trap_kind() == *kind,
            (Expectation::OutOfGas, Status::OutOfGas) => true,
            (Expectation::Throw { code, fields, .. }, Status::Error(thrown)) => {
                thrown.code == *code && self.fits(fields, demanded, &thrown.data)
            }
            (Expectation::Emit { code, fields, .. }, Status::Ok(_)) => {
                let mut events = receipt.outcome.events.iter().filter(|event| event.code == *code);
                events.any(|event| self.fits(fields, demanded, &event.data))
            }
            _ => false,
        };
        if right {
            return Ok(());
        }
        let message = format!(
            "{} was expected of `{function}`, which {}",
            name(expected),
            self.what_came(receipt)
        );
        let mut failing = Failing::new(message, Some(span));
        failing.values = self.wanted(expected, demanded);
        Err(Stop::Failed(failing))
    }

    /// Whether data has the values that are demanded of its fields.
    fn fits(&self, fields: &[Demand], demanded: &[AbiValue], data: &[u8]) -> bool {
        let types = fields.iter().map(|field| &field.ty);
        let Ok(values) = decode_all(&self.world.program.abi.types, types, data) else {
            return false;
        };
        let given = fields.iter().zip(&values).filter(|(field, _)| field.given);
        given.map(|(_, value)| value).eq(demanded)
    }

    fn wanted(&self, expected: &Expectation, demanded: &[AbiValue]) -> Vec<Value> {
        let (Expectation::Throw { fields, .. } | Expectation::Emit { fields, .. }) = expected
        else {
            return Vec::new();
        };
        let types = &self.world.program.abi.types;
        let given = fields.iter().filter(|field| field.given).zip(demanded);
        let value = |(field, value): (&Demand, &AbiValue)| {
            let value = deed_abi::to_json(types, &field.ty, value).ok()?;
            Some(Value { name: field.name.clone(), value })
        };
        given.filter_map(value).collect()
    }

    /// What came of a call, in words.
    pub(crate) fn what_came(&self, receipt: &Execution) -> String {
        let abi = receipt.module.as_ref().and_then(|module| self.world.abi(module));
        match &receipt.outcome.status {
            Status::Ok(_) => "went well".to_owned(),
            Status::Error(thrown) => {
                let data = abi.and_then(|abi| abi.error_data(Code(thrown.code), &thrown.data).ok());
                match data {
                    Some(data) => format!("threw {}{}", short(&data.name), fields(&data.fields)),
                    None => format!("threw {}", short(&thrown.name)),
                }
            }
            Status::Trap(trap) => {
                let at = receipt.place.as_ref();
                let at = at.map(|place| format!(" at {}:{}", place.file, place.line));
                format!("trapped with {}{}", trap.kind.name(), at.unwrap_or_default())
            }
            Status::Refused(refusal) => format!("was refused: {refusal}"),
            Status::OutOfGas => "ran out of gas".to_owned(),
            Status::Aborted | Status::Fatal(_) => "was not decided".to_owned(),
        }
    }
}

fn name(expected: &Expectation) -> String {
    match expected {
        Expectation::Throw { name, .. } => format!("throw {}", short(name)),
        Expectation::Emit { name, .. } => format!("emit {}", short(name)),
        Expectation::Trap(kind) => format!("trap {}", kind.name()),
        Expectation::OutOfGas => "trap out_of_gas".to_owned(),
    }
}

fn fields(fields: &[(String, serde_json::Value)]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let fields = fields.iter().map(|(name, value)| format!("{name}: {value}"));
    format!("({})", fields.collect::<Vec<_>>().join(", "))
}
