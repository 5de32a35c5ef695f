//! A browser that has signed in: it keeps its cookie, fills forms in as they stand and sends them.

use super::html::{Html, forms_are_theirs, is_sound};
use crate::world::{Answer, World};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use domain::access::{Role, User};
use domain::ports::AccessStore as _;
use std::fmt::Write as _;

pub(crate) struct Browser<'a> {
    pub(crate) world: &'a World,
    pub(crate) cookies: Vec<(String, String)>,
}

/// What came back, with the page it is.
pub(crate) struct Page {
    pub(crate) answer: Answer,
    pub(crate) html: Html,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        self.html.text()
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        let text = self.text();
        assert!(text.contains(words), "it does not say {words:?}:\n{text}");
        self
    }

    #[track_caller]
    pub(crate) fn does_not_say(&self, words: &str) -> &Self {
        let text = self.text();
        assert!(!text.contains(words), "it says {words:?}:\n{text}");
        self
    }
}

impl<'a> Browser<'a> {
    pub(crate) fn of_nobody(world: &'a World) -> Self {
        Self { world, cookies: Vec::new() }
    }

    /// Somebody new with this role, signed in.
    pub(crate) async fn of(world: &'a World, name: &str, role: Role) -> Self {
        let user = User { subject: None, ..testkit::builders::user(name, role) };
        world.store.put_user(&user).await.unwrap();
        let cookie = world.app.access.sign_in(&user, &role.scopes()).await.unwrap();
        let mut browser = Self::of_nobody(world);
        browser.take_cookie(cookie.header().to_str().unwrap());
        browser
    }

    fn take_cookie(&mut self, set: &str) {
        let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
        self.cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header("accept", "text/html");
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        request.header("sec-fetch-site", "same-origin")
    }

    async fn send(&mut self, request: Request<Body>) -> Answer {
        let answer = self.world.send(request).await;
        for set in answer.headers.get_all(SET_COOKIE) {
            self.take_cookie(set.to_str().unwrap());
        }
        answer
    }

    pub(crate) async fn answer(&mut self, path: &str) -> Answer {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// A part of a page, as a script asks for it.
    pub(crate) async fn part(&mut self, path: &str) -> Answer {
        let request = self.request("GET", path).header("hx-request", "true").body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// A page of this status; every page that anybody sees is looked over.
    pub(crate) async fn page(&mut self, path: &str, status: u16) -> Page {
        let answer = self.answer(path).await.with(status);
        read(path, answer)
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.page(path, 200).await
    }

    /// Sends these fields and nothing else.
    pub(crate) async fn post_raw(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            if !body.is_empty() {
                body.push('&');
            }
            write!(body, "{}={}", coded(name), coded(value)).unwrap();
        }
        let request = self.request("POST", path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body)).unwrap();
        self.send(request).await
    }

    /// Fills in the page's form to `action` and sends it.
    #[track_caller]
    pub(crate) fn filled(page: &Page, action: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut fields = page.html.form(action).fields();
        for (name, value) in changes {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields
    }

    /// Fills in the page's form to `action`, sends it, and follows where it leads.
    pub(crate) async fn submit(&mut self, page: &Page, action: &str, changes: &[(&str, &str)]) -> Page {
        let fields = Self::filled(page, action, changes);
        let answer = self.post_raw(action, &fields).await;
        self.follow(action, answer).await
    }

    pub(crate) async fn follow(&mut self, path: &str, answer: Answer) -> Page {
        if answer.status == StatusCode::SEE_OTHER {
            let next = answer.header("location").to_owned();
            return self.get(&next).await;
        }
        read(path, answer)
    }
}

fn read(path: &str, answer: Answer) -> Page {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}: {}", answer.text);
    let html = Html::read(&answer.text);
    is_sound(path, &html);
    if html.all("nav").any(|nav| nav.attribute("aria-label") == Some("Main")) {
        forms_are_theirs(path, &html);
    }
    Page { answer, html }
}

pub(crate) fn coded(text: &str) -> String {
    let mut coded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            write!(coded, "%{byte:02X}").unwrap();
        }
    }
    coded
}
