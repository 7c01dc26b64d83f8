//! Where the type of the word under the cursor is declared.

use deed_base::SourceId;
use deed_compiler::ty::Ty;

use super::definition::Target;
use crate::analysis::index::Symbol;
use crate::analysis::{Analysis, describe};

/// The declarations of the types that a value is made of: of a `Map<Id, Note>`, both.
pub fn type_definition(analysis: &Analysis, source: SourceId, offset: u32) -> Vec<Target> {
    let Some(found) = analysis.index().at(source, offset) else { return Vec::new() };
    let package = &analysis.thir;
    let mut symbols = Vec::new();
    match found.symbol {
        Symbol::Function(id) => named(&package.functions[id].result, &mut symbols),
        Symbol::Variant(id, _) => symbols.push(Symbol::Enum(id)),
        symbol => {
            if let Some(ty) = describe::symbol_type(package, symbol) {
                named(ty, &mut symbols);
            }
        }
    }
    let names = symbols.into_iter().filter_map(|symbol| analysis.index().definition(symbol));
    names.map(|name| Target { word: found.span, name }).collect()
}

/// The declared types in a type, each once.
fn named(ty: &Ty, found: &mut Vec<Symbol>) {
    let (symbol, parts): (Option<Symbol>, Vec<&Ty>) = match ty {
        Ty::Struct(id, args) => (Some(Symbol::Struct(*id)), args.iter().collect()),
        Ty::Enum(id, args) => (Some(Symbol::Enum(*id)), args.iter().collect()),
        Ty::Interface(id) => (Some(Symbol::Interface(*id)), Vec::new()),
        Ty::Contract(id) => (Some(Symbol::Contract(*id)), Vec::new()),
        Ty::Param(id) => (Some(Symbol::TypeParam(*id)), Vec::new()),
        Ty::Vec(of) | Ty::Set(of) | Ty::Option(of) | Ty::Table(of) | Ty::Array(of, _) => {
            (None, vec![&**of])
        }
        Ty::Map(map) => (None, vec![&map.key, &map.value]),
        Ty::Result(ok, err) => (None, vec![&**ok, &**err]),
        Ty::Tuple(parts) => (None, parts.iter().collect()),
        _ => (None, Vec::new()),
    };
    found.extend(symbol.filter(|symbol| !found.contains(symbol)));
    parts.into_iter().for_each(|part| named(part, found));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn values_lead_to_their_types() {
        let to = |body: &str| {
            let at = Fixture::new(&format!(
                "module m\nstruct Note {{ id: u64 }}\nenum Side {{ Left, Right }}\n\
                 fn f(note: Note, notes: Vec<Note>, side: Side, n: u64) {{\n    {body}\n}}\n"
            ));
            let targets = type_definition(&at.analysis, at.source, at.offset);
            targets.iter().map(|to| at.analysis.slice(to.name).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(to("let x = no$0te"), ["Note"]);
        assert_eq!(to("let x = not$0es"), ["Note"]);
        assert_eq!(to("let x = si$0de"), ["Side"]);
        assert_eq!(to("let x = Side.Le$0ft"), ["Side"]);
        assert_eq!(to("let x = n$0"), Vec::<String>::new());
    }
}
