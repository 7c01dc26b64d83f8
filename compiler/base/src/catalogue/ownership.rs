//! Codes of assets, ownership and views (E05xx).

super::codes! {
    STRAY_VIEW = "E0518", Error, "`view` stands in a `let`";
}
