//! A small program behind every guard there is, asked as programs, browsers and strangers ask.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod house;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod log;
#[cfg(test)]
mod once;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod through_gateway;
#[cfg(test)]
mod tokens;
