//! Reading as much of a lalrpop grammar as ours uses.
//!
//! Holds always: actions and binders are skipped; what cannot be read is an error with its place.

use super::{Rule, Section, Symbol};

/// The sections between `// ---- Title ----` lines; what stands above the first is skipped.
pub(super) fn sections(text: &str) -> Result<Vec<Section>, String> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some(title) = trimmed.strip_prefix("// ---- ") {
            sections.push((title.trim_end_matches(['-', ' ']).to_owned(), String::new()));
        } else if let Some((_, body)) = sections.last_mut()
            && !trimmed.starts_with("//")
            && !trimmed.starts_with("#[")
        {
            body.push_str(line);
            body.push('\n');
        }
    }
    let read = |(title, body): (String, String)| {
        let mut reader = Reader { text: body.as_bytes(), at: 0 };
        reader.rules().map(|rules| Section { title, rules })
    };
    sections.into_iter().map(read).collect()
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn rules(&mut self) -> Result<Vec<Rule>, String> {
        let mut rules = Vec::new();
        while self.peek().is_some() {
            rules.push(self.rule()?);
        }
        Ok(rules)
    }

    fn rule(&mut self) -> Result<Rule, String> {
        let mut name = self.word()?;
        if name == "pub" {
            name = self.word()?;
        }
        let generic = self.peek() == Some(b'<');
        self.skip_to(b'=')?;
        let braced = self.eat(b'{');
        let mut alternatives = Vec::new();
        while !self.eat(b'}') && !self.eat(b';') {
            alternatives.push(self.alternative()?);
            self.eat(b',');
        }
        if braced {
            self.eat(b';');
        }
        Ok(Rule { name, generic, alternatives })
    }

    fn alternative(&mut self) -> Result<Vec<Symbol>, String> {
        let mut symbols = Vec::new();
        loop {
            match self.peek() {
                Some(b'=') => {
                    self.skip_action();
                    return Ok(symbols);
                }
                Some(b',' | b'}' | b';') => return Ok(symbols),
                Some(b'i') if self.starts_with("if ") => {
                    self.skip_to(b'=').map(|()| self.at -= 1)?
                }
                Some(_) => symbols.extend(self.bound()?),
                None => return Err(self.wrong("an alternative without end")),
            }
        }
    }

    /// A symbol, perhaps in `<name: ..>`; nothing for a mere place.
    fn bound(&mut self) -> Result<Option<Symbol>, String> {
        if !self.eat(b'<') {
            return self.symbol();
        }
        let start = self.at;
        if self.starts_with("mut ") {
            self.at += 4;
        }
        let named = self.word().is_ok() && self.peek() == Some(b':');
        match named {
            true => self.at += 1,
            false => self.at = start,
        }
        let symbol = self.symbol()?;
        match self.eat(b'>') {
            true => Ok(symbol),
            false => Err(self.wrong("`>` is missing")),
        }
    }

    fn symbol(&mut self) -> Result<Option<Symbol>, String> {
        let symbol = match self.peek() {
            Some(b'@') => {
                self.at += 2;
                return Ok(None);
            }
            Some(b'!') => {
                self.at += 1;
                Symbol::Recovery
            }
            Some(b'"') => Symbol::Token(self.quoted()?),
            _ => self.named()?,
        };
        let boxed = |make: fn(Box<Symbol>) -> Symbol| Ok(Some(make(Box::new(symbol.clone()))));
        match self.text.get(self.at) {
            Some(b'?') => {
                self.at += 1;
                boxed(Symbol::Optional)
            }
            Some(b'*') => {
                self.at += 1;
                boxed(Symbol::Repeat)
            }
            Some(b'+') => {
                self.at += 1;
                boxed(Symbol::RepeatOnce)
            }
            _ => Ok(Some(symbol)),
        }
    }

    fn named(&mut self) -> Result<Symbol, String> {
        let name = self.word()?;
        if self.text.get(self.at) != Some(&b'<') {
            let is_token = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            return Ok(if is_token && name.len() > 1 {
                Symbol::Token(name)
            } else {
                Symbol::Rule(name)
            });
        }
        self.at += 1;
        let mut args = Vec::new();
        while !self.eat(b'>') {
            args.extend(self.symbol()?);
            self.eat(b',');
        }
        Ok(Symbol::Apply(name, args))
    }

    fn quoted(&mut self) -> Result<String, String> {
        let rest = &self.text[self.at + 1..];
        let len =
            rest.iter().position(|byte| *byte == b'"').ok_or_else(|| self.wrong("a quote"))?;
        let start = self.at + 1;
        self.at = start + len + 1;
        Ok(format!("\"{}\"", String::from_utf8_lossy(&self.text[start..start + len])))
    }

    fn word(&mut self) -> Result<String, String> {
        self.peek();
        let rest = &self.text[self.at..];
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        if len == 0 {
            return Err(self.wrong("a name is missing"));
        }
        self.at += len;
        Ok(String::from_utf8_lossy(&rest[..len]).into_owned())
    }

    /// Skips `=> code` up to the comma or bracket that ends the alternative.
    fn skip_action(&mut self) {
        let mut depth = 0usize;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                b'}' if depth == 0 => return,
                b'}' => depth -= 1,
                b',' | b';' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn skip_to(&mut self, byte: u8) -> Result<(), String> {
        let rest = &self.text[self.at..];
        // `==` belongs to a condition.
        let found = (0..rest.len()).find(|at| {
            let around = |index: usize| rest.get(index) == Some(&b'=');
            rest[*at] == byte && !around(at + 1) && !at.checked_sub(1).is_some_and(around)
        });
        self.at += found.ok_or_else(|| self.wrong("a rule without `=`"))? + 1;
        Ok(())
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn starts_with(&self, word: &str) -> bool {
        self.text[self.at..].starts_with(word.as_bytes())
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn wrong(&self, what: &str) -> String {
        let rest = &self.text[self.at.min(self.text.len())..];
        let near = String::from_utf8_lossy(&rest[..rest.len().min(60)]).into_owned();
        format!("{what}, near `{near}`")
    }
}
