//! A page of documentation as Markdown (CommonMark).
//!
//! Holds always: a heading for each entry, one level below the one it belongs to; texts of people are
//! taken over as they are, with their headings below the one they stand under.

use super::{Entry, ModuleDoc};

/// The page of a module.
pub fn markdown(module: &ModuleDoc) -> String {
    let mut page = format!("# {}\n", module.path);
    paragraph(&mut page, &module.text, 1);
    for entry in &module.entries {
        write(&mut page, entry, 2);
    }
    page
}

fn write(page: &mut String, entry: &Entry, level: usize) {
    let name = if entry.name.is_empty() { String::new() } else { format!(" `{}`", entry.name) };
    page.push_str(&format!("\n{} {}{name}\n", "#".repeat(level.min(6)), entry.kind));
    if !entry.code.is_empty() {
        let fence = "`".repeat(longest_fence(&entry.code) + 1);
        page.push_str(&format!("\n{fence}deed\n{}\n{fence}\n", entry.code));
    }
    paragraph(page, &entry.text, level);
    if !entry.facts.is_empty() {
        page.push('\n');
    }
    for fact in &entry.facts {
        let values: Vec<String> = fact.values.iter().map(|value| format!("`{value}`")).collect();
        page.push_str(&format!("- {}: {}\n", fact.label, values.join(", ")));
    }
    for member in &entry.members {
        write(page, member, level + 1);
    }
}

fn paragraph(page: &mut String, text: &str, level: usize) {
    if text.is_empty() {
        return;
    }
    page.push('\n');
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && is_heading(line) {
            let own = line.len() - line.trim_start_matches('#').len();
            page.push_str(&"#".repeat(level.min(6 - own)));
        }
        page.push_str(line);
        page.push('\n');
    }
}

/// Whether a line is a heading of CommonMark: one to six `#` and a space.
fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(' ')
}

/// The longest run of backticks in a text, at least two.
fn longest_fence(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0).max(2)
}
