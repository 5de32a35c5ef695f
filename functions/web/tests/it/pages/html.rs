//! A page read strictly: every tag is closed where it must be, and what a person and a screen reader need is
//! there.

use std::collections::{BTreeMap, BTreeSet};

const VOID: [&str; 8] = ["meta", "link", "input", "img", "br", "hr", "source", "wbr"];
const OUTSIDE: [&str; 6] = ["http://", "https://", "//", "data:", "javascript:", "ftp:"];

#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) parent: Option<usize>,
    /// Everything that is written inside, in order.
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }
}

/// A page, or a part of one.
#[derive(Debug)]
pub(crate) struct Html {
    pub(crate) elements: Vec<Element>,
}

impl Html {
    /// Reads it; a page that is not well formed is a failure of whoever wrote it.
    #[track_caller]
    pub(crate) fn read(page: &str) -> Self {
        let mut html = Self { elements: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        let mut rest = page;
        while let Some((text, after)) = rest.split_once('<') {
            html.add_text(&open, text);
            let (tag, after) = after.split_once('>').unwrap_or_else(|| panic!("a tag is not ended: {after}"));
            rest = after;
            if tag.starts_with('!') {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                html.add_text(&open, " ");
                let last = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
                assert_eq!(html.elements[last].name, name, "</{name}> comes too early");
                continue;
            }
            let (element, closed) = read_tag(tag, open.last().copied());
            let is_void = closed || VOID.contains(&element.name.as_str());
            html.elements.push(element);
            if !is_void {
                open.push(html.elements.len() - 1);
            }
        }
        html.add_text(&open, rest);
        assert!(open.is_empty(), "<{}> is not closed", html.elements[open[0]].name);
        html
    }

    fn add_text(&mut self, open: &[usize], text: &str) {
        let text = decoded(text);
        for at in open {
            self.elements[*at].text.push_str(&text);
        }
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    #[track_caller]
    pub(crate) fn one<'a>(&'a self, name: &'a str) -> &'a Element {
        let found: Vec<_> = self.all(name).collect();
        assert_eq!(found.len(), 1, "how many <{name}> there are");
        found[0]
    }

    /// What a person reads, each run of blanks as one.
    pub(crate) fn text(&self) -> String {
        let roots = self.elements.iter().filter(|element| element.parent.is_none());
        squeezed(&roots.map(|element| element.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// The form that goes to this address.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form<'_> {
        let at = self
            .elements
            .iter()
            .position(|element| element.name == "form" && element.attribute("action") == Some(action));
        let at = at.unwrap_or_else(|| {
            let forms: Vec<_> = self.all("form").filter_map(|form| form.attribute("action")).collect();
            panic!("no form goes to {action}, only to {forms:?}")
        });
        Form { html: self, at }
    }

    pub(crate) fn has_form(&self, action: &str) -> bool {
        self.all("form").any(|form| form.attribute("action") == Some(action))
    }

    /// Where the link with this text leads.
    #[track_caller]
    pub(crate) fn link(&self, text: &str) -> String {
        let found = self.all("a").find(|link| squeezed(&link.text).contains(text));
        let found = found.unwrap_or_else(|| panic!("no link says {text:?}"));
        found.attribute("href").unwrap().to_owned()
    }

    fn is_inside(&self, mut at: usize, outer: usize) -> bool {
        while let Some(parent) = self.elements[at].parent {
            if parent == outer {
                return true;
            }
            at = parent;
        }
        false
    }
}

/// One form.
pub(crate) struct Form<'a> {
    html: &'a Html,
    at: usize,
}

impl Form<'_> {
    /// Every field that a browser would send as the form stands, buttons left out.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for (at, element) in self.html.elements.iter().enumerate() {
            let Some(name) = element.attribute("name").filter(|_| self.html.is_inside(at, self.at)) else {
                continue;
            };
            let value = match element.name.as_str() {
                "input" => match element.attribute("type") {
                    Some("checkbox" | "radio") if !element.has("checked") => continue,
                    Some("checkbox" | "radio") => element.attribute("value").unwrap_or("on").to_owned(),
                    _ => element.attribute("value").unwrap_or_default().to_owned(),
                },
                "textarea" => element.text.clone(),
                "select" => self.chosen(at),
                _ => continue,
            };
            fields.push((name.to_owned(), value));
        }
        fields
    }

