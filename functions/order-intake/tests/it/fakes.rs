//! A bus that remembers and may break down, and a place for people's own sign-ins.

use async_trait::async_trait;
use domain::failure::{Failure, FailureKind};
use domain::id::{SystemId, UserId};
use domain::ports::{Bus, Notice, PersonalCredentials, PersonalSecrets};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use testkit::builders::parsed;

/// What was published; may be told to fail.
#[derive(Clone, Default)]
pub(crate) struct Published {
    notices: Arc<Mutex<Vec<Notice>>>,
    broken: Arc<Mutex<bool>>,
}

impl Published {
    pub(crate) fn all(&self) -> Vec<Notice> {
        self.notices.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.notices.lock().unwrap().clear();
    }

    pub(crate) fn break_down(&self, broken: bool) {
        *self.broken.lock().unwrap() = broken;
    }
}

#[async_trait]
impl Bus for Published {
    async fn publish(&self, notice: &Notice) -> Result<(), Failure> {
        if *self.broken.lock().unwrap() {
            return Err(Failure::new(FailureKind::Unavailable, &parsed("bus"), "publish: nobody listens"));
        }
        self.notices.lock().unwrap().push(notice.clone());
        Ok(())
    }
}

/// People's own sign-ins.
#[derive(Clone, Default)]
pub(crate) struct People(Arc<Mutex<HashMap<UserId, PersonalCredentials>>>);

#[async_trait]
impl PersonalSecrets for People {
    async fn keep(
        &self,
        user: &UserId,
        _: &SystemId,
        credentials: &PersonalCredentials,
    ) -> Result<(), Failure> {
        self.0.lock().unwrap().insert(user.clone(), credentials.clone());
        Ok(())
    }

    async fn find(&self, user: &UserId, _: &SystemId) -> Result<Option<PersonalCredentials>, Failure> {
        Ok(self.0.lock().unwrap().get(user).cloned())
    }

    async fn remove(&self, user: &UserId, _: &SystemId) -> Result<(), Failure> {
        self.0.lock().unwrap().remove(user);
        Ok(())
    }
}
