//! The typed bodies of functions that constants call, before all functions are checked.
//!
//! In: a function by its id. Out: its typed form, checked once for each reading of the heads.
//! Holds always: nothing is said here of what is wrong in a function, since it is checked again with
//! all others; a function whose check needs its own value has no body here.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use deed_base::Diagnostics;

use super::super::functions::function;
use super::super::items::Items;
use crate::arena::FnId;
use crate::thir::Function;

/// So many checks are nested at most: one function's body may need the value of another.
const MOST_NESTED: u32 = 16;

/// Functions that were asked for; nothing where one has a mistake, or is being checked.
#[derive(Default)]
pub(in crate::typeck) struct Bodies {
    known: RefCell<HashMap<FnId, Option<Rc<Function>>>>,
    nested: Cell<u32>,
}

impl Bodies {
    /// A function with its typed body.
    pub(super) fn get(&self, id: FnId, items: &Items<'_>) -> Option<Rc<Function>> {
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        if self.nested.get() == MOST_NESTED {
            return None;
        }
        self.known.borrow_mut().insert(id, None);
        self.nested.set(self.nested.get() + 1);
        let (mut said, pending) = (Diagnostics::new(), items.pending.borrow().len());
        let function =
            Rc::new(function(id, items.hir.functions[id].body.as_ref(), items, &mut said));
        self.nested.set(self.nested.get() - 1);
        let complete = items.pending.borrow().len() == pending && !said.has_errors();
        let found = complete.then_some(function);
        self.known.borrow_mut().insert(id, found.clone());
        found
    }

    /// Forgets all, because heads have changed.
    pub(in crate::typeck) fn clear(&self) {
        self.known.borrow_mut().clear();
    }
}
