//! `billbridge users`: the people who sign in.

use crate::door;
use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use crate::show::Sheet;
use domain::access::{CodeUse, Role, User};
use domain::id::UserId;
use domain::ports::AccessStore;
use jiff::SignedDuration;
use serde_json::json;

/// How long a link to sign in with is good.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// Add people, list them, let them in and shut them out
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
Examples:
  billbridge users set-up                        a link that makes the first administrator
  billbridge users add --name 'Ada Berg' --role approver
  billbridge users link usr_17938656000000a1b2c3  a new link for somebody who is known
  billbridge users disable usr_17938656000000a1b2c3

Roles: viewer looks; clerk also runs and takes orders; approver also approves orders; admin does everything.
A link is good once and for a day. Whoever has it signs in as that person: hand it over like a key.")]
pub enum Command {
    /// Make a link that makes an administrator: for the first one, or when nobody can sign in any more
    SetUp,
    /// Add a person and make their first link
    Add {
        /// Their name
        #[arg(long)]
        name: String,
        /// What they are here for
        #[arg(long, value_name = "ROLE", value_parser = role)]
        role: Role,
        /// Where mail reaches them
        #[arg(long)]
        email: Option<String>,
    },
    /// List people
    List,
    /// Make a new link for a person
    Link {
        /// Their id, as listed
        id: String,
    },
    /// Shut a person out: their sessions end, their tokens are no longer good
    Disable {
        /// Their id, as listed
        id: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    let known: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
    Role::find(text).ok_or_else(|| format!("expected one of {}", known.join(", ")))
}

/// Adds, lists, lets in or shuts out.
pub async fn run(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let url = door::url(house.env(), None);
    match command {
        Command::SetUp => {
            let link = link_for(house, &url, CodeUse::SetUp).await?;
            told(&link, "the administrator whom you name there", out);
        }
        Command::Add { name, role, email } => {
            let user = add(house, name, *role, email.clone()).await?;
            let link = link_for(house, &url, CodeUse::SignIn(user.id.clone())).await?;
            told(&link, &format!("{} ({}, {})", user.name, user.role, user.id), out);
        }
        Command::List => list(house, out).await?,
        Command::Link { id } => {
            let user = find(house, id).await?;
            if user.disabled.is_some() {
                let what = format!("{} may no longer sign in", user.name);
                return Err(Problem::usage(what, "add them anew with billbridge users add"));
            }
            let link = link_for(house, &url, CodeUse::SignIn(user.id.clone())).await?;
            told(&link, &format!("{} ({}, {})", user.name, user.role, user.id), out);
        }
        Command::Disable { id } => disable(&find(house, id).await?, house, out).await?,
    }
    Ok(Exit::Done)
}

/// Adds a person.
///
/// # Errors
/// When the name is empty, or when the table fails.
pub async fn add(house: &House, name: &str, role: Role, email: Option<String>) -> Result<User, Problem> {
    if name.trim().is_empty() {
        return Err(Problem::usage("a person needs a name", "give one with --name"));
    }
    let now = house.now();
    let user = User {
        id: UserId::new(now, (house.around.entropy)()),
        name: name.trim().to_owned(),
        email,
        role,
        subject: None,
        created: now,
        disabled: None,
    };
    house.store.put_user(&user).await?;
    Ok(user)
}

/// A link that is good once and for a day.
///
/// # Errors
/// When the table fails.
pub async fn link_for(house: &House, url: &str, opens: CodeUse) -> Result<String, Problem> {
    let page = match opens {
        CodeUse::SetUp => "setup",
        CodeUse::SignIn(_) | CodeUse::Redirect { .. } => "sign-in/code",
    };
    let code = house.access()?.issue_code(opens, LINK_LASTS).await?;
    Ok(format!("{url}/{page}?c={}", code.expose()))
}

fn told(link: &str, who: &str, out: &mut Out) {
    if out.json {
        out.value(&json!({"link": link, "for": who, "hours": LINK_LASTS.as_hours()}));
        return;
    }
    out.line(link);
    out.note(format_args!("good once, within {} hours, for {who}", LINK_LASTS.as_hours()));
}

async fn list(house: &House, out: &mut Out) -> Result<(), Problem> {
    let users = house.store.users().await?;
    if out.json {
        out.value(&json!({"users": users.iter().map(json::user).collect::<Vec<_>>()}));
        return Ok(());
    }
    if users.is_empty() {
        out.note("nobody is known yet: billbridge users set-up");
        return Ok(());
    }
    let mut sheet = Sheet::new(&["person", "name", "role", "signs in with", "since", "state"]);
    for user in &users {
        sheet.row([
            user.id.to_string(),
            user.name.clone(),
            user.role.to_string(),
            user.subject.as_ref().map_or("links", |_| "identity provider").to_owned(),
            user.created.strftime("%F").to_string(),
            user.disabled.map_or("may sign in", |_| "disabled").to_owned(),
        ]);
    }
    out.line(sheet.text(out.look));
    Ok(())
}

async fn find(house: &House, text: &str) -> Result<User, Problem> {
    let none =
        || Problem::usage(format!("there is nobody of id {text:?}"), "billbridge users list shows all");
    let id: UserId = text.parse().map_err(|_| none())?;
    house.store.find_user(&id).await?.ok_or_else(none)
}

async fn disable(user: &User, house: &House, out: &mut Out) -> Result<(), Problem> {
    let since = user.disabled.unwrap_or_else(|| house.now());
    house.store.put_user(&User { disabled: Some(since), ..user.clone() }).await?;
    house.store.end_sessions_of(&user.id).await?;
    if out.json {
        out.value(&json!({"user": user.id.as_str(), "state": "disabled"}));
    } else {
        out.note(format_args!("{} may no longer sign in, and is signed out everywhere", user.name));
    }
    Ok(())
}
