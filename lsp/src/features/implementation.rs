//! What implements the trait, the interface, or the function of one, under the cursor.

use deed_base::{SourceId, Span};
use deed_compiler::arena::{FnId, InterfaceId, TraitId};
use deed_compiler::thir::FnOwner;

use crate::analysis::Analysis;
use crate::analysis::index::Symbol;

/// Names, or for an `impl` the type that it is for.
pub fn implementation(analysis: &Analysis, source: SourceId, offset: u32) -> Vec<Span> {
    let Some(found) = analysis.index().at(source, offset) else { return Vec::new() };
    match found.symbol {
        Symbol::Trait(id) => of_trait(analysis, id),
        Symbol::Interface(id) => of_interface(analysis, id),
        Symbol::Function(id) => of_function(analysis, id),
        _ => Vec::new(),
    }
}

fn of_trait(analysis: &Analysis, id: TraitId) -> Vec<Span> {
    let impls = analysis.hir.impls.values();
    let own = impls.filter(|decl| decl.of_trait.as_ref().is_some_and(|of| of.id == id));
    own.map(|decl| decl.target.span).collect()
}

fn of_interface(analysis: &Analysis, id: InterfaceId) -> Vec<Span> {
    let contracts = analysis.hir.contracts.values();
    let own = contracts.filter(|contract| contract.implements.iter().any(|(of, _)| *of == id));
    own.map(|contract| contract.name.span).collect()
}

fn of_function(analysis: &Analysis, id: FnId) -> Vec<Span> {
    let functions = &analysis.thir.functions;
    let name = &functions[id].name.text;
    match functions[id].owner {
        FnOwner::Trait(_) => {
            let impls = analysis.thir.impls.values();
            let bound = impls.filter_map(|decl| decl.bindings.get(&id));
            bound.map(|own| functions[*own].name.span).collect()
        }
        FnOwner::Interface(of) => {
            let contracts = analysis.hir.contracts.values();
            let own = contracts.filter(|c| c.implements.iter().any(|(id, _)| *id == of));
            let all = own.flat_map(|contract| &contract.functions);
            let same = all.map(|id| &functions[*id]).filter(|function| function.name.text == *name);
            same.map(|function| function.name.span).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const TEXT: &str = "
module m
trait Show { fn show(self) -> u64 }
struct A { n: u64 }
impl Show for A { fn show(self) -> u64 { return self.n } }
interface Bank { view fn total() -> u64 }
contract Vault implements Bank {
    state { held: u64 = 0 }
    view fn total() -> u64 { return self.held }
}
fn f(a: A, bank: Bank) -> u64 { return a.show() + bank.total() }
";

    fn lines(cursor: &str) -> Vec<u32> {
        let plain = cursor.replace("$0", "");
        let at = Fixture::new(&TEXT.replacen(&plain, cursor, 1));
        let found = implementation(&at.analysis, at.source, at.offset);
        let file = at.analysis.source(at.source);
        found.iter().map(|span| file.position(span.start).line).collect()
    }

    #[test]
    fn traits_and_interfaces_lead_to_what_implements_them() {
        assert_eq!(lines("trait Sh$0ow"), [5]);
        assert_eq!(lines("a.sh$0ow()"), [5]);
        assert_eq!(lines("interface Ba$0nk"), [7]);
        assert_eq!(lines("bank.to$0tal()"), [9]);
        assert_eq!(lines("struct $0A"), Vec::<u32>::new());
    }
}
