//! `deed events`: what contracts have told.
//!
//! In: a contract, an event, values of its `index` fields, heights. Out: the events, a page at a time.
//! Holds always: at most `--limit` events are shown; where there are more, it is said how to go on.

use clap::Args;
use deed_abi::{AbiEvent, encode, from_json};
use deed_base::Diagnostic;
use deed_base::catalogue::BAD_ARGUMENT;
use deed_ledger::EventFilter;

use crate::engine::Choice;
use crate::execution::{short, with_names};
use crate::exit::{Done, Exit, Failure, Trouble};
use crate::local::{Contract, Local, Pages, Place, ShownEvent};
use crate::request;
use crate::terminal::Terminal;

/// Show events of the ledger in `.deed/ledger`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed events
  deed events Token --event Transferred --where to=@bob
  deed events Token --heights 10..20 --newest --limit 5 --json")]
pub(crate) struct Events {
    /// The contract: its address, or its name. Without it, of all contracts.
    #[arg(value_name = "CONTRACT")]
    contract: Option<String>,
    /// The event's name.
    #[arg(long, value_name = "NAME", requires = "contract")]
    event: Option<String>,
    /// The value of an `index` field, such as 'to=@bob'; may be given many times.
    #[arg(long = "where", value_name = "FIELD=VALUE", requires = "event")]
    fields: Vec<String>,
    #[command(flatten)]
    pages: Pages,
    /// One JSON object an event, a line each.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

impl Events {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let local = self.place.open(Choice::Auto)?;
        let page = local.ledger.events(&self.filter(&local)?)?;
        let contracts = local.contracts(page.rows.iter().map(|row| row.event.contract));
        let book = local.book(&contracts);
        for row in &page.rows {
            match self.json {
                true => terminal.json(&ShownEvent::new(&contracts, row))?,
                false => terminal.data(with_names(&ShownEvent::line(&contracts, row), &book))?,
            }
        }
        self.pages.more(page.next, terminal);
        Ok(Exit::Fine)
    }

    fn filter(&self, local: &Local) -> Result<EventFilter, Failure> {
        let mut filter = EventFilter {
            heights: self.pages.heights()?,
            newest_first: self.pages.newest,
            after: self.pages.after()?,
            limit: self.pages.limit(),
            ..EventFilter::default()
        };
        let Some(contract) = &self.contract else { return Ok(filter) };
        let contract = local.contract(contract)?;
        filter.contract = Some(contract.address);
        if let Some(name) = &self.event {
            let event = event(&contract, name)?;
            filter.code = Some(event.code.0);
            let fields = self.fields.iter().map(|text| field(local, &contract, event, text));
            filter.fields = fields.collect::<Result<_, _>>()?;
        }
        Ok(filter)
    }
}

fn event<'c>(contract: &'c Contract, name: &str) -> Result<&'c AbiEvent, Trouble> {
    let events = &contract.abi.events;
    events.iter().find(|event| event.name == name || short(&event.name) == name).ok_or_else(|| {
        let all: Vec<&str> = events.iter().map(|event| short(&event.name)).collect();
        let of = short(&contract.abi.contract);
        let help = if all.is_empty() {
            "it has none".into()
        } else {
            format!("it has {}", all.join(", "))
        };
        Trouble::usage(format!("`{of}` has no event `{name}`")).help(help)
    })
}

/// Reads `to=@bob`.
fn field(
    local: &Local,
    contract: &Contract,
    event: &AbiEvent,
    text: &str,
) -> Result<(u16, Vec<u8>), Failure> {
    let indexed = || {
        let names =
            event.params.iter().filter(|param| param.index).map(|param| param.name.as_str());
        let names: Vec<&str> = names.collect();
        format!("its `index` fields are: {}", names.join(", "))
    };
    let Some((name, value)) = text.split_once('=') else {
        return Err(Trouble::usage(format!("`{text}` is not FIELD=VALUE")).help(indexed()).into());
    };
    let found = (0u16..).zip(&event.params).find(|(_, param)| param.index && param.name == name);
    let (number, param) = found.ok_or_else(|| {
        let message = format!("`{}` has no `index` field `{name}`", short(&event.name));
        Trouble::usage(message).help(indexed())
    })?;
    let types = &contract.abi.types;
    local.read("--where", value, |source| {
        let argument = request::value(source, local)?;
        let encoded = from_json(types, &param.ty, &argument.value)
            .and_then(|value| encode(types, &param.ty, &value));
        let refuse = |why: String| {
            let message = format!("`{name}` is a `{}`: {why}", param.ty);
            Box::new(Diagnostic::new(BAD_ARGUMENT, argument.place, message).label("here"))
        };
        let encoded = encoded.map_err(|why| refuse(why.to_string()))?;
        let field = local.ledger.field(&contract.address, event.code.0, number, &encoded);
        field.ok_or_else(|| refuse("it is not kept in an index".to_owned()))
    })
}
