//! Where no asset may stand: what crosses the contract's boundary, keys, constants, and type
//! parameters that are not declared `linear`.
//!
//! Holds always: a declaration is reported once.

use std::fmt::Arguments;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::TypeParamId;
use crate::thir::{DataField, FnKind, FnOwner, Function, Name, Package, type_text};
use crate::ty::Ty;
use crate::value::Value;

pub(super) fn check(package: &Package, d: &mut Diagnostics) {
    let mut sites = Sites { package, d };
    for def in package.structs.values() {
        for field in def.fields.values() {
            sites.declared(&field.ty, field.name.span);
            let empty = !matches!(&field.default, Some(value) if *value != Value::Unit);
            if !empty && package.is_linear(&field.ty) {
                sites.refuse(format_args!("the default of a field"), &field.ty, field.name.span);
            }
        }
    }
    for variant in package.enums.values().flat_map(|def| def.variants.values()) {
        variant.fields.iter().for_each(|part| sites.declared(&part.ty, part.name.span));
    }
    for contract in package.contracts.values() {
        contract.state.values().for_each(|field| sites.declared(&field.ty, field.name.span));
    }
    package.errors.values().for_each(|def| sites.data("an error", &def.fields));
    package.events.values().for_each(|def| sites.data("an event", &def.fields));
    for constant in package.constants.values() {
        sites.crossing(format_args!("a constant"), &constant.ty, constant.name.span);
    }
    package.functions.values().for_each(|function| sites.function(function));
}

struct Sites<'p, 'd> {
    package: &'p Package,
    d: &'d mut Diagnostics,
}

impl Sites<'_, '_> {
    fn data(&mut self, what: &str, fields: &[DataField]) {
        fields
            .iter()
            .for_each(|field| self.crossing(format_args!("{what}"), &field.ty, field.name.span));
    }

    fn function(&mut self, function: &Function) {
        let outside = matches!(function.owner, FnOwner::Interface(_));
        let what = match function.kind {
            _ if outside => Some("a function of an interface"),
            FnKind::Entry { .. } => Some("an `entry`"),
            FnKind::View => Some("a `view`"),
            FnKind::Init => Some("an `init`"),
            _ => None,
        };
        let locals = function.locals.iter();
        for (id, local) in locals {
            let is_param = function.params.iter().any(|param| param.local == id);
            match what.filter(|_| is_param) {
                Some(what) => {
                    self.crossing(
                        format_args!("a parameter of {what}"),
                        &local.ty,
                        local.name.span,
                    );
                }
                None => self.declared(&local.ty, local.name.span),
            }
        }
        let name: &Name = &function.name;
        match what {
            Some(what) => {
                self.crossing(format_args!("the result of {what}"), &function.result, name.span)
            }
            None => self.declared(&function.result, name.span),
        }
    }

    /// What is seen outside of the contract.
    fn crossing(&mut self, what: Arguments<'_>, ty: &Ty, span: Span) {
        if self.package.is_linear(ty) {
            self.refuse(what, ty, span);
        } else {
            self.declared(ty, span);
        }
    }

    fn refuse(&mut self, what: Arguments<'_>, ty: &Ty, span: Span) {
        let text = type_text(ty, self.package);
        let message = format!("{what} cannot hold a `{text}`");
        let diagnostic = Diagnostic::new(codes::ASSET_NOT_ALLOWED, span, message);
        let diagnostic = diagnostic.label("holds an asset, which stays in its contract");
        self.d.push(match ty {
            Ty::Struct(..) => diagnostic
                .help(format!("tell others its data, `{text}.Info`, or the key it is held under")),
            _ => diagnostic.help("tell others its plain data, or the key it is held under"),
        });
    }

    /// A type wherever it is declared: keys and plain type parameters hold no asset.
    fn declared(&mut self, ty: &Ty, span: Span) {
        let mut wrong = None;
        ty.each(&mut |part| {
            let key = match part {
                Ty::Map(map) => Some(("the key of a map", &map.key)),
                Ty::Set(of) => Some(("the element of a set", &**of)),
                _ => None,
            };
            if let Some((what, key)) = key
                && self.package.is_linear(key)
            {
                wrong = Some(format!("{what} is compared and copied, and cannot hold an asset"));
            }
            let (params, args) = match part {
                Ty::Struct(id, args) => (&self.package.structs[*id].type_params, args),
                Ty::Enum(id, args) => (&self.package.enums[*id].type_params, args),
                _ => return,
            };
            let pairs = params.iter().zip(args);
            for (param, arg) in pairs {
                if self.package.is_linear(arg) && !self.package.type_params[*param].linear {
                    wrong = Some(self.plain_param(*param, arg));
                }
            }
        });
        if let Some(message) = wrong {
            self.d.push(Diagnostic::new(codes::ASSET_NOT_ALLOWED, span, message));
        }
    }

    fn plain_param(&self, param: TypeParamId, arg: &Ty) -> String {
        let name = &self.package.type_params[param].name.text;
        let arg = type_text(arg, self.package);
        format!(
            "`{name}` stands for plain data unless it is declared `linear {name}`, and `{arg}` is an asset"
        )
    }
}
