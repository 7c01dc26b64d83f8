; What can be folded away.

[
  (fields) (variants) (items) (members) (rule_clauses) (block) (arms) (use_names)
  (payload) (parameters) (arguments) (array) (struct_literal) (block_comment)
] @fold
