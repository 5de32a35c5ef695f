//! People, each with who they are at an identity provider beside them, so that nobody is two.

use crate::error::failure;
use crate::item::{Fields, Item, Read};
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Step, absent, present};
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::access::{Role, Subject, User};
use domain::failure::{Failure, FailureKind};
use domain::id::UserId;
use domain::ports::AccessStore;

/// How often a person is written anew when somebody else does the same.
const TRIES: u32 = 6;

impl DynamoStore {
    pub(super) async fn write_user(&self, user: &User) -> Result<(), Failure> {
        for _ in 0..TRIES {
            let before = self.find_user(&user.id).await?;
            let items = self.user_items(before.as_ref(), user)?;
            match self.transact("write the person", items).await? {
                Ok(()) => return Ok(()),
                Err(refusal) if refusal.failed(0) => {}
                Err(_) => {
                    let what = format!("{} signs in as somebody else does already", user.id);
                    return Err(failure(FailureKind::Conflict, what));
                }
            }
        }
        let what = format!("could not write {}: somebody else keeps changing them", user.id);
        Err(failure(FailureKind::Conflict, what))
    }

    /// The person, if they still sign in as they did before, and the identities that come and go.
    fn user_items(&self, before: Option<&User>, user: &User) -> Result<Vec<TransactWriteItem>, Failure> {
        let was = before.and_then(|before| before.subject.as_ref());
        let step = match (before, was) {
            (None, _) => Step::new().only_if(absent()),
            (Some(_), None) => Step::new()
                .only_if(format!("{} AND attribute_not_exists(#issuer)", present()))
                .names(&[("#issuer", "issuer")]),
            (Some(_), Some(was)) => Step::new()
                .only_if("#issuer = :issuer AND #subject = :subject")
                .names(&[("#issuer", "issuer"), ("#subject", "subject")])
                .text(":issuer", &was.issuer)
                .text(":subject", &was.subject),
        };
        let mut items = vec![step.put(self, write(user))?];
        if was == user.subject.as_ref() {
            return Ok(items);
        }
        if let Some(is) = &user.subject {
            let step = Step::new()
                .only_if(format!("{} OR #user = :user", absent()))
                .names(&[("#user", "user")])
                .text(":user", user.id.as_str());
            items.push(step.put(self, write_subject(is, &user.id))?);
        }
        if let Some(was) = was {
            items.push(Step::delete(self, keys::subject(was))?);
        }
        Ok(items)
    }
}

pub(crate) fn write(user: &User) -> Item {
    let subject = user.subject.as_ref();
    Fields::at(keys::user(&user.id))
        .text("id", &user.id)
        .text("name", &user.name)
        .maybe("email", user.email.as_ref())
        .text("role", user.role)
        .maybe("issuer", subject.map(|subject| &subject.issuer))
        .maybe("subject", subject.map(|subject| &subject.subject))
        .text("created", user.created)
        .maybe("disabled", user.disabled)
        .finish()
}

pub(crate) fn read(item: &Item) -> Result<User, Failure> {
    let item = Read::new(item)?;
    let subject = item.find("issuer").map(|issuer| {
        let subject = item.get("subject")?.to_owned();
        Ok(Subject { issuer: issuer.to_owned(), subject })
    });
    Ok(User {
        id: item.parsed("id")?,
        name: item.get("name")?.to_owned(),
        email: item.find("email").map(str::to_owned),
        role: item.word("role", Role::find)?,
        subject: subject.transpose()?,
        created: item.parsed("created")?,
        disabled: item.maybe("disabled")?,
    })
}

pub(crate) fn write_subject(subject: &Subject, user: &UserId) -> Item {
    Fields::at(keys::subject(subject)).text("user", user).finish()
}

pub(crate) fn read_subject(item: &Item) -> Result<UserId, Failure> {
    Read::new(item)?.parsed("user")
}
