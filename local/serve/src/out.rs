//! What a person or a program gets to see: the one place for output.
//!
//! Results go to standard output, everything about the work (questions, progress, problems) to standard error.
//! A reader that has left (`| head`) is not a failure: what it no longer takes is dropped.

use crate::exit::Problem;
use crate::show::Look;
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Where output goes and how it looks.
pub struct Out {
    results: Box<dyn Write + Send>,
    notes: Box<dyn Write + Send>,
    /// How it looks.
    pub look: Look,
    /// Whether results are JSON.
    pub json: bool,
    /// Whether somebody is there to be asked.
    pub interactive: bool,
}

impl Out {
    /// The process's own streams. Colours, progress and questions only where there is a terminal.
    pub fn process(json: bool, plain: bool) -> Self {
        let colour = !plain && !json && io::stdout().is_terminal();
        let interactive = !plain && !json && io::stdin().is_terminal() && io::stderr().is_terminal();
        let look = Look { colour, progress: !plain && !json && io::stderr().is_terminal(), ..Look::plain() };
        Self { results: Box::new(io::stdout()), notes: Box::new(io::stderr()), look, json, interactive }
    }

    /// Everything kept in memory, plain, with nobody to ask: for tests.
    pub fn captured(json: bool) -> (Self, Captured) {
        let captured = Captured::default();
        let out = Self {
            results: Box::new(Shared(captured.results.clone())),
            notes: Box::new(Shared(captured.notes.clone())),
            look: Look::plain(),
            json,
            interactive: false,
        };
        (out, captured)
    }

    /// A line of the result.
    pub fn line(&mut self, text: impl Display) {
        // A reader that has left wants nothing more.
        let _ = writeln!(self.results, "{text}").and_then(|()| self.results.flush());
    }

    /// The result as JSON.
    pub fn value(&mut self, value: &Value) {
        self.line(format_args!("{value:#}"));
    }

    /// A line about the work.
    pub fn note(&mut self, text: impl Display) {
        // Nobody is left to be told.
        let _ = writeln!(self.notes, "{text}").and_then(|()| self.notes.flush());
    }

    /// Why it was not done.
    pub fn problem(&mut self, problem: &Problem) {
        if self.json {
            let value = json!({"problem": problem.what, "cure": problem.cure, "exit": problem.exit.code()});
            self.value(&value);
        }
        let mark = self.look.bad("✘");
        self.note(format_args!("{mark} {}", problem.what));
        if let Some(cure) = &problem.cure {
            self.note(format_args!("  → {cure}"));
        }
    }

    /// Asks a question that can be answered with yes; anything else, and nobody there, is no.
    pub fn ask(&mut self, question: &str) -> bool {
        if !self.interactive {
            return false;
        }
        // The answer is read whether or not the question could be shown.
        let _ = write!(self.notes, "{question} [y/N] ").and_then(|()| self.notes.flush());
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }

    /// The stream of the result, for what is not made of lines.
    pub fn stream(&mut self) -> &mut (dyn Write + Send) {
        &mut self.results
    }
}

/// What a command wrote.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    results: Arc<Mutex<Vec<u8>>>,
    notes: Arc<Mutex<Vec<u8>>>,
}

impl Captured {
    /// Standard output.
    pub fn results(&self) -> String {
        text(&self.results)
    }

    /// Standard error.
    pub fn notes(&self) -> String {
        text(&self.notes)
    }

    /// Both.
    pub fn all(&self) -> String {
        format!("{}{}", self.results(), self.notes())
    }
}

fn text(bytes: &Mutex<Vec<u8>>) -> String {
    String::from_utf8_lossy(&bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