    fn chosen(&self, select: usize) -> String {
        let options: Vec<&Element> = self
            .html
            .elements
            .iter()
            .filter(|element| element.name == "option" && element.parent == Some(select))
            .collect();
        let chosen = options.iter().find(|option| option.has("selected")).or(options.first());
        chosen.and_then(|option| option.attribute("value")).unwrap_or_default().to_owned()
    }

    /// What its button of a send says.
    pub(crate) fn button(&self) -> String {
        let inside =
            self.html.elements.iter().enumerate().filter(|(at, _)| self.html.is_inside(*at, self.at));
        let buttons = inside.map(|(_, element)| element).filter(|element| element.name == "button");
        let button = buttons.collect::<Vec<_>>().pop();
        squeezed(&button.unwrap().text)
    }

    /// The value of the choice whose label has this text.
    #[track_caller]
    pub(crate) fn choice(&self, label: &str) -> String {
        let labels = self.html.all("label").filter(|element| squeezed(&element.text).contains(label));
        let ids: Vec<_> = labels.filter_map(|label| label.attribute("for")).collect();
        let inside =
            self.html.elements.iter().enumerate().filter(|(at, _)| self.html.is_inside(*at, self.at));
        let found = inside.map(|(_, element)| element).find(|element| {
            matches!(element.attribute("type"), Some("radio" | "checkbox"))
                && element.attribute("id").is_some_and(|id| ids.contains(&id))
        });
        found.unwrap_or_else(|| panic!("nothing to choose is called {label:?}")).attributes["value"].clone()
    }
}

fn read_tag(tag: &str, parent: Option<usize>) -> (Element, bool) {
    let closed = tag.ends_with('/');
    let tag = tag.trim_end_matches('/');
    let (name, mut rest) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            None => (String::new(), after),
            Some(after) => {
                let quote = after.chars().next().filter(|c| "\"'".contains(*c));
                let quote = quote.unwrap_or_else(|| panic!("{name} has a value without quotes in <{tag}>"));
                let (value, after) = after[1..].split_once(quote).unwrap();
                (decoded(value), after)
            }
        };
        assert!(attributes.insert(name.to_owned(), value).is_none(), "{name} stands twice in <{tag}>");
        rest = after;
    }
    (Element { name: name.to_owned(), attributes, parent, text: String::new() }, closed)
}

fn decoded(text: &str) -> String {
    let known =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#34;", "\""), ("&#60;", "<")];
    let more = [("&#62;", ">"), ("&#38;", "&"), ("&#x27;", "'"), ("&amp;", "&")];
    known.into_iter().chain(more).fold(text.to_owned(), |text, (code, letter)| text.replace(code, letter))
}

