//! Codes of assets, ownership and views (E05xx).

super::codes! {
    ASSET_LEFT = "E0501", Error, "an asset is left behind";
    USED_AFTER_MOVE = "E0502", Error, "used after it was moved";
    MOVED_ON_SOME_PATHS = "E0503", Error, "consumed on some paths only";
    MOVED_FROM_VIEW = "E0504", Error, "a view cannot be moved from";
    ASSET_COPIED = "E0505", Error, "an asset cannot be copied";
    ASSET_OVERWRITTEN = "E0506", Error, "an asset would be written over";
    ASSET_DROPPED = "E0507", Error, "an asset is dropped";
    MOVED_IN_LOOP = "E0508", Error, "moved in one turn of a loop, missing in the next";
    ASSET_CAPTURED = "E0509", Error, "a closure cannot hold an asset";
    NOT_WHOLE = "E0510", Error, "an `inout` place must be whole again";
    FORGED = "E0511", Error, "an asset is made, unmade and changed in its own module";
    ASSET_NOT_ALLOWED = "E0512", Error, "no asset may stand here";
    INOUT_ARGUMENT = "E0513", Error, "`inout` is repeated at calls";
    OVERLAPPING = "E0514", Error, "an `inout` place overlaps what the call also touches";
    INOUT_ACROSS_CALL = "E0515", Error, "an `inout` place is live while others run";
    VIEW_DEAD = "E0516", Error, "a view is used after a write to its place";
    CHANGED_WHILE_ITERATED = "E0517", Error, "a collection is changed while it is iterated";
    STRAY_VIEW = "E0518", Error, "`view` stands in a `let`";
}
