//! The messages about ownership.
//!
//! Holds always: each names the value, shows where it came from or went, and says what to do.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::Checker;
use super::area::Root;
use super::branches::Outcome;
use super::roles::Role;
use crate::arena::{FnId, Id, TypeParamId};
use crate::thir::{Expr, Name, Place, PlaceStep, StructDef, type_text};
use crate::ty::Ty;

/// How control leaves a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Leaving {
    /// At its end.
    End,
    Return,
    /// By `reject`, which keeps what was done.
    Reject,
    /// By `?`.
    Propagate,
    /// By `break` or `continue`.
    Loop,
}

impl Checker<'_, '_> {
    /// The name of a root as it is written.
    fn called(&self, root: Root) -> String {
        match root {
            Root::Local(local) if local.index() < self.function.locals.len() => {
                self.function.locals[local].name.text.to_string()
            }
            Root::Local(_) => "_".to_owned(),
            Root::State(field) => match self.function.contract() {
                Some(id) => {
                    format!("self.{}", self.package.contracts[id].state[field].name.text)
                }
                None => "self".to_owned(),
            },
        }
    }

    /// A place as it is written, with `[..]` for its keys.
    fn place_text(&self, place: &Place) -> String {
        let mut text = self.called(place.base);
        for step in &place.path {
            match step {
                PlaceStep::Key(_) | PlaceStep::Index(_) => text.push_str("[..]"),
                PlaceStep::Part(part) => text.push_str(&format!(".{part}")),
                PlaceStep::Field(id, field) => {
                    let name = &self.package.structs[*id].fields[*field].name.text;
                    text.push_str(&format!(".{name}"));
                }
            }
        }
        text
    }

    fn shown(&self, ty: &Ty) -> String {
        type_text(ty, self.package)
    }

    /// The diagnostic with where a value came from.
    fn with_origin(&self, diagnostic: Diagnostic, root: Root) -> Diagnostic {
        match self.role(root) {
            Some(Role::Owner { made }) => diagnostic.also(*made, "it comes from here"),
            _ => diagnostic,
        }
    }

    /// What to do with a value that must not be lost.
    fn ways_out(&self, root: Root) -> String {
        let name = self.called(root);
        match self.root_ty(root) {
            Some(ty) if ty.is_collection() => {
                format!("empty it and `{name}.close()`, or store, return or hand it over")
            }
            Some(Ty::Option(_)) => {
                format!("say what happens to a value in it: `if let Some(..) = {name} {{ .. }}`")
            }
            _ => "store it, return it, or hand it to a function that takes it".to_owned(),
        }
    }

    pub(super) fn left_behind(&self, root: Root, end: Span, how: Leaving) -> Diagnostic {
        if let Some(Role::Nameless { left }) = self.role(root) {
            let message = "an asset would be dropped here";
            return Diagnostic::new(codes::ASSET_DROPPED, *left, message)
                .label("what this passes over holds an asset")
                .also(end, "and nothing has taken it when control gets here")
                .help("bind it to a name and consume it; only a `throw` undoes it");
        }
        let name = self.called(root);
        let (message, label) = match how {
            Leaving::End => (format!("`{name}` is still held at the end"), "it is lost here"),
            Leaving::Return => {
                (format!("this `return` leaves `{name}` behind"), "it is lost on this path")
            }
            Leaving::Reject => {
                (format!("this `reject` leaves `{name}` behind"), "what was done stays done")
            }
            Leaving::Propagate => {
                (format!("this `?` may return and leave `{name}` behind"), "may return here")
            }
            Leaving::Loop => (
                format!("this leaves the turn of the loop, and `{name}` behind"),
                "it is lost on this path",
            ),
        };
        let diagnostic = Diagnostic::new(codes::ASSET_LEFT, end, message).label(label);
        let diagnostic = self.with_origin(diagnostic, root);
        let parts_gone = self.moved.get(&root).filter(|_| how == Leaving::End);
        match parts_gone {
            Some(moved) => diagnostic.also(*moved, "a part of it was moved here"),
            None => diagnostic,
        }
        .help(self.ways_out(root))
    }

    pub(super) fn used_after_move(&self, root: Root, span: Span) -> Diagnostic {
        let name = self.called(root);
        let diagnostic =
            Diagnostic::new(codes::USED_AFTER_MOVE, span, format!("`{name}` was moved before"))
                .label("it is no longer here");
        let diagnostic = match self.moved.get(&root) {
            Some(moved) => diagnostic.also(*moved, "moved here"),
            None => diagnostic,
        };
        diagnostic.help("an asset is in one place at a time: use it before it is moved")
    }

