//! The pages, as people at a browser meet them.

mod browser;
mod every_page;
mod html;
mod looks;
mod orders;
mod settings;
mod sign_in;
mod sync;
