; Where names are bound, and how far they are known.

[(function) (init) (migrate) (upgrade) (test) (block) (closure) (arm) (quantifier) (comprehension) (for) (catch)] @local.scope

(parameter name: (identifier) @local.definition.variable.parameter)
(closure_parameter (name_pattern (identifier) @local.definition.variable.parameter))
(name_pattern (identifier) @local.definition.variable)
(binder (identifier) @local.definition.variable)
(name (identifier) @local.reference)