    /// Paths meet, and a value is held on one of them; or each has moved another part of it.
    pub(super) fn some_paths(&self, root: Root, leak: &Outcome, parts: bool) -> Diagnostic {
        let name = self.called(root);
        if let Some(Role::Nameless { .. }) = self.role(root) {
            return self.left_behind(root, leak.end, Leaving::End);
        }
        let message = match parts {
            false => format!("`{name}` is consumed on one path, and still held on another"),
            true => format!("the paths that meet here hold different parts of `{name}`"),
        };
        let diagnostic =
            Diagnostic::new(codes::MOVED_ON_SOME_PATHS, leak.end, message).label(leak.held);
        let diagnostic = match self.moved.get(&root) {
            Some(moved) => diagnostic.also(*moved, "consumed here"),
            None => diagnostic,
        };
        self.with_origin(diagnostic, root)
            .help("consume it on every path, or on none; a path that throws need not")
    }

    pub(super) fn moved_in_loop(&self, root: Root, before: bool) -> Diagnostic {
        let name = self.called(root);
        let at = if before { self.moved.get(&root) } else { self.filled.get(&root) }.copied();
        let at = at.or_else(|| match self.role(root) {
            Some(Role::Owner { made }) => Some(*made),
            _ => None,
        });
        let span = at.unwrap_or(self.function.name.span);
        let message = match before {
            true => format!("the next turn of the loop would find `{name}` gone"),
            false => format!("the next turn of the loop would write over `{name}`"),
        };
        Diagnostic::new(codes::MOVED_IN_LOOP, span, message)
            .label(if before { "moved in a turn that may not be the last" } else { "" })
            .help(
                "leave the loop after this with `break`, or move it in front of or behind the loop",
            )
    }

    pub(super) fn moved_from_view(&self, place: &Place, made: Span) -> Diagnostic {
        let text = self.place_text(place);
        let ty = self.shown(&place.ty);
        Diagnostic::new(
            codes::MOVED_FROM_VIEW,
            place.span,
            format!("`{text}` is only looked at, and cannot be moved or stored"),
        )
        .label(format!("this would move a `{ty}`"))
        .also(made, "a view from here")
        .help("take it instead: a parameter `take name: T` owns its value, and `take(key)` empties an entry")
    }

    /// A linear value would leave a place that must keep it.
    pub(super) fn copied_out(&self, place: &Place) -> Diagnostic {
        let (text, ty) = (self.place_text(place), self.shown(&place.ty));
        let message = format!("`{text}` stays where it is, and a `{ty}` cannot be copied");
        let help = match place.path.last() {
            Some(PlaceStep::Key(_)) => {
                "take it out with `take(key)`, or look at it: `let a = view map[key] else ..`"
            }
            Some(PlaceStep::Index(_)) => "take it out with `pop()` or `remove(index)`",
            _ => "put another in its place with `replace`, or keep it in an `Option` or map",
        };
        Diagnostic::new(codes::ASSET_COPIED, place.span, message).help(help)
    }

    pub(super) fn got_copy(&self, map: &Place, span: Span) -> Diagnostic {
        let text = self.place_text(map);
        let message = format!("`get` would copy an asset out of `{text}`");
        Diagnostic::new(codes::ASSET_COPIED, span, message)
            .help("take it out with `take(key)`, or look at it: `let a = view map[key] else ..`")
    }

    pub(super) fn removed(&self, ty: &Ty, map: &Place, span: Span) -> Diagnostic {
        let (text, map) = (self.shown(ty), self.place_text(map));
        let message = format!("`remove` would drop a `{text}` of `{map}`");
        Diagnostic::new(codes::ASSET_DROPPED, span, message)
            .label("nothing takes it")
            .help("take it out with `take(key)`, and store it, return it, or hand it over")
    }

    pub(super) fn repeated(&self, part: &Expr) -> Diagnostic {
        let ty = self.shown(&part.ty);
        let message = format!("this would make copies of a `{ty}`");
        Diagnostic::new(codes::ASSET_COPIED, part.span, message).help("write each element out")
    }

    pub(super) fn overwritten(&self, place: &Place, root: Root) -> Diagnostic {
        let (text, ty) = (self.place_text(place), self.shown(&place.ty));
        let message = format!("`{text}` may hold a `{ty}`, which this would write over");
        let help = match place.path.last() {
            Some(PlaceStep::Key(_)) => {
                "`insert(key, value)` traps where there is one already, `replace` gives it back"
            }
            _ => "consume the old value first, or exchange them with `replace`",
        };
        let diagnostic =
            Diagnostic::new(codes::ASSET_OVERWRITTEN, place.span, message).label("still held");
        self.with_origin(diagnostic, root).help(help)
    }

    pub(super) fn dropped(&self, ty: &Ty, span: Span) -> Diagnostic {
        let text = self.shown(ty);
        Diagnostic::new(codes::ASSET_DROPPED, span, format!("this `{text}` would be dropped"))
            .label("nothing takes it")
            .help("bind it to a name, and store it, return it, or hand it over")
    }

