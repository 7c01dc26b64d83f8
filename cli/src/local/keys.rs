//! Keys in a folder, by the names of their accounts.
//!
//! In: a folder. Out: public keys by name, secret keys on demand. Of each account lie there `NAME.pem`, PKCS#8,
//! encrypted where `DEED_PASSPHRASE` was set when it was made, and `NAME.pub`, its scheme and public key.
//! The development accounts are there without files, unless files say otherwise.
//! Holds always: a key is never written over, and only its owner may read its file.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use deed_abi::hex;
use deed_ledger::keys::{PemError, PublicKey, Scheme, SecretKey};
use deed_runtime::Address;
use zeroize::Zeroizing;

use super::{DEVELOPMENT, development};
use crate::exit::Trouble;
use crate::files;

/// Where a passphrase is looked for.
const PASSPHRASE: &str = "DEED_PASSPHRASE";

pub(crate) struct Keystore {
    folder: PathBuf,
    known: BTreeMap<String, PublicKey>,
}

impl Keystore {
    pub(super) fn open(folder: &Path) -> Result<Keystore, Trouble> {
        let public = |name: &str| (name.to_owned(), development(name).public());
        let mut known: BTreeMap<String, PublicKey> = DEVELOPMENT.into_iter().map(public).collect();
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in files.map(|file| file.path()) {
            let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
            let Some(name) = name.filter(|_| path.extension().is_some_and(|end| end == "pub"))
            else {
                continue;
            };
            known.insert(name, read_public(&path)?);
        }
        Ok(Keystore { folder: folder.to_owned(), known })
    }

    /// All accounts that have a key here, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &PublicKey)> {
        self.known.iter().map(|(name, key)| (name.as_str(), key))
    }

    pub(crate) fn public(&self, name: &str) -> Option<&PublicKey> {
        self.known.get(name)
    }

    pub(crate) fn name_of(&self, address: &Address) -> Option<&str> {
        self.all().find(|(_, key)| key.address() == *address).map(|(name, _)| name)
    }

    /// Whether an account's key is known to everybody.
    pub(crate) fn is_development(&self, name: &str) -> bool {
        DEVELOPMENT.contains(&name)
            && self.public(name).is_some_and(|key| *key == development(name).public())
    }

    /// The key that signs for an address.
    pub(crate) fn secret(&self, address: &Address) -> Result<SecretKey, Trouble> {
        let name = self.name_of(address).ok_or_else(|| {
            let help = "send from an account that `deed accounts list` shows";
            Trouble::usage(format!("there is no key here for {address}")).help(help)
        })?;
        let path = self.path(name, "pem");
        if !path.exists() && self.is_development(name) {
            return Ok(development(name));
        }
        read_secret(&path)
    }

    /// A secret key as text, encrypted where there is a passphrase.
    pub(crate) fn text_of(&self, key: &SecretKey) -> Result<Zeroizing<String>, Trouble> {
        let text = key.to_pem(passphrase().as_deref());
        text.map_err(|why| Trouble::failed(format!("the key is not written: {why}")))
    }

    /// Takes a key over from a file of another tool. Gives its public key, and whether the file here is
    /// encrypted.
    pub(crate) fn import(&mut self, name: &str, file: &Path) -> Result<(PublicKey, bool), Trouble> {
        self.keep(name, &read_secret(file)?)
    }

    /// Makes a key for a new account. Gives its public key, and whether its file is encrypted.
    pub(crate) fn create(
        &mut self,
        name: &str,
        scheme: Scheme,
    ) -> Result<(PublicKey, bool), Trouble> {
        self.keep(name, &fresh(scheme)?)
    }

    /// Writes the files of a new account.
    fn keep(&mut self, name: &str, key: &SecretKey) -> Result<(PublicKey, bool), Trouble> {
        if self.known.contains_key(name) {
            let help = "choose another name; keys are never written over";
            return Err(Trouble::usage(format!("there is an account `{name}` already")).help(help));
        }
        let text = self.text_of(key)?;
        let public = format!("{} {}\n", key.scheme(), hex(key.public().bytes()));
        self.write(name, "pem", text.as_bytes())?;
        self.write(name, "pub", public.as_bytes())?;
        self.known.insert(name.to_owned(), key.public());
        Ok((key.public(), passphrase().is_some()))
    }

    fn path(&self, name: &str, end: &str) -> PathBuf {
        self.folder.join(format!("{name}.{end}"))
    }

    /// Writes a file that was not there, for its owner alone.
    fn write(&self, name: &str, end: &str, bytes: &[u8]) -> Result<(), Trouble> {
        let path = self.path(name, end);
        let fail = |error: std::io::Error| {
            let help = "see whether the folder may be written, or choose another with `--keys`";
            Trouble::failed(format!("`{}` cannot be written: {error}", path.display())).help(help)
        };
        fs::create_dir_all(&self.folder).map_err(fail)?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(fail)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)
    }
}

/// Reads PKCS#8 in PEM.
fn read_secret(path: &Path) -> Result<SecretKey, Trouble> {
    let bytes = Zeroizing::new(files::read(path)?);
    let text = String::from_utf8_lossy(&bytes);
    SecretKey::from_pem(&text, passphrase().as_deref()).map_err(|why| {
        let trouble = Trouble::failed(format!("`{}`: {why}", path.display()));
        match why {
            PemError::NoKey(_) => trouble.help("it must be PKCS#8 in PEM, as it was written"),
            _ => trouble.help(format!("set {PASSPHRASE} to what it was encrypted with")),
        }
    })
}

/// A key that nobody has.
fn fresh(scheme: Scheme) -> Result<SecretKey, Trouble> {
    loop {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|why| Trouble::failed(format!("this machine has no randomness: {why}")))?;
        if let Some(key) = SecretKey::from_bytes(scheme, bytes) {
            return Ok(key);
        }
    }
}

fn passphrase() -> Option<String> {
    std::env::var(PASSPHRASE).ok().filter(|passphrase| !passphrase.is_empty())
}

/// Reads `sm2 0x…`.
fn read_public(path: &Path) -> Result<PublicKey, Trouble> {
    let bytes = files::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let parse = || {
        let (scheme, key) = text.trim().split_once(' ')?;
        let scheme = Scheme::ALL.into_iter().find(|known| known.name() == scheme)?;
        let digits = key.strip_prefix("0x")?;
        let pairs = (0..digits.len()).step_by(2);
        let bytes: Option<Vec<u8>> =
            pairs.map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect();
        PublicKey::from_bytes(scheme, &bytes?)
    };
    parse().ok_or_else(|| {
        let help = "restore the file from a copy";
        Trouble::failed(format!("`{}` is no public key", path.display())).help(help)
    })
}
