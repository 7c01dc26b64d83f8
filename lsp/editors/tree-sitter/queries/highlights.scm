; What words mean, by names that Helix knows; Neovim and Zed fall back to their first parts.

(identifier) @variable
(self) @variable.builtin

(comment) @comment
(block_comment) @comment
(doc_comment) @comment.documentation
(module_doc) @comment.documentation

(integer) @constant.numeric
(boolean) @constant.builtin.boolean
(string) @string
(string_content) @string
(bytes) @string.special
(escape) @constant.character.escape
(interpolation "{" @punctuation.special "}" @punctuation.special)

; Types and what is named by them
(type_path (path (identifier) @type))
((type_path (path (identifier) @type.builtin))
  (#match? @type.builtin "^([iu](8|16|32|64|128|256)|bool|String|Bytes|Address|Hash|Vec|Map|OrderedMap|Set|Option|Decimal)$"))
(type_parameter name: (identifier) @type)
(inferred_type) @type
(struct name: (identifier) @type)
(asset name: (identifier) @type)
(enum name: (identifier) @type)
(trait name: (identifier) @type)
(interface name: (identifier) @type)
(contract name: (identifier) @type)
(error name: (identifier) @type)
(errors name: (identifier) @type)
(event name: (identifier) @type)
(variant name: (identifier) @type.enum.variant)
(error_path (path (identifier) @type))
((name (identifier) @type) (#match? @type "^[A-Z]"))
((name (identifier) @constant) (#match? @constant "^[A-Z][A-Z0-9_]+$"))
(constant name: (identifier) @constant)
(implicit name: (identifier) @type.enum.variant)
(implicit_pattern (identifier) @type.enum.variant)
(call_pattern "." (identifier) @type.enum.variant)
(struct_pattern "." (identifier) @type.enum.variant)
((path_pattern (path (identifier) @type)) (#match? @type "^[A-Z]"))
((call_pattern (path (identifier) @type)) (#match? @type "^[A-Z]"))

; Functions
(function name: (identifier) @function)
(rule name: (identifier) @function)
(call function: (name (identifier) @function))
((call function: (name (identifier) @type)) (#match? @type "^[A-Z]"))

; Members and parameters
(field name: (identifier) @variable.other.member)
(variant_field name: (identifier) @variable.other.member)
(field_access field: (identifier) @variable.other.member)
(call function: (field_access field: (identifier) @function.method))
(field_init name: (identifier) @variable.other.member)
(field_pattern name: (identifier) @variable.other.member)
(argument label: (identifier) @variable.parameter)
(parameter name: (identifier) @variable.parameter)
(closure_parameter (name_pattern (identifier) @variable.parameter))
(module_header (path (identifier) @namespace))
(use (identifier) @namespace)

; Words
(modifier) @keyword
(mode) @keyword
["const" "struct" "asset" "enum" "trait" "impl" "interface" "contract" "error" "errors" "event" "rule" "test"
 "state" "init" "migrate" "upgrade" "policy" "by" "version" "upgrades" "implements" "every" "cron" "missed" "step"
 "linear" "default" "let" "var" "ghost"] @keyword
["module" "use" "as"] @keyword.control.import
"fn" @keyword.function
["if" "else" "match"] @keyword.control.conditional
["while" "for" "par"] @keyword.control.repeat
["return" (break) (continue)] @keyword.control.return
["throw" "throws" "try" "catch" "finally" "reject" "when" "exactly"] @keyword.control.exception
["requires" "ensures" "modifies" "decreases" "no_trap" "invariant" "forall" "exists" "assert" "assume" "expect" "trap" "warp" "to"
 "never" "only" "then" "without" "flow" "read" "write" "call"] @keyword
["emit" "deploy" "schedule" "await" "view" "from" "value" "gas" "salt" "timeout" "at" "in" "where"] @keyword.operator

; Signs
["=" "+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "==>" "||" "&&" "==" "!=" "<=" ">=" "??" ".." "..=" "^" "&"
 "<<" ">>" "+" "-" "*" "/" "%" "!" "?" "->" "=>"] @operator
(binary ["<" ">" "|"] @operator)
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
(type_arguments ["<" ">"] @punctuation.bracket)
(type_parameters ["<" ">"] @punctuation.bracket)
(closure_parameters "|" @punctuation.bracket)
["," ":" "::" "." ".*" ";"] @punctuation.delimiter
