//! What a script expects of a step.
//!
//! In: what stands behind `=>`, and later the report of the step. Out: whether it came, or what came instead.
//! Holds always: what is not demanded may be anything; events are looked for in the order in which
//! they are demanded, others may lie between.

use deed_base::catalogue::UNMET_EXPECTATION;
use deed_base::{Diagnostic, Span};
use serde_json::Value;

use crate::execution::{Report, list, plain};
use crate::request::{Reader, value};

/// One `=> …`.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    what: What,
    place: Span,
}

#[derive(Clone, Debug)]
enum What {
    /// It went well, with this result if one is given.
    Ok(Option<Value>),
    Error(Named),
    Trap(String),
    OutOfGas,
    Event(Named),
}

/// `Transferred(to: @bob, ..)`: the name alone demands no field, and so does what `..` stands for.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    fields: Vec<(String, Value)>,
    open: bool,
}

impl Expectation {
    /// That a step goes well, where its script says nothing else.
    pub(super) fn fine(place: Span) -> Self {
        Expectation { what: What::Ok(None), place }
    }

    pub(super) fn is_of_event(&self) -> bool {
        matches!(self.what, What::Event(_))
    }
}

/// Reads what stands behind an arrow.
pub(super) fn expectation(reader: &mut Reader<'_>) -> Result<Expectation, Box<Diagnostic>> {
    let (word, start) = reader.name("`ok`, `error`, `trap`, `event` or `out of gas`")?;
    let what = match word.as_str() {
        "ok" if reader.at_end() || reader.at_arrow() => What::Ok(None),
        "ok" => What::Ok(Some(value::read(reader)?.value)),
        "error" => What::Error(named(reader)?),
        "event" => What::Event(named(reader)?),
        "trap" => What::Trap(reader.name("a kind of trap, such as `overflow`,")?.0),
        "out" if reader.eat_word("of") && reader.eat_word("gas") => What::OutOfGas,
        _ => {
            let help = "write `=> ok 5`, `=> error Empty`, `=> trap overflow`, `=> event Paid(..)`";
            return Err(reader.error(start, format!("`{word}` is no way to end"), help));
        }
    };
    let place = start.to(reader.last());
    match reader.at_end() || reader.at_arrow() {
        true => Ok(Expectation { what, place }),
        false => {
            let help = "another expectation begins with `=>`, another step at the start of a line";
            Err(reader.error(reader.here(), "the expectation ends before this", help))
        }
    }
}

fn named(reader: &mut Reader<'_>) -> Result<Named, Box<Diagnostic>> {
    let (name, _) = reader.name("a name")?;
    let (mut fields, mut open) = (Vec::new(), true);
    if !reader.eat('(') {
        return Ok(Named { name, fields, open });
    }
    open = false;
    while !open && !reader.eat(')') {
        if reader.eat('.') {
            reader.expect('.', "twice, for all other fields")?;
            reader.expect(')', "behind `..`")?;
            open = true;
            continue;
        }
        let (field, _) = reader.name("a field's name, or `..`,")?;
        reader.expect(':', "behind a field's name")?;
        fields.push((field, value::read(reader)?.value));
        if !reader.eat(',') {
            reader.expect(')', "behind the fields")?;
            break;
        }
    }
    Ok(Named { name, fields, open })
}

/// What is said where the report is not what was expected. `place` puts the addresses of contracts for
/// their names, and `came` says how the step ended.
pub(crate) fn compare(
    expected: &[Expectation],
    report: &Report,
    place: impl Fn(&Value) -> Value,
    came: impl Fn() -> String,
) -> Result<(), Box<Diagnostic>> {
    let mut events = report.events.iter();
    for expectation in expected {
        let met = match &expectation.what {
            What::Ok(None) => report.status == "ok",
            What::Ok(Some(value)) => report.status == "ok" && same(&place(value), &report.result),
            What::Error(named) => report
                .error
                .as_ref()
                .is_some_and(|error| named.fits(&error.name, &error.data, &place)),
            What::Trap(kind) => report.trap.as_ref().is_some_and(|trap| trap.kind == *kind),
            What::OutOfGas => report.status == "out_of_gas",
            What::Event(named) => events.any(|it| named.fits(&it.name, &it.fields, &place)),
        };
        if !met {
            let message = "this step does not end as the script expects";
            let diagnostic = Diagnostic::new(UNMET_EXPECTATION, expectation.place, message);
            return Err(diagnostic.label("expected here").note(came()).into());
        }
    }
    Ok(())
}

impl Named {
    fn fits(&self, name: &str, data: &[(String, Value)], place: impl Fn(&Value) -> Value) -> bool {
        let has = |(field, value): &(String, Value)| {
            data.iter().any(|(name, found)| name == field && same(&place(value), found))
        };
        self.name == name
            && (self.open || self.fields.len() == data.len())
            && self.fields.iter().all(has)
    }
}

/// Whether two values say the same; a number may stand in quotes or not.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b || plain(a) == plain(b),
    }
}

/// How a step ended, in the words that a script would expect it with.
pub(crate) fn ended(report: &Report) -> String {
    let ending = match (&report.error, &report.trap) {
        (Some(error), _) => format!("error {}({})", error.name, list(&error.data)),
        (_, Some(trap)) => format!("trap {}", trap.kind),
        _ if report.status != "ok" => "out of gas".to_owned(),
        _ if report.result.is_null() => "ok".to_owned(),
        _ => format!("ok {}", plain(&report.result)),
    };
    let events = report.events.iter();
    let events = events.map(|event| format!(", event {}({})", event.name, list(&event.fields)));
    format!("it ended: {ending}{}", events.collect::<String>())
}
