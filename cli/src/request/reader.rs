//! The characters of a call, one after the other.
//!
//! In: a text, or a part of one. Out: names, numbers, accounts, and errors with places.
//! Holds always: `at` lies on a character's boundary; blanks between words mean nothing, nor do the
//! remarks of a script.

use std::ops::Range;
use std::str::FromStr;

use deed_base::catalogue::BAD_CALL;
use deed_base::{Diagnostic, SourceFile, Span};
use deed_runtime::Address;

use super::account::{self, Names};

pub(crate) struct Reader<'a> {
    file: &'a SourceFile,
    names: &'a dyn Names,
    at: usize,
    end: usize,
    /// Where the last word that was taken ends.
    taken: usize,
    /// Whether `#` begins a remark, which lasts to the end of its line.
    remarks: bool,
    /// The accounts named so far.
    pub(super) accounts: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a SourceFile, names: &'a dyn Names) -> Self {
        let end = file.text.len();
        Reader { file, names, at: 0, end, taken: 0, remarks: false, accounts: Vec::new() }.begin()
    }

    /// A step of a script, which is a part of its file.
    pub(crate) fn of_step(file: &'a SourceFile, step: Range<usize>, names: &'a dyn Names) -> Self {
        let Range { start: at, end } = step;
        Reader { file, names, at, end, taken: at, remarks: true, accounts: Vec::new() }.begin()
    }

    fn begin(mut self) -> Self {
        self.skip_blanks();
        self
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        let file: &'a SourceFile = self.file;
        &file.text[self.at..self.end]
    }

    pub(crate) fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    /// Whether an expectation begins here.
    pub(crate) fn at_arrow(&self) -> bool {
        self.rest().starts_with("=>")
    }

    pub(crate) fn eat_arrow(&mut self) -> bool {
        let found = self.at_arrow();
        if found {
            self.take("=>".len());
        }
        found
    }

    /// Takes a word, if it is this one.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let rest = self.rest();
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let found = &rest[..length] == word;
        if found {
            self.take(length);
        }
        found
    }

    /// Takes all up to the next blank.
    pub(crate) fn until_blank(&mut self) -> (&'a str, Span) {
        let rest = self.rest();
        self.take(rest.find(char::is_whitespace).unwrap_or(rest.len()))
    }

    pub(super) fn at_letter(&self) -> bool {
        self.rest().starts_with(|c: char| c.is_alphabetic())
    }

    /// Takes `length` bytes, and the blanks behind them.
    pub(crate) fn take(&mut self, length: usize) -> (&'a str, Span) {
        let text = &self.rest()[..length];
        let span = self.span(self.at, self.at + length);
        self.at += length;
        self.taken = self.at;
        self.skip_blanks();
        (text, span)
    }

    /// The place of the next character, or of the end.
    pub(crate) fn here(&self) -> Span {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        self.span(self.at, self.at + width)
    }

    /// The place of the last character that was read and is no blank.
    pub(crate) fn last(&self) -> Span {
        let read = self.file.text[..self.taken].trim_end();
        let width = read.chars().next_back().map_or(0, char::len_utf8);
        self.span(read.len() - width, read.len())
    }

    pub(crate) fn eat(&mut self, token: char) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.take(token.len_utf8());
        }
        found
    }

    pub(crate) fn expect(&mut self, token: char, where_: &str) -> Result<(), Box<Diagnostic>> {
        if self.eat(token) {
            return Ok(());
        }
        let message = format!("`{token}` should stand {where_}");
        Err(self.error(self.here(), message, "write it as in `transfer(@bob, 7) from alice`"))
    }

    /// An identifier.
    pub(crate) fn name(&mut self, what: &str) -> Result<(String, Span), Box<Diagnostic>> {
        let rest = self.rest();
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if length == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("{what} should stand here");
            let help = "write it as in `transfer(@bob, 7) from alice`";
            return Err(self.error(self.here(), message, help));
        }
        let (name, place) = self.take(length);
        Ok((name.to_owned(), place))
    }

    /// An amount of gas, which has 64 bits, or of coins, which has 128.
    pub(super) fn number<N: FromStr>(&mut self, most: u128) -> Result<(N, Span), Box<Diagnostic>> {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, place) = self.take(length);
        match word.parse() {
            Ok(number) => Ok((number, place)),
            Err(_) => {
                let help = format!("write a whole number from 0 to {most}");
                Err(self.error(place, "an amount should stand here", help))
            }
        }
    }

    /// A caller: `alice`, `@alice` or `0x…`.
    pub(super) fn account(&mut self) -> Result<Address, Box<Diagnostic>> {
        if self.rest().starts_with("0x") {
            let rest = self.rest();
            let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            let (word, place) = self.take(length);
            let help = "an address is `0x` and 64 hexadecimal digits";
            return account::parse(word)
                .ok_or_else(|| self.error(place, format!("`{word}` is no address"), help));
        }
        self.eat('@');
        let (name, place) = self.name("an account, such as `alice`,")?;
        self.known(&name).ok_or_else(|| self.nobody(place, &name))
    }

    /// The address of an account, whose name is kept.
    pub(super) fn known(&mut self, name: &str) -> Option<Address> {
        let address = self.names.address(name)?;
        self.accounts.push(name.to_owned());
        Some(address)
    }

    /// What is said of a name that nobody has.
    pub(super) fn nobody(&self, place: Span, name: &str) -> Box<Diagnostic> {
        self.error(place, format!("nobody is called `{name}` here"), self.names.remedy(name))
    }

    pub(crate) fn error(
        &self,
        place: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(BAD_CALL, place, message).label("here").help(help))
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            if !(self.remarks && self.rest().starts_with('#')) {
                return;
            }
            let rest = self.rest();
            self.at += rest.find('\n').unwrap_or(rest.len());
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file.id, start as u32, end as u32)
    }
}
