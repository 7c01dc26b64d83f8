//! `deed accounts`, by another name `deed keys`: who has a key here, what the ledger knows of them, and what
//! keys do outside of the chain.
//!
//! In: names. Out: addresses, schemes, nonces, coins; new keys; signatures, and texts for one reader.
//! Holds always: a secret is shown to nobody but by `export --secret`, and a key never written over.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use deed_ledger::keys::{PublicKey, Scheme, SecretKey, Signature};
use deed_ledger::{Account, Ledger, SIGNED_BY};
use serde::Serialize;

use crate::engine::Choice;
use crate::exit::{Done, Exit, Failure, Trouble};
use crate::local::{Keystore, Place};
use crate::terminal::Terminal;

/// Make, list and show accounts; sign, verify and encrypt with their keys.
#[derive(Args)]
#[command(after_help = "\
Keys lie in `.deed/keys`, encrypted with the passphrase in DEED_PASSPHRASE if that is set when they are
made. The accounts alice, bob, carol, dave and erin are always there; everybody knows their keys.

Examples:
  deed accounts new treasury --scheme sm2
  deed accounts list
  deed accounts show treasury --json
  deed accounts sign treasury 0x00ff
  deed keys verify treasury 0x00ff 0x3045...
  deed keys encrypt treasury 0x00ff
  deed keys export treasury > treasury.pub.pem
  deed keys import partner partner.pem")]
pub(crate) struct Accounts {
    #[command(subcommand)]
    what: What,
    /// One JSON object an account, a line each.
    #[arg(long, global = true)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum What {
    /// Make a key, and so an account.
    New {
        /// The name that the account has here.
        name: String,
        /// How it signs: sm2, secp256k1 or ed25519.
        #[arg(long, value_parser = scheme, default_value = "sm2")]
        scheme: Scheme,
    },
    /// All accounts that have a key here.
    List,
    /// One account.
    Show {
        /// Its name.
        name: String,
    },
    /// Sign bytes, for a contract that asks for a signature.
    Sign {
        /// Who signs.
        name: String,
        /// What, in hexadecimal.
        #[arg(value_parser = message, value_name = "0xMESSAGE")]
        message: Message,
        /// By the SM2 key that this name has in tests, which everybody knows.
        #[arg(long)]
        development: bool,
    },
    /// See whether a signature is one of a message; leaves with 1 if it is none.
    Verify {
        /// Whose signature it should be.
        name: String,
        /// What was signed, in hexadecimal.
        #[arg(value_parser = message, value_name = "0xMESSAGE")]
        message: Message,
        /// The 64 bytes of the signature, in hexadecimal.
        #[arg(value_parser = message, value_name = "0xSIGNATURE")]
        signature: Message,
    },
    /// Encrypt bytes for the holder of an SM2 key (GB/T 32918.4, C1C3C2).
    Encrypt {
        /// Who shall read them.
        name: String,
        /// What, in hexadecimal.
        #[arg(value_parser = message, value_name = "0xTEXT")]
        text: Message,
    },
    /// Decrypt what was encrypted for an SM2 key that is here.
    Decrypt {
        /// For whom.
        name: String,
        /// What, in hexadecimal: C1C3C2, or the form in DER.
        #[arg(value_parser = message, value_name = "0xTEXT")]
        text: Message,
    },
    /// Write a key for other tools: the public one, in PEM.
    Export {
        /// Whose.
        name: String,
        /// The secret one, as PKCS#8; encrypted if DEED_PASSPHRASE is set.
        #[arg(long)]
        secret: bool,
    },
    /// Take a secret key from PKCS#8 in PEM; DEED_PASSPHRASE opens and encrypts it.
    Import {
        /// The name that the account has here.
        name: String,
        /// The file.
        file: PathBuf,
    },
}

/// What is signed.
type Message = std::sync::Arc<[u8]>;

/// A signature, as one JSON object.
#[derive(Serialize)]
struct Signed {
    scheme: &'static str,
    public_key: String,
    signature: String,
}

/// One account, as one JSON object.
#[derive(Serialize)]
struct Shown {
    name: String,
    address: String,
    scheme: &'static str,
    public_key: String,
    nonce: u64,
    coins: String,
    /// Whether everybody knows its key.
    development: bool,
}