    pub(super) fn not_whole(&self, root: Root, end: Span) -> Diagnostic {
        let name = self.called(root);
        let message = format!("`{name}` is lent by the caller, and is not whole here");
        let diagnostic =
            Diagnostic::new(codes::NOT_WHOLE, end, message).label("control goes back here");
        let diagnostic = match self.moved.get(&root) {
            Some(moved) => diagnostic.also(*moved, "moved out here"),
            None => diagnostic,
        };
        diagnostic.help(format!("put something back before, or declare `take {name}`"))
    }

    pub(super) fn touched_by_callee(&self, place: &Place, function: FnId) -> Diagnostic {
        let text = self.place_text(place);
        let callee = &self.package.functions[function].name;
        let message = format!("`{}` touches `{text}` itself while it is lent to it", callee.text);
        Diagnostic::new(codes::OVERLAPPING, place.span, message)
            .also(callee.span, "it reads or writes the same state")
            .help("let the function reach the state by itself, or lend it a variable")
    }

    pub(super) fn plain_param(
        &self,
        function: FnId,
        param: TypeParamId,
        ty: &Ty,
        span: Span,
    ) -> Diagnostic {
        let name = &self.package.functions[function].name;
        let param = &self.package.type_params[param].name;
        let ty = self.shown(ty);
        let message = format!("`{}` is for plain data, and `{ty}` is an asset", name.text);
        Diagnostic::new(codes::ASSET_NOT_ALLOWED, span, message)
            .also(param.span, "a type parameter that holds assets is declared `linear`")
            .help("of containers of assets use `take`, `replace`, `insert`, `pop` and views")
    }
}

pub(super) fn dead_view(name: &Name, span: Span, write: Span) -> Diagnostic {
    let message = format!("`{}` looks at a place that was written since", name.text);
    Diagnostic::new(codes::VIEW_DEAD, span, message)
        .label("the view is used after the write")
        .also(write, "written here")
        .also(name.span, "the view")
        .help("look again after the write, or copy what you need before it")
}

pub(super) fn dead_in_next_turn(name: &Name, span: Span, write: Span) -> Diagnostic {
    let message = format!("in the next turn `{}` looks at a place that was written", name.text);
    Diagnostic::new(codes::VIEW_DEAD, span, message)
        .label("used again in the next turn")
        .also(write, "written here")
        .also(name.span, "the view")
        .help("make the view inside the loop")
}

pub(super) fn changed_while_iterated(span: Span, iterated: Span) -> Diagnostic {
    let message = "this changes a collection while it is iterated";
    Diagnostic::new(codes::CHANGED_WHILE_ITERATED, span, message)
        .label("changed here")
        .also(iterated, "iterated here")
        .help("note what to change, and change it after the loop")
}

pub(super) fn overlapping(span: Span, other: Span) -> Diagnostic {
    let message = "this `inout` place overlaps another argument of the call";
    Diagnostic::new(codes::OVERLAPPING, span, message)
        .label("lent to be changed")
        .also(other, "given here as well")
        .help("copy what the other argument needs into a variable first")
}

pub(super) fn lent_across_call(name: &Name, span: Span) -> Diagnostic {
    let message = format!("`{}` is lent to this function while another contract runs", name.text);
    Diagnostic::new(codes::INOUT_ACROSS_CALL, span, message)
        .label("control leaves the contract here")
        .also(name.span, "lent by the caller until the function returns")
        .help("return the new value instead of changing the caller's place, or call out first")
}

pub(super) fn captured(name: &Name, span: Span) -> Diagnostic {
    let message = format!("a closure cannot hold `{}`, which is an asset", name.text);
    Diagnostic::new(codes::ASSET_CAPTURED, span, message)
        .label("it may run any number of times")
        .also(name.span, "declared here")
        .help("copy the plain fields that it needs into variables first")
}

pub(super) fn made_elsewhere(asset: &StructDef, span: Span) -> Diagnostic {
    let name = &asset.name.text;
    let message = format!("only the module of `{name}` makes one");
    Diagnostic::new(codes::FORGED, span, message)
        .also(asset.name.span, "declared here")
        .help("call a function of that module that makes it")
}

pub(super) fn unmade_elsewhere(asset: &StructDef, span: Span) -> Diagnostic {
    let name = &asset.name.text;
    let message = format!("only the module of `{name}` takes one apart");
    Diagnostic::new(codes::FORGED, span, message)
        .also(asset.name.span, "declared here")
        .help("call a function of that module that consumes it; its fields can be read anywhere")
}

pub(super) fn changed_elsewhere(asset: &StructDef, span: Span) -> Diagnostic {
    let name = &asset.name.text;
    let message = format!("only the module of `{name}` changes its fields");
    Diagnostic::new(codes::FORGED, span, message)
        .also(asset.name.span, "declared here")
        .help("call a function of that module that changes it: `fn f(inout self, ..)`")
}
