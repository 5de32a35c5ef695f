//! The end of everything that a person has signed in with.

use crate::item::Read;
use crate::keys::{self, Key, PK, SK};
use crate::store::DynamoStore;
use crate::transaction::Step;
use domain::failure::Failure;
use domain::id::UserId;

/// Sessions ended at once: each is two items, and a transaction holds a hundred.
const AT_ONCE: usize = 50;

impl DynamoStore {
    /// Each session together with its name: if it fails in between, the next attempt still finds every session
    /// that is left.
    pub(super) async fn end_all_sessions(&self, user: &UserId) -> Result<(), Failure> {
        let query = self.query(keys::sessions(user)).consistent_read(true);
        let names = self.pages("list the sessions", query, usize::MAX).await?;
        for some in names.chunks(AT_ONCE) {
            let mut removals = Vec::with_capacity(2 * some.len());
            for name in some {
                let name = Read::new(name)?;
                removals.push(Step::delete(self, keys::session(&name.hash("hash")?))?);
                removals.push(Step::delete(self, Key::new(name.get(PK)?, name.get(SK)?))?);
            }
            self.transact_freely("end the sessions", removals).await?;
        }
        Ok(())
    }
}
