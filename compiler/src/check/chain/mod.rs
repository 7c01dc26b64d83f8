//! What goes on later, and the words of the state that it needs.
//!
//! In: typed functions and contracts with their effects. Out: messages.
//! Holds always: each rule stands in a file of its own and is looked at whatever the others found.

mod awaits;
mod migrations;
mod modifies;
mod state;

use deed_base::Diagnostics;

use super::occurs::Occurs;
use crate::arena::{Arena, FnId};
use crate::thir::Package;

pub(super) fn check(package: &Package, occurs: &Arena<FnId, Occurs>, d: &mut Diagnostics) {
    for (id, function) in package.functions.iter() {
        if occurs[id].chain || function.is_async {
            awaits::check(function, package, d);
        }
        state::check_function(function, package, d);
        modifies::check(function, package, d);
    }
    for contract in package.contracts.values() {
        state::check_contract(contract, package, d);
        migrations::check(contract, package, d);
    }
    migrations::check_upgrades(package, d);
}
