//! Documentation as HTML.
//!
//! In: a manual. Out: the files of a small site: a page for each module, and an index.
//! Holds always: pages stand alone, without script and without anything from a network; what people
//! wrote is rendered as Markdown with its HTML shown as text, so a comment cannot run anything.

use deed_compiler::doc::{Manual, ModuleDoc, markdown};
use pulldown_cmark::{Event, Options, Parser, html};

const STYLE: &str = include_str!("html.css");

/// The files of the site, by name.
pub(crate) fn pages(title: &str, manual: &Manual) -> Vec<(String, String)> {
    let mut pages = vec![("index.html".to_owned(), page(title, manual, &index(title, manual)))];
    for module in &manual.modules {
        let body = render(&markdown(module));
        pages.push((file(module), page(&module.path, manual, &body)));
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
    render(&text)
}

fn page(title: &str, manual: &Manual, body: &str) -> String {
    let links = manual.modules.iter().map(|module| {
        format!("<li><a href=\"{}\">{}</a></li>\n", escape(&file(module)), escape(&module.path))
    });
    let links: String = links.collect();
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <nav>\n<a href=\"index.html\">Index</a>\n<ul>\n{links}</ul>\n</nav>\n\
         <main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn render(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
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
}
