//! Creating clients and products.

use crate::HostBill;
use crate::client::Work;
use crate::cycles;
use crate::wire::form::{Form, is_variable};
use crate::wire::node::Node;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{ClientId, ProductId};
use domain::ports::Tenant;
use domain::subscription::BillingCycle;

const METHODS: &str = "getAPIMethods";
const ADD_CLIENT: &str = "addClient";
const ADD_PRODUCT: &str = "addProduct";

impl HostBill {
    /// A company with the tenant's id in the tenant field. Its password is random, is told to nobody (the
    /// client asks HostBill for a new one) and no mail is sent.
    pub(crate) async fn add_client(&self, tenant: &Tenant, deadline: Deadline) -> Result<ClientId, Failure> {
        let Some(email) = &tenant.email else {
            let problem = "the tenant has no e-mail address";
            return Err(self.api.failure(FailureKind::Refused, ADD_CLIENT, problem));
        };
        let field = &self.config.tenant_field;
        if !is_variable(field) {
            let problem = format!("the tenant field {field:?} is no variable name");
            return Err(self.api.failure(FailureKind::Refused, ADD_CLIENT, problem));
        }
        let password = self.password()?;
        let params = Form::new()
            .with("email", email)
            .with("password", &password)
            .with("password2", &password)
            // Required by older versions, and the tenant has no person.
            .with("firstname", "Billing")
            .with("lastname", "Contact")
            .with("type", "Company")
            .with("companyname", &tenant.name)
            .with(field.clone(), tenant.id.as_str());
        let answer = self.api.mutate(ADD_CLIENT, params, Work::Record, deadline).await?;
        self.new_id(ADD_CLIENT, &answer, &["client_id"])
    }

    pub(crate) async fn add_product(
        &self,
        name: &str,
        code: &str,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<ProductId, Failure> {
        let Some(prices) = prices(cycle) else {
            let problem = format!("HostBill has no billing cycle {:?}", cycle.as_str());
            return Err(self.api.failure(FailureKind::Refused, ADD_PRODUCT, problem));
        };
        let methods = self.methods(deadline).await;
        let methods = methods.map_err(|failure| self.api.not_begun(ADD_PRODUCT, &failure))?;
        if !methods.iter().any(|method| method == ADD_PRODUCT) {
            let problem = "this HostBill installation does not offer addProduct (create the product in HostBill \
                           and link it, or allow the call for this API key: Settings → Security → API Access)";
            return Err(self.api.failure(FailureKind::Refused, ADD_PRODUCT, problem));
        }
        let params = Form::new()
            .with("category_id", self.order_page(deadline).await?)
            .with_some("type", self.config.new_products.product_type.as_deref())
            .with("name", name)
            .with("code", code)
            .with("visible", &self.config.new_products.visible)
            .merged(prices);
        let answer = self.api.mutate(ADD_PRODUCT, params, Work::Record, deadline).await?;
        self.new_id(ADD_PRODUCT, &answer, &["product_id", "id"])
    }

    /// The calls that HostBill offers to this key, read once in a process.
    pub(crate) async fn methods(&self, deadline: Deadline) -> Result<&[String], Failure> {
        let read = || async {
            let json = self.api.read(METHODS, Form::new(), deadline).await?;
            let names = Node::root(&json).get("methods").and_then(|methods| {
                let names = methods.items()?;
                names.iter().map(|name| name.text().map(str::to_owned)).collect::<Result<Vec<_>, _>>()
            });
            names.map_err(|problem| self.api.surprise(METHODS, &problem))
        };
        Ok(self.methods.get_or_try_init(read).await?)
    }

    async fn order_page(&self, deadline: Deadline) -> Result<String, Failure> {
        if let Some(page) = &self.config.new_products.order_page {
            return Ok(page.clone());
        }
        let pages = self.order_pages(deadline).await;
        let pages = pages.map_err(|failure| self.api.not_begun(ADD_PRODUCT, &failure))?;
        if let [page] = pages.as_slice() {
            return Ok(page.clone());
        }
        let problem = format!("there are {} order pages: configure the one for new products", pages.len());
        Err(self.api.failure(FailureKind::Refused, ADD_PRODUCT, problem))
    }

    fn password(&self) -> Result<String, Failure> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(|_| {
            let problem = "not begun: the machine gives no random numbers for a password";
            self.api.failure(FailureKind::NotSent, ADD_CLIENT, problem)
        })?;
        // Letters of both cases, digits and a sign, whatever the installation's rule asks for.
        Ok(format!("Bb1-{}", URL_SAFE_NO_PAD.encode(bytes)))
    }
}

/// One orderable cycle at no price: every service gets its own amount.
fn prices(cycle: &BillingCycle) -> Option<Form> {
    let code = cycles::code(cycle)?;
    if cycle.months().is_none() {
        let once = Form::new().with("paytype", "Once").with("m1", "0.00");
        return Some(once.with("m_setup1", "0.00").with("m_enabled1", "1"));
    }
    let regular = Form::new().with("paytype", "Regular").with(code, "0.00");
    Some(regular.with(format!("{code}_setup"), "0.00").with(format!("{code}_enabled"), "1"))
}
