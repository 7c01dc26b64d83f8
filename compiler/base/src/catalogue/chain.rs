//! Codes of what a chain does by itself, of tests and of rules (E0430–E0479).

super::codes! {
    AWAIT_PLACE = "E0430", Error, "`await` cannot stand here";
    AWAIT_TIMEOUT = "E0431", Error, "`await` says how long it waits";
    TRY_AWAIT = "E0432", Error, "a `try` waits once, at its start";
    THROW_AFTER_AWAIT = "E0433", Error, "no throw may leave after an `await`";
    REJECT_PLACE = "E0434", Error, "`reject` comes after an `await`";
    STALE_STATE = "E0435", Warning, "state was read before an `await`";
    BAD_CRON = "E0436", Error, "calendar schedule is not valid";
    SCHEDULE_GAS = "E0437", Error, "scheduled work declares its gas";
    SCHEDULED_CALL = "E0438", Error, "call cannot be scheduled";
    SCHEDULE_CLAUSE = "E0439", Error, "schedule is not valid";
    SCHEDULED_FN = "E0440", Error, "function cannot run by itself";
    TABLE_ROW = "E0441", Error, "table has no such rows";
    QUERY_COLUMN = "E0442", Error, "column cannot be asked for";
    QUERY_BOUND = "E0443", Error, "a query is bounded";
    QUERY_CONDITION = "E0444", Error, "condition of a query is not valid";
    NOT_TRACED = "E0445", Error, "changes of it are not recorded";
    COUNTER = "E0446", Error, "a counter is added to and taken from";
    GHOST = "E0447", Error, "ghost data exists in specifications only";
    VERSION = "E0448", Error, "version is not valid";
    MIGRATION = "E0449", Error, "migration is not valid";
    POLICY = "E0450", Error, "upgrade policy is not valid";
    UPGRADE_FN = "E0451", Error, "`upgrade` is pure";
    TEST_ONLY = "E0460", Error, "belongs in a test";
    TEST_SHAPE = "E0461", Error, "test is not valid";
    RULE_CONTRACT = "E0465", Error, "a rule speaks of one contract";
    RULE_SHAPE = "E0466", Error, "clause of a rule is not valid";
    SPEC_FN = "E0468", Error, "a `spec fn` exists in specifications only";
    MODIFIES = "E0469", Error, "change is not in `modifies`";
}
