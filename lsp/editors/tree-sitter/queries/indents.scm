; What stands deeper than the line that opens it, in Helix's words.

[
  (fields) (variants) (items) (members) (rule_clauses) (block) (arms) (use_names) (payload)
  (parameters) (arguments) (type_arguments) (array) (tuple) (struct_literal) (throws) (requires) (ensures)
  (modifies) (decreases) (no_trap) (where_clause)
] @indent

["}" ")" "]"] @outdent
