//! Documentation as HTML.
//!
//! In: a manual. Out: the files of a small site: a page for each module, and an index.
//! Holds always: pages stand alone, without script and without anything from a network; what people
//! wrote is rendered as Markdown with its HTML shown as text, so a comment cannot run anything.

use std::collections::HashMap;

use deed_compiler::doc::{Manual, ModuleDoc, markdown};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

const STYLE: &str = include_str!("html.css");

/// The files of the site, by name.
pub(crate) fn pages(title: &str, manual: &Manual) -> Vec<(String, String)> {
    let index = render(&index(title, manual));
    let mut pages = vec![("index.html".to_owned(), page(title, manual, None, &index))];
    for module in &manual.modules {
        let body = render(&markdown(module));
        pages.push((file(module), page(&module.path, manual, Some(module), &body)));
    }
    pages
}

fn file(module: &ModuleDoc) -> String {
    format!("{}.html", module.path)
}

/// The modules, each with the first line of what is said of it.
fn index(title: &str, manual: &Manual) -> String {
    let mut text = format!("# {title}\n");
    for module in &manual.modules {
        let first = module.text.lines().next().unwrap_or("");
        text.push_str(&format!("\n- [{0}]({0}.html) {first}", module.path));
    }
    text
}

/// A text as HTML, with an anchor at each heading.
struct Rendered {
    body: String,
    /// The anchors of the items, and what stands there.
    items: Vec<(String, String)>,
}

/// A page; the items of the module that it is about are listed beside the modules.
fn page(title: &str, manual: &Manual, about: Option<&ModuleDoc>, text: &Rendered) -> String {
    let links = manual.modules.iter().map(|module| {
        let here = about.is_some_and(|about| std::ptr::eq(about, module));
        let items = if here { contents(&text.items) } else { String::new() };
        let (file, path) = (escape(&file(module)), escape(&module.path));
        format!("<li><a href=\"{file}\">{path}</a>{items}</li>\n")
    });
    let links: String = links.collect();
    let (title, body) = (escape(title), &text.body);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <nav>\n<a href=\"index.html\">Index</a>\n<ul>\n{links}</ul>\n</nav>\n\
         <main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn contents(items: &[(String, String)]) -> String {
    let link = |(anchor, name): &(String, String)| {
        format!("<li><a href=\"#{}\">{}</a></li>\n", escape(anchor), escape(name))
    };
    let links: String = items.iter().map(link).collect();
    if links.is_empty() { links } else { format!("\n<ul>\n{links}</ul>\n") }
}

fn render(text: &str) -> Rendered {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events: Vec<Event<'_>> = Parser::new_ext(text, options).map(harmless).collect();
    let (mut items, mut taken) = (Vec::new(), HashMap::new());
    for at in 0..events.len() {
        let name = heading(&events[at..]);
        if let Event::Start(Tag::Heading { level, id, .. }) = &mut events[at] {
            let anchor = anchor(&name, &mut taken);
            *id = Some(anchor.clone().into());
            if *level == HeadingLevel::H2 {
                items.push((anchor, name));
            }
        }
    }
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    Rendered { body, items }
}

fn harmless(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        event => event,
    }
}

/// What the heading says that begins here, if one does.
fn heading(events: &[Event<'_>]) -> String {
    if !matches!(events.first(), Some(Event::Start(Tag::Heading { .. }))) {
        return String::new();
    }
    let inside = events.iter().take_while(|it| !matches!(it, Event::End(TagEnd::Heading(_))));
    let words = inside.filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
        _ => None,
    });
    words.collect()
}

/// The anchor of a heading: its words with `-` between them, and a number where they come again.
fn anchor(name: &str, taken: &mut HashMap<String, u32>) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|it| !it.is_empty());
    let words = words.collect::<Vec<_>>().join("-");
    let times = taken.entry(words.clone()).or_insert(0);
    *times += 1;
    if *times == 1 { words } else { format!("{words}-{times}") }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_cannot_run() {
        let text = "A <script>alert(1)</script> & [link](x.html)";
        let module = ModuleDoc { path: "m".into(), text: text.into(), entries: Vec::new() };
        let pages = pages("p <1>", &Manual { modules: vec![module] });
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["index.html", "m.html"]);
        for (_, page) in &pages {
            assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
        }
        assert!(pages[0].1.contains("<title>p &lt;1&gt;</title>"));
    }

    #[test]
    fn items_are_found_beside_the_text() {
        let page = render("# m\n\n## struct `A<T>`\n\n### fn `f`\n\n## fn `f`\n\n### fn `f`\n");
        let anchors: Vec<&str> = page.items.iter().map(|(anchor, _)| anchor.as_str()).collect();
        assert_eq!(anchors, ["struct-A-T", "fn-f-2"]);
        assert!(page.body.contains("<h2 id=\"struct-A-T\">struct <code>A&lt;T&gt;</code></h2>"));
        assert!(page.body.contains("<h3 id=\"fn-f-3\">"));
    }
}