pub(crate) fn squeezed(text: &str) -> String {
    text.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Everything that every page owes to whoever reads it, and to the content-security policy.
#[track_caller]
pub(crate) fn is_sound(place: &str, html: &Html) {
    nothing_inline(place, html);
    can_be_found_around(place, html);
    forms_are_labelled(place, html);
    tables_have_heads(place, html);
}

#[track_caller]
fn nothing_inline(place: &str, html: &Html) {
    for element in &html.elements {
        let name = &element.name;
        assert!(name != "style", "{place} has a style of its own");
        assert!(name != "script" || element.has("src"), "{place} has a script of its own");
        for (attribute, value) in &element.attributes {
            assert!(attribute != "style" && !attribute.starts_with("on"), "{place}: <{name} {attribute}>");
            let leads = ["href", "src", "action", "formaction"].contains(&attribute.as_str());
            let away = OUTSIDE.iter().any(|start| value.starts_with(start));
            assert!(!leads || !away, "{place} leads away: {value}");
        }
    }
}

#[track_caller]
fn can_be_found_around(place: &str, html: &Html) {
    assert_eq!(html.all("h1").count(), 1, "how many h1 {place} has");
    assert_eq!(html.one("html").attribute("lang"), Some("en"), "{place}");
    let title = html.all("title").next().map(|title| title.text.as_str());
    assert!(title.is_some_and(|title| !title.starts_with(" ·")), "{place} has no title");
    assert_eq!(html.one("main").attribute("id"), Some("main"), "{place}");
    assert!(html.all("a").any(|link| link.attribute("href") == Some("#main")), "{place} has no skip link");
    let mut ids = BTreeSet::new();
    for id in html.elements.iter().filter_map(|element| element.attribute("id")) {
        assert!(ids.insert(id), "{place} has the id {id} twice");
    }
    for element in &html.elements {
        for attribute in ["aria-describedby", "aria-labelledby", "for"] {
            for id in element.attribute(attribute).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(id), "{place}: {attribute} names {id}, which is not there");
            }
        }
    }
    let mut last = 1;
    for element in
        html.elements.iter().filter(|element| ["h1", "h2", "h3", "h4"].contains(&element.name.as_str()))
    {
        let level = element.name[1..].parse::<usize>().unwrap();
        assert!(level <= last + 1, "{place}: {} comes after h{last}", element.name);
        last = level;
        assert!(!squeezed(&element.text).is_empty(), "{place} has an empty heading");
    }
    for image in html.all("img") {
        assert!(image.has("alt"), "{place} has a picture without words");
    }
    for link in html.all("a") {
        assert!(!squeezed(&link.text).is_empty(), "{place} has a link without words");
    }
}

#[track_caller]
fn forms_are_labelled(place: &str, html: &Html) {
    let labelled: BTreeSet<_> = html.all("label").filter_map(|label| label.attribute("for")).collect();
    for field in html.elements.iter().filter(|e| ["input", "select", "textarea"].contains(&e.name.as_str())) {
        if field.attribute("type") != Some("hidden") {
            let id = field.attribute("id").unwrap_or_else(|| panic!("{place} has a field without id"));
            assert!(labelled.contains(id), "{place}: nothing says what {id} is");
        }
    }
    for button in html.all("button") {
        assert!(!squeezed(&button.text).is_empty(), "{place} has a button without words");
        assert!(button.has("type"), "{place} has a button without type");
    }
}

/// Every form that changes something belongs to this session and is done once.
#[track_caller]
pub(crate) fn forms_are_theirs(place: &str, html: &Html) {
    for (at, form) in html.elements.iter().enumerate().filter(|(_, element)| element.name == "form") {
        if form.attribute("method") != Some("post") {
            continue;
        }
        let fields = Form { html, at }.fields();
        for name in ["csrf", "once"] {
            let value = fields.iter().find(|(field, _)| field == name);
            let value =
                value.unwrap_or_else(|| panic!("{place}: the form to {:?} has no {name}", form.attributes));
            assert!(value.1.len() >= 32, "{place}: {name} is {:?}", value.1);
        }
    }
}

#[track_caller]
fn tables_have_heads(place: &str, html: &Html) {
    for (at, table) in html.elements.iter().enumerate().filter(|(_, element)| element.name == "table") {
        let inside = |name: &str| {
            let elements = html.elements.iter().enumerate();
            elements.filter(|(inner, e)| e.name == name && html.is_inside(*inner, at)).count()
        };
        assert_eq!(inside("caption"), 1, "{place} has a table without a caption: {}", squeezed(&table.text));
        assert!(inside("th") > 0, "{place} has a table without heads");
    }
    for head in html.all("th") {
        let scope = head.attribute("scope");
        assert!(matches!(scope, Some("col" | "row")), "{place}: th {:?} has no scope", squeezed(&head.text));
    }
}
