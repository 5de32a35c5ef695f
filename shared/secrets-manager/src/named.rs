//! The same secrets again and again, so that a credential may change while the process runs.

use crate::SecretsManager;
use async_trait::async_trait;
use domain::failure::Failure;
use domain::ports::VariableSource;
use domain::secret::Secret;
use std::collections::BTreeMap;

/// The variables of these secrets, as they are whenever they are asked for.
#[derive(Debug, Clone)]
pub struct NamedSecrets {
    /// Where they are.
    pub manager: SecretsManager,
    /// Which, by name or ARN.
    pub names: Vec<String>,
}

#[async_trait]
impl VariableSource for NamedSecrets {
    async fn variables(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        self.manager.load(&self.names).await
    }
}
