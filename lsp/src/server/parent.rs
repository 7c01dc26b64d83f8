//! Watching the process that started the server.
//!
//! In: its number, as the client gave it. Out: a future that ends when the process has.

use std::path::PathBuf;
use std::time::Duration;

/// How often to look.
const EVERY: Duration = Duration::from_secs(3);

/// Waits for the end of a process. Where processes cannot be looked at, for ever: the input that
/// closes ends the server there.
pub(super) async fn ended(process: u32) {
    let entry = PathBuf::from(format!("/proc/{process}"));
    if !PathBuf::from("/proc/self").exists() {
        return std::future::pending().await;
    }
    while entry.exists() {
        tokio::time::sleep(EVERY).await;
    }
}
