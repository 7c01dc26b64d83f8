//! What the server remembers of its own answers.
//!
//! In: answers that a later request may speak of. Out: the same, by the number that they were given.
//! Holds always: of each kind only the last is kept; another number finds nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tower_lsp::lsp_types::SemanticToken;

use super::state::locked;
use super::worker::Stop;
use crate::features::completion::Item;
use crate::features::gas::Gas;
use crate::features::proofs::Proofs;

/// The colours of a file under the name that they were told by.
struct Told {
    name: String,
    tokens: Arc<Vec<SemanticToken>>,
}

#[derive(Default)]
pub(super) struct Memory {
    last: AtomicU64,
    /// Of each open file, the colours that were told last.
    tokens: Mutex<HashMap<PathBuf, Told>>,
    completion: Mutex<(u64, Arc<Vec<Item>>)>,
    /// By the package, or the file by itself.
    proofs: Mutex<HashMap<PathBuf, Arc<Proofs>>>,
    gas: Mutex<HashMap<PathBuf, Arc<Gas>>>,
    verifying: Mutex<HashMap<PathBuf, Arc<Stop>>>,
}

impl Memory {
    fn number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Keeps the colours of a file; gives the name that they have now.
    pub(super) fn keep_tokens(&self, path: &Path, tokens: Arc<Vec<SemanticToken>>) -> String {
        let name = self.number().to_string();
        locked(&self.tokens).insert(path.to_owned(), Told { name: name.clone(), tokens });
        name
    }

    pub(super) fn tokens(&self, path: &Path, name: &str) -> Option<Arc<Vec<SemanticToken>>> {
        let all = locked(&self.tokens);
        all.get(path).filter(|told| told.name == name).map(|told| told.tokens.clone())
    }

    pub(super) fn keep_completion(&self, items: Arc<Vec<Item>>) -> u64 {
        let number = self.number();
        *locked(&self.completion) = (number, items);
        number
    }

    pub(super) fn completion(&self, number: u64) -> Option<Arc<Vec<Item>>> {
        let kept = locked(&self.completion);
        (kept.0 == number).then(|| kept.1.clone())
    }

    pub(super) fn keep_proofs(&self, place: PathBuf, proofs: Proofs) {
        let mut all = locked(&self.proofs);
        let proofs = match all.get(&place) {
            Some(earlier) => proofs.with(earlier),
            None => proofs,
        };
        all.insert(place, Arc::new(proofs));
    }

    pub(super) fn proofs(&self, place: &Path) -> Option<Arc<Proofs>> {
        locked(&self.proofs).get(place).cloned()
    }

    pub(super) fn keep_gas(&self, place: PathBuf, gas: Gas) {
        locked(&self.gas).insert(place, Arc::new(gas));
    }

    pub(super) fn gas(&self, place: &Path) -> Option<Arc<Gas>> {
        locked(&self.gas).get(place).cloned()
    }

    /// A new verification of a package, in place of the one that may run.
    pub(super) fn begin_verifying(&self, place: PathBuf) -> Arc<Stop> {
        let stop = Arc::new(Stop::default());
        if let Some(old) = locked(&self.verifying).insert(place, stop.clone()) {
            old.stop();
        }
        stop
    }

    /// Ends what verifies a package, whose text has changed.
    pub(super) fn stop_verifying(&self, place: &Path) {
        if let Some(old) = locked(&self.verifying).remove(place) {
            old.stop();
        }
    }

    /// Forgets what was told of a file that is closed.
    pub(super) fn forget(&self, path: &Path) {
        locked(&self.tokens).remove(path);
    }
}
