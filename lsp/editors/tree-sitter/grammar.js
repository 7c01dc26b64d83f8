// Deed for tree-sitter: colours, folds and selections in editors that parse for themselves.
//
// In: the grammar of `docs/grammar.md`. Out: a parser that keeps going on broken code, and accepts a little
// more than the compiler does.
// Holds always: `src/scanner.c` says where the end of a line separates and what a `{` opens, as the
// compiler's layout does; a contextual word is one only where the grammar has it, and `name` lists
// those that may be names there too.

/** As the compiler binds, tightest last. */
const BINDING = [
  ["==>"], ["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["??"], ["..", "..="],
  ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
];
const PREFIX = 20;
const SUFFIX = 21;
const POSTFIX = 22;

const ASSIGNS = ["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="];

const MODIFIERS = [
  "pub", "async", "entry", "view", "test", "ghost", "payable", "spec", "native", "reentrant",
  "traced", "counter", "index",
];

/** Words that begin an expression, and still are labels before a `:`. */
const LABELS = [
  "if", "match", "try", "forall", "exists", "view", "await", "schedule", "deploy", "take",
];

/** Words that begin a statement or an argument, and are names elsewhere. */
const NAMES = ["expect", "warp", "reject", "par", "inout", "take", "linear", "flow", "default"];

const list = (one, separator) => optional(list1(one, separator));
const list1 = (one, separator) => seq(one, repeat(seq(separator, one)), optional(separator));
const some = (one, separator = ",") => seq(one, repeat(seq(separator, one)));
const open = ($) => alias($._block_open, "{");
const round = (...inner) => seq("(", ...inner, ")");

module.exports = grammar({
  name: "deed",

  externals: ($) => [
    $._newline, // where the end of a line separates
    $._arm_newline, // the same within `match`, where a line may begin with a `.`
    $._block_open, // a `{` that opens a body
    $._literal_open, // a `{` behind a value or a pattern, where no body can begin
    $.block_comment,
    $._error,
  ],

  extras: ($) => [/\s/, $.comment, $.doc_comment, $.module_doc, $.block_comment],

  word: ($) => $.identifier,

  supertypes: ($) => [$.item, $.statement, $.expression, $.pattern, $.type],

  inline: ($) => [$._separator, $._member],

  conflicts: ($) => [
    // `a.B` of a pattern may be a path, or the start of a range.
    [$.path_pattern, $._range_end],
    [$.literal_pattern, $._range_end],
    [$.path, $.name_pattern],
  ],

  rules: {
    source_file: ($) => list($._top, $._newline),

    // ---- Tokens ----------------------------------------------------------------------------

    comment: () => token(choice(/\/\/[^\/!\r\n][^\r\n]*/, /\/\/\/\/[^\r\n]*/, "//")),
    doc_comment: () => token(choice(/\/\/\/[^\/\r\n][^\r\n]*/, "///")),
    module_doc: () => token(/\/\/![^\r\n]*/),
    identifier: () => /[\p{XID_Start}_][\p{XID_Continue}]*/u,
    integer: () => /[0-9][A-Za-z0-9_]*/,
    bytes: () => token(choice(/b"([^"\\\r\n]|\\[^\r\n])*"/, /hex"[^"\r\n]*"/)),
    string: ($) => seq('"', repeat(choice($.string_content, $.escape, $.interpolation)), token.immediate('"')),
    string_content: () => token.immediate(prec(1, /[^"\\{\r\n]+/)),
    escape: () => token.immediate(/\\(x[0-9a-fA-F]{2}|u\{[0-9a-fA-F]{1,6}\}|[^xu\r\n])/),
    interpolation: ($) => seq(token.immediate("{"), $.expression, "}"),
    boolean: () => choice("true", "false"),
    self: () => "self",
    _separator: ($) => choice(",", $._newline),

    // ---- Modules ---------------------------------------------------------------------------

    _top: ($) => choice($.module_header, $.use, $.item),
    module_header: ($) => seq("module", field("path", $.path)),
    path: ($) => prec.left(seq($.identifier, repeat(seq(".", $.identifier)))),
    // Not a `path`, behind whose last dot no `{` could follow.
    use: ($) =>
      seq(
        "use", $.identifier, repeat(seq(".", $.identifier)),
        optional(choice($._alias, ".*", seq(".", $.use_names))),
      ),
    use_names: ($) => seq(open($), list($.use_name, $._separator), "}"),
    use_name: ($) => seq($.identifier, optional($._alias)),
    _alias: ($) => seq("as", field("alias", $.identifier)),

    // ---- Items -----------------------------------------------------------------------------

    item: ($) =>
      choice(
        $.constant, $.struct, $.asset, $.enum, $.error, $.errors, $.event, $.interface, $.trait,
        $.implementation, $.contract, $.test, $.rule, $.function,
      ),
    modifier: () => choice(...MODIFIERS),
    _modifiers: ($) => repeat1($.modifier),
    constant: ($) =>
      seq(optional($._modifiers), "const", field("name", $.identifier), $._annotation, "=", field("value", $.expression)),
    struct: ($) => seq(optional($._modifiers), "struct", $._named, field("body", $.fields)),
    asset: ($) => seq(optional($._modifiers), "asset", $._named, field("body", $.fields)),
    _named: ($) => seq(field("name", $.identifier), optional($.type_parameters)),
    fields: ($) => seq(open($), list(choice($.field, $.function, $.upgrade), $._separator), "}"),
    field: ($) =>
      seq(optional($._modifiers), field("name", $._field_name), $._annotation, optional(seq("=", field("default", $.expression)))),
    _field_name: ($) => choice($.identifier, alias(choice(...MODIFIERS, "upgrade"), $.identifier)),
    _annotation: ($) => seq(":", field("type", $.type)),
    upgrade: ($) =>
      seq(optional($._modifiers), "upgrade", $.parameters, optional($._result), repeat($._clause), $.block),
    enum: ($) => seq(optional($._modifiers), "enum", $._named, field("body", $.variants)),
    variants: ($) => seq(open($), list(choice($.variant, $.function), $._separator), "}"),
    variant: ($) => seq(field("name", $.identifier), optional(round(list($.variant_field, ",")))),
    variant_field: ($) => choice($.type, seq(field("name", $.identifier), $._annotation)),
    error: ($) => seq(optional($._modifiers), "error", field("name", $.identifier), optional($.payload)),
    payload: ($) => round(list($.field, ",")),
    errors: ($) => seq(optional($._modifiers), "errors", field("name", $.identifier), "=", some($.error_path, "|")),
    error_path: ($) => seq($.path, optional(".*")),
    event: ($) => seq(optional($._modifiers), "event", field("name", $.identifier), optional($.payload)),
    interface: ($) => seq(optional($._modifiers), "interface", field("name", $.identifier), field("body", $.items)),
    trait: ($) => seq(optional($._modifiers), "trait", $._named, field("body", $.items)),
    items: ($) => seq(open($), list($.item, $._newline), "}"),
    implementation: ($) =>
      seq(
        optional($._modifiers), "impl", optional($.type_parameters),
        optional(seq(field("trait", $.type), "for")), field("type", $.type),
        optional($.where_clause), field("body", $.items),
      ),
    test: ($) =>
      prec(1, seq(optional($._modifiers), "test", field("name", $.string), optional($.parameters), field("body", $.block))),

    // ---- Contracts -------------------------------------------------------------------------

    contract: ($) =>
      seq(
        optional($._modifiers), "contract", field("name", $.identifier), optional($.version),
        optional(seq("implements", some($.path))), field("body", $.members),
      ),
    version: ($) => seq("version", $.integer, optional(seq("upgrades", $.integer))),
    members: ($) => seq(open($), list($._member, $._newline), "}"),
    _member: ($) => choice($.item, $.state, $.init, $.migrate, $.schedule, $.invariant, $.policy),
    state: ($) => seq(optional($._modifiers), "state", field("body", $.fields)),
    init: ($) => seq(optional($._modifiers), "init", $.parameters, repeat($._clause), field("body", $.block)),
    migrate: ($) => seq(optional($._modifiers), "migrate", $.parameters, repeat($._clause), field("body", $.block)),
    schedule: ($) =>
      seq(
        optional($._modifiers),
        choice(seq("every", $._postfix), seq("cron", $.string, optional(seq("in", $._postfix)))),
        repeat(seq(choice("gas", "missed"), $._postfix)),
        $.function,
      ),
    invariant: ($) => seq(optional($._modifiers), optional("step"), "invariant", $.expression),
    policy: ($) => seq(optional($._modifiers), "policy", $.identifier, optional(seq("by", $.expression))),

    rule: ($) =>
      seq(optional($._modifiers), "rule", field("name", $.identifier), optional($.parameters), field("body", $.rule_clauses)),
    rule_clauses: ($) => seq(open($), list($.rule_clause, $._newline), "}"),
    rule_clause: ($) =>
      choice(
        seq("assume", $.expression),
        seq("never", $.expression, repeat(seq("then", $.expression)), optional(seq("without", $.expression))),
        seq("never", "flow", $.expression, "to", $.expression, optional(seq("without", $.expression))),
        seq("only", some($.path), choice("read", "write", "call", "emit"), $.expression),
      ),

    // ---- Functions -------------------------------------------------------------------------

    function: ($) =>
      prec.right(
        seq(
          optional($._modifiers), "fn", field("name", $.identifier), optional($.type_parameters), $.parameters,
          optional($._result), repeat($._clause), optional(field("body", $.block)),
        ),
      ),
    parameters: ($) => round(list($.parameter, ",")),
    parameter: ($) =>
      seq(optional($.mode), choice($.self, seq(field("name", $._parameter_name), $._annotation))),
    _parameter_name: ($) => choice($.identifier, alias(choice("inout", "take"), $.identifier)),
    mode: () => choice("inout", "take"),
    _result: ($) => seq("->", field("result", $.type)),
    _clause: ($) => choice($.throws, $.where_clause, $.requires, $.ensures, $.modifies, $.decreases, $.no_trap),
    throws: ($) => prec.right(seq("throws", some($.thrown))),
    thrown: ($) => prec.right(seq($.error_path, optional(seq(optional("exactly"), "when", $.expression)))),
    requires: ($) => seq("requires", $.expression, optional(seq("else", $._operand))),
    ensures: ($) => seq("ensures", $.expression),
    modifies: ($) => prec.right(seq("modifies", some($.expression))),
    decreases: ($) => prec.right(seq("decreases", some($.expression))),
    no_trap: ($) => seq("no_trap", optional(seq("when", $.expression))),
    where_clause: ($) => prec.right(seq("where", some($.where_predicate))),
    where_predicate: ($) => seq($.type, ":", $._bounds),
    _bounds: ($) => some($.type_path, "+"),
    type_parameters: ($) => seq("<", list($.type_parameter, ","), ">"),
    type_parameter: ($) =>
      choice(
        seq(optional("linear"), field("name", $.identifier), optional(seq(":", $._bounds))),
        seq("const", field("name", $.identifier), $._annotation),
      ),

    // ---- Types -----------------------------------------------------------------------------

    type: ($) => choice($.type_path, $.tuple_type, $.array_type, $.function_type, $.inferred_type),
    type_path: ($) => prec.left(seq($.path, optional($.type_arguments))),
    tuple_type: ($) => round(list($.type, ",")),
    array_type: ($) => seq("[", $.type, ";", $.expression, "]"),
    function_type: ($) =>
      prec.left(seq("fn", round(list(seq(optional($.mode), $.type), ",")), optional($._result))),
    inferred_type: () => "_",
    type_arguments: ($) => seq("<", list($.type_argument, ","), ">"),
    type_argument: ($) => choice(seq($.type, optional(seq("default", $._postfix))), $.integer),

    // ---- Statements ------------------------------------------------------------------------

    block: ($) => seq(open($), list($.statement, $._newline), "}"),
    statement: ($) =>
      choice(
        $.let, $.assignment, $.emit, $.assert, $.assume, $.while, $.for, $.expect, $.warp, $.loop_invariant,
        $.decreases, $._leave, $.expression_statement,
      ),
    let: ($) =>
      seq(optional("ghost"), choice("let", "var"), field("pattern", $.pattern), optional($._annotation), "=", $._value),
    assignment: ($) => seq(field("place", $.expression), field("operator", choice(...ASSIGNS)), $._value),
    emit: ($) => seq("emit", $.expression),
    assert: ($) => seq("assert", $.expression),
    assume: ($) => seq("assume", $.expression),
    while: ($) => seq("while", $._condition, field("body", $.block)),
    for: ($) =>
      seq(optional("par"), "for", field("pattern", $.pattern), "in", field("source", $.expression), field("body", $.block)),
    expect: ($) => seq("expect", choice("throw", "trap", "emit"), $._postfix, "in", $.expression),
    warp: ($) => seq("warp", choice("to", "by"), $.expression),
    loop_invariant: ($) => prec.right(seq("invariant", $.expression, optional($.decreases))),
    expression_statement: ($) => $._value,
    _value: ($) => seq(field("value", $.expression), optional(seq("else", field("otherwise", choice($._leave, $.block))))),
    _leave: ($) => choice($.return, $.throw, $.reject, $.break, $.continue),
    return: ($) => prec.right(seq("return", optional($.expression))),
    throw: ($) => seq("throw", $.expression),
    reject: ($) => seq("reject", $.expression),
    break: () => "break",
    continue: () => "continue",
    _condition: ($) =>
      choice(field("condition", $.expression), seq("let", field("pattern", $.pattern), "=", field("value", $.expression))),

    // ---- Expressions -----------------------------------------------------------------------

    expression: ($) =>
      choice($.if, $.match, $.try, $.closure, $.quantifier, $.binary, $.unary, $.with_option, $._postfix),
    _operand: ($) => choice($.unary, $.with_option, $._postfix),
    if: ($) =>
      prec.right(
        seq("if", $._condition, field("then", $.block), optional(seq("else", field("else", choice($.block, $.if))))),
      ),
    match: ($) => seq("match", field("subject", $.expression), field("body", $.arms)),
    arms: ($) => seq(open($), list($.arm, choice(",", $._arm_newline)), "}"),
    arm: ($) =>
      seq(
        field("pattern", $.pattern), optional(seq("if", field("guard", $.expression))), "=>",
        field("body", choice($.expression, $._leave, $.block, $.assignment, $.emit, $.assert, $.assume)),
      ),
    try: ($) => prec.right(seq("try", $.block, repeat1($.catch), optional(seq("finally", $.block)))),
    catch: ($) => seq("catch", field("pattern", $.pattern), field("body", $.block)),
    closure: ($) =>
      prec.right(-1, seq($.closure_parameters, choice($.expression, $.block, seq($._result, $.block)))),
    closure_parameters: ($) => choice("||", seq("|", list($.closure_parameter, ","), "|")),
    closure_parameter: ($) => seq(optional($.mode), $._single_pattern, optional($._annotation)),
    quantifier: ($) =>
      prec.right(-1, seq(choice("forall", "exists"), some($.binder), ":", field("body", $.expression))),
    binder: ($) => seq(some($.identifier), choice(seq("in", $.expression), $._annotation)),
    binary: ($) =>
      choice(
        ...BINDING.flatMap((signs, at) =>
          signs.map((sign) =>
            (sign === "==>" ? prec.right : prec.left)(
              at + 1,
              seq(field("left", $.expression), field("operator", sign), field("right", $.expression)),
            ),
          ),
        ),
      ),
    unary: ($) =>
      prec(PREFIX, seq(field("operator", choice("-", "!", "view", "await", "schedule", "deploy")), $._operand)),
    with_option: ($) =>
      prec.left(
        SUFFIX,
        seq(choice($._postfix, $.with_option), choice("from", "value", "gas", "salt", "timeout", "at"), $._postfix),
      ),

    _postfix: ($) =>
      choice(
        $.name, $.self, $.field_access, $.call, $.subscript, $.propagation, $.struct_literal, $.integer, $.string,
        $.bytes, $.boolean, $.implicit, $.parenthesised, $.tuple, $.array, $.repeated_array,
      ),
    name: ($) =>
      prec.left(seq(choice($.identifier, alias(choice(...NAMES), $.identifier)), optional($._turbofish))),
    _turbofish: ($) => seq("::", $.type_arguments),
    field_access: ($) =>
      prec.left(POSTFIX, seq(field("value", $._postfix), ".", field("field", choice($.identifier, $.integer)), optional($._turbofish))),
    call: ($) =>
      prec(POSTFIX, seq(field("function", $._postfix), field("arguments", $.arguments))),
    arguments: ($) => round(choice(list($.argument, ","), $.comprehension)),
    argument: ($) =>
      choice(
        seq(optional(seq(field("label", $._label), ":")), optional("inout"), $.expression),
        "..",
      ),
    _label: ($) => choice($.identifier, alias(choice(...LABELS, "inout"), $.identifier)),
    comprehension: ($) =>
      seq($.expression, "for", some(seq($.pattern, "in", $.expression)), optional(seq("if", $.expression))),
    subscript: ($) => prec(POSTFIX, seq(field("value", $._postfix), "[", field("index", choice($.expression, $.open_range)), "]")),
    open_range: ($) => choice(seq($.expression, ".."), "..", seq(choice("..", "..="), $._operand)),
    propagation: ($) => prec(POSTFIX, seq($._postfix, "?")),
    struct_literal: ($) =>
      prec(POSTFIX, seq(field("path", $._postfix), alias($._literal_open, "{"), list($.field_init, $._separator), "}")),
    field_init: ($) => seq(field("name", $.identifier), optional(seq(":", field("value", $.expression)))),
    implicit: ($) => seq(".", field("name", $.identifier)),
    parenthesised: ($) => round($.expression),
    tuple: ($) => choice(round(), round($.expression, ",", list($.expression, ","))),
    array: ($) => seq("[", list($.expression, ","), "]"),
    repeated_array: ($) => seq("[", $.expression, ";", $.expression, "]"),

    // ---- Patterns --------------------------------------------------------------------------

    pattern: ($) => choice($._single_pattern, $.or_pattern),
    or_pattern: ($) => prec.left(seq($._single_pattern, repeat1(seq("|", $._single_pattern)))),
    _single_pattern: ($) =>
      choice(
        $.wildcard, $.name_pattern, $.path_pattern, $.call_pattern, $.struct_pattern, $.implicit_pattern,
        $.tuple_pattern, $.array_pattern, $.literal_pattern, $.range_pattern,
      ),
    wildcard: () => "_",
    name_pattern: ($) => $.identifier,
    path_pattern: ($) => prec(-1, $.path),
    implicit_pattern: ($) => seq(".", $.identifier),
    _pattern_head: ($) => choice($.path, seq(".", $.identifier)),
    call_pattern: ($) => seq($._pattern_head, round(list($.pattern_argument, ","))),
    struct_pattern: ($) => seq($._pattern_head, alias($._literal_open, "{"), list(choice($.field_pattern, $.rest), $._separator), "}"),
    pattern_argument: ($) => choice($.pattern, $.rest, seq(field("label", $.identifier), ":", $.pattern)),
    field_pattern: ($) => seq(field("name", $.identifier), optional(seq(":", $.pattern))),
    rest: ($) => prec.right(seq("..", optional($.identifier))),
    tuple_pattern: ($) => round(list(choice($.pattern, $.rest), ",")),
    array_pattern: ($) => seq("[", list(choice($.pattern, $.rest), ","), "]"),
    literal_pattern: ($) => choice($._signed, $.boolean, $.string, $.bytes),
    _signed: ($) => seq(optional("-"), $.integer),
    range_pattern: ($) =>
      prec.right(
        choice(
          seq($._range_end, "..", optional($._range_end)),
          seq($._range_end, "..=", $._range_end),
          seq("..", $._signed),
          seq("..=", $._range_end),
        ),
      ),
    _range_end: ($) => choice($._signed, $.path),
  },
});
