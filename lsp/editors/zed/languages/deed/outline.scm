; What the outline lists, each with the words before its name.

(contract "contract" @context name: (_) @name) @item
(interface "interface" @context name: (_) @name) @item
(trait "trait" @context name: (_) @name) @item
(implementation "impl" @context type: (_) @name) @item
(struct "struct" @context name: (_) @name) @item
(asset "asset" @context name: (_) @name) @item
(enum "enum" @context name: (_) @name) @item
(variant name: (_) @name) @item
(error "error" @context name: (_) @name) @item
(errors "errors" @context name: (_) @name) @item
(event "event" @context name: (_) @name) @item
(constant "const" @context name: (_) @name) @item
(rule "rule" @context name: (_) @name) @item
(test "test" @context name: (_) @name) @item
(function (modifier)* @context "fn" @context name: (_) @name) @item
(init "init" @name) @item
(migrate "migrate" @name) @item
(state "state" @name) @item
(state body: (fields (field name: (_) @name) @item))
