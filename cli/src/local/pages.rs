//! Pages of long lists: what `deed events` and `deed history` share.
//!
//! In: options. Out: heights, a place to go on from, a limit.
//! Holds always: no more than [`MOST`] rows are asked for at once.

use std::ops::RangeInclusive;

use clap::Args;
use deed_ledger::Position;

use crate::exit::Trouble;
use crate::terminal::Terminal;

/// The most rows of a page.
const MOST: usize = 10_000;

#[derive(Args)]
pub(crate) struct Pages {
    /// Blocks from one height to another, such as `10..20`, `10..` or `..20`; both are in it.
    #[arg(long, value_name = "FROM..TO")]
    heights: Option<String>,
    /// The newest first.
    #[arg(long)]
    pub(crate) newest: bool,
    /// The most rows that are shown.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// Only what comes behind this one, as the page before says.
    #[arg(long, value_name = "POSITION")]
    after: Option<String>,
}

impl Pages {
    pub(crate) fn limit(&self) -> usize {
        self.limit.min(MOST)
    }

    pub(crate) fn heights(&self) -> Result<RangeInclusive<u64>, Trouble> {
        let Some(text) = &self.heights else { return Ok(0..=u64::MAX) };
        let bound = |text: &str, open: u64| if text.is_empty() { Ok(open) } else { text.parse() };
        let parse = || {
            let (from, to) = text.split_once("..")?;
            Some(bound(from, 0).ok()?..=bound(to, u64::MAX).ok()?)
        };
        parse().ok_or_else(|| {
            let help = "write `10..20`, `10..` or `..20`";
            Trouble::usage(format!("`{text}` is no stretch of heights")).help(help)
        })
    }

    pub(crate) fn after(&self) -> Result<Option<Position>, Trouble> {
        let Some(text) = &self.after else { return Ok(None) };
        let parse = || {
            let mut parts = text.split('.');
            let height = parts.next()?.parse().ok()?;
            let index = parts.next()?.parse().ok()?;
            let log = parts.next()?.parse().ok()?;
            parts.next().is_none().then_some(Position { height, index, log })
        };
        parse().map(Some).ok_or_else(|| {
            let help = "write it as the page before says, such as `12.0.3`";
            Trouble::usage(format!("`{text}` is no position")).help(help)
        })
    }

    /// Says how to go on.
    pub(crate) fn more(&self, next: Option<Position>, terminal: &Terminal) {
        if let Some(Position { height, index, log }) = next {
            terminal.talk(format!("there is more: `--after {height}.{index}.{log}`"));
        }
    }
}
