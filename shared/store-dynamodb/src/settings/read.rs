//! From JSON to settings, or to everything that is wrong with it.

use super::object::{Object, Problems};
use super::{orders, organisations, rules};
use domain::price::PriceRules;
use domain::settings::Settings;

/// Reads a settings document. Each problem names the path and the cure; all of them are reported at once.
/// What is left out has its default; what is not known is refused, so that a slip of the pen selects nothing.
///
/// # Errors
/// All problems, at least one.
pub fn parse_settings(json: &str) -> Result<Settings, Vec<String>> {
    let problems = Problems::default();
    let settings = Object::read(&problems, String::new(), json).map(|document| {
        let settings = Settings {
            organisations: organisations::read(&document),
            price_rules: PriceRules::new(rules::price_rules(&document)),
            rates: rules::rates(&document),
            orders: orders::read(&document),
        };
        document.finish();
        settings
    });
    let problems = problems.into_list();
    match settings {
        Some(settings) if problems.is_empty() => Ok(settings),
        Some(_) | None => Err(problems),
    }
}