impl Accounts {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let mut keys = self.place.keys()?;
        let ledger = match self.place.has_ledger() {
            true => Some(self.place.open(Choice::Interp)?.ledger),
            false => None,
        };
        match &self.what {
            What::New { name, scheme } => {
                let (key, encrypted) = keys.create(checked(name)?, *scheme)?;
                self.made(&keys, ledger.as_ref(), (name, &key), encrypted, terminal)?;
            }
            What::List => {
                for (name, key) in keys.all() {
                    self.show(&keys, ledger.as_ref(), name, key, terminal)?;
                }
            }
            What::Show { name } => {
                let name = name.strip_prefix('@').unwrap_or(name);
                let key = known(&keys, name)?;
                self.show(&keys, ledger.as_ref(), name, key, terminal)?;
            }
            What::Sign { name, message, development } => {
                let key = match development {
                    true => SecretKey::development(Scheme::Sm2, name),
                    false => keys.secret(&known(&keys, name)?.address())?,
                };
                self.sign(&key, message, terminal)?;
            }
            What::Verify { name, message, signature } => {
                return verify(known(&keys, name)?, message, signature, terminal);
            }
            What::Encrypt { name, text } => {
                let sealed = known(&keys, name)?.seal(text).map_err(refused)?;
                terminal.data(deed_abi::hex(&sealed))?;
            }
            What::Decrypt { name, text } => {
                let key = keys.secret(&known(&keys, name)?.address())?;
                terminal.data(deed_abi::hex(&key.unseal(text).map_err(refused)?))?;
            }
            What::Export { name, secret: true } => {
                let key = keys.secret(&known(&keys, name)?.address())?;
                terminal.data(keys.text_of(&key)?.trim_end())?;
            }
            What::Export { name, secret: false } => {
                let text = known(&keys, name)?.to_pem().map_err(refused)?;
                terminal.data(text.trim_end())?;
            }
            What::Import { name, file } => {
                let (key, encrypted) = keys.import(checked(name)?, file)?;
                self.made(&keys, ledger.as_ref(), (name, &key), encrypted, terminal)?;
            }
        }
        Ok(Exit::Fine)
    }

    /// Shows a new account.
    fn made(
        &self,
        keys: &Keystore,
        ledger: Option<&Ledger>,
        (name, key): (&str, &PublicKey),
        encrypted: bool,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        if !encrypted {
            terminal.talk("the key is not encrypted; set DEED_PASSPHRASE to have it so");
        }
        self.show(keys, ledger, name, key, terminal)
    }

    fn sign(&self, key: &SecretKey, message: &[u8], terminal: &Terminal) -> Result<(), Failure> {
        if message.starts_with(SIGNED_BY) {
            let help = "`deed call` signs and sends transactions";
            return Err(Trouble::usage("these bytes are a transaction").help(help).into());
        }
        let Signed { scheme, public_key, signature } = Signed {
            scheme: key.scheme().name(),
            public_key: deed_abi::hex(key.public().bytes()),
            signature: deed_abi::hex(&key.sign(message).bytes),
        };
        if self.json {
            return terminal.json(&Signed { scheme, public_key, signature });
        }
        terminal.data(format!("{scheme:<9}  {public_key}\nsignature  {signature}"))
    }

    fn show(
        &self,
        keys: &Keystore,
        ledger: Option<&Ledger>,
        name: &str,
        key: &PublicKey,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        let address = key.address();
        let account = ledger.map_or(Ok(Account::default()), |ledger| ledger.account(&address))?;
        let shown = Shown {
            name: name.to_owned(),
            address: address.to_string(),
            scheme: key.scheme().name(),
            public_key: deed_abi::hex(key.bytes()),
            nonce: account.nonce,
            coins: account.coins.to_string(),
            development: keys.is_development(name),
        };
        if self.json {
            return terminal.json(&shown);
        }
        let Shown { name, address, scheme, nonce, coins, .. } = shown;
        terminal.data(format!("{name:<10} {address}  {scheme:<9}  nonce {nonce}  coins {coins}"))
    }
}

/// Tells whether a signature is valid.
fn verify(key: &PublicKey, message: &[u8], signature: &[u8], terminal: &Terminal) -> Done {
    let bytes = signature.try_into().map_err(|_| {
        let help = "`r` and `s` have 32 bytes each, one behind the other";
        Trouble::usage(format!("a signature has 64 bytes, not {}", signature.len())).help(help)
    })?;
    let valid = key.verifies(message, &Signature { bytes });
    terminal.data(if valid { "valid" } else { "not valid" })?;
    Ok(if valid { Exit::Fine } else { Exit::Failed })
}

/// What a key does not do.
fn refused(why: impl std::fmt::Display) -> Trouble {
    Trouble::failed(why.to_string())
}

/// The key of an account that is here.
fn known<'k>(keys: &'k Keystore, name: &str) -> Result<&'k PublicKey, Trouble> {
    keys.public(name).ok_or_else(|| {
        let help = format!("`deed accounts new {name}` makes one");
        Trouble::usage(format!("there is no account `{name}` here")).help(help)
    })
}

/// Reads `0x00ff`.
fn message(text: &str) -> Result<Message, String> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() % 2 == 0);
    let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let byte = |at: usize, digits: &str| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    let bytes = digits.and_then(|digits| {
        (0..digits.len()).step_by(2).map(|at| byte(at, digits)).collect::<Option<Message>>()
    });
    bytes.ok_or_else(|| "bytes are `0x` and two hexadecimal digits for each".to_owned())
}

/// A name that can stand behind `@` and be a file's.
fn checked(name: &str) -> Result<&str, Trouble> {
    let fits = name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.len() <= 64;
    if fits && name.chars().next().is_some_and(|c| !c.is_ascii_digit()) {
        return Ok(name);
    }
    let help = "a name has letters, digits and `_`, no digit first, and 64 bytes at most";
    Err(Trouble::usage(format!("`{name}` is no name of an account")).help(help))
}

/// The scheme with this name.
fn scheme(name: &str) -> Result<Scheme, String> {
    let known = Scheme::ALL.into_iter().find(|scheme| scheme.name() == name);
    known.ok_or_else(|| "it is `sm2`, `secp256k1` or `ed25519`".to_owned())
}
