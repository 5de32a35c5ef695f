//! Clients: list, details, add, set (hostbill §3).

use serde_json::{Value, json};

use super::answer::{Answer, Call, Payload, column, day, flag, money, refuse};
use super::model::{Model, next_key};
use super::params::Param;
use super::things::{Client, Matching};

/// Columns that `addClient` and `setClientDetails` take and details show.
const COLUMNS: [&str; 15] = [
    "firstname",
    "lastname",
    "companyname",
    "address1",
    "address2",
    "city",
    "state",
    "postcode",
    "country",
    "phonenumber",
    "language",
    "group_id",
    "notes",
    "brand",
    "type",
];

/// `getClients` (*documented*): no custom fields in the list, filters by column or searchable field.
pub(crate) fn list(model: &mut Model, call: &Call<'_>) -> Answer {
    let filter = call.params.map("filter");
    let fits = |client: &Client| {
        filter.iter().all(|(name, value)| match value.as_text().filter(|text| !text.is_empty()) {
            Some(text) => model.client_fits(client, name, text),
            None => true,
        })
    };
    let ids: Vec<u32> =
        model.clients.values().rev().filter(|client| fits(client)).map(|client| client.id).collect();
    model.accounts.heal();
    Ok(model.page(call, "clients", &ids, Model::client_row))
}

fn row(client: &Client, services: usize) -> Value {
    json!({
        "id": column(client.id),
        "firstname": client.column("firstname"),
        "lastname": client.column("lastname"),
        "datecreated": day(client.created),
        "email": client.email,
        "companyname": client.column("companyname"),
        "services": services,
    })
}

/// `getClientDetails` (*documented*): password hash included, custom fields at the top (*observed*).
pub(crate) fn details(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    match model.clients.get(&id) {
        Some(client) => Ok(Payload::with("client", whole(client))),
        None => refuse("Client not found"),
    }
}

/// The client block, also shown inside invoices.
pub(crate) fn whole(client: &Client) -> Value {
    let id = column(client.id);
    let mut block = json!({
        "id": id, "client_id": id, "email": client.email,
        "password": "$2y$10$sImulAt0rsImulAt0rsImuOWs5y0vJ9bqk1nq2v3Qw8Zr7x6c5d4e",
        "lastlogin": "0000-00-00 00:00:00", "ip": "", "host": "", "status": client.status, "parent_id": "0",
        "countryname": client.column("country"), "datecreated": day(client.created),
        "company": flag(!client.column("companyname").is_empty()), "credit": money(client.credit),
        "taxexempt": "0", "latefeeoveride": "0", "overideduenotices": "0", "cardtype": "", "cardnum": null,
        "expdate": null, "currency_id": column(client.currency_id), "email_verified": "1",
    });
    if let Some(map) = block.as_object_mut() {
        for name in COLUMNS {
            map.entry(name).or_insert_with(|| json!(client.column(name)));
        }
        map.extend(client.fields.iter().map(|(name, value)| (name.clone(), json!(value))));
    }
    block
}

/// `addClient` (*documented*): e-mail and password twice; custom variables as their own parameters.
pub(crate) fn add(model: &mut Model, call: &Call<'_>) -> Answer {
    let params = &call.params;
    let required = |name: &str| params.required(name).map(str::to_owned).map_err(|text| vec![text]);
    let (email, password) = (required("email")?, required("password")?);
    if password != required("password2")? {
        return refuse("Passwords do not match");
    }
    if !email.contains('@') {
        return refuse("Wrong parameter: email");
    }
    let taken = model.clients.values().any(|client| client.email.eq_ignore_ascii_case(&email));
    if taken && model.settings.unique_email {
        return refuse("Email already in use");
    }
    let currency_id = params.number("currency_id").unwrap_or(0);
    if !model.currencies.contains_key(&currency_id) {
        return refuse("Wrong parameter: currency_id");
    }
    let id = next_key(&model.clients, 512);
    let mut client = Client {
        id,
        email,
        status: params.filled("status").unwrap_or("Active").to_owned(),
        currency_id,
        created: Some(model.clock.now()),
        ..Client::default()
    };
    fill(model, &mut client, call);
    model.clients.insert(id, client);
    model.fire_of("after_clientadded", id);
    Ok(Payload::with("client_id", column(id)).saying("New client account created"))
}

/// `setClientDetails`: what is sent is written (*observed*, one field at a time works); custom variables too
/// (*assumed*, hostbill §19.5).
pub(crate) fn set(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(mut client) = model.clients.get(&id).cloned() else { return refuse("Client not found") };
    fill(model, &mut client, call);
    model.clients.insert(id, client);
    model.fire_of("after_clientedit", id);
    Ok(Payload::info("client_updated"))
}

fn fill(model: &Model, client: &mut Client, call: &Call<'_>) {
    for (name, value) in call.params.plain() {
        if COLUMNS.contains(&name) {
            client.columns.insert(name.to_owned(), value.to_owned());
        } else if model.client_fields.iter().any(|field| field.code == name) {
            client.fields.insert(name.to_owned(), value.to_owned());
        }
    }
}

impl Model {
    fn client_row(&self, id: u32) -> Option<Value> {
        self.clients.get(&id).map(|client| row(client, self.accounts.count_of(id)))
    }

    /// How a filter compares text (hostbill §1.4, mode unknown).
    pub(crate) fn matches(&self, value: &str, wanted: &str) -> bool {
        match self.settings.matching {
            Matching::Exact => value.eq_ignore_ascii_case(wanted),
            Matching::Contains => value.to_lowercase().contains(&wanted.to_lowercase()),
        }
    }

    /// A field that is not searchable filters nothing (*assumed*; hostbill §3 says it is not usable).
    fn client_fits(&self, client: &Client, name: &str, text: &str) -> bool {
        match name {
            "email" => self.matches(&client.email, text),
            "company" => self.matches(client.column("companyname"), text),
            "status" => client.status.eq_ignore_ascii_case(text),
            "currency_id" => client.currency_id.to_string() == text,
            "group_id" => client.column(name) == text,
            "firstname" | "lastname" | "companyname" | "country" | "state" | "city" | "address1"
            | "address2" | "phonenumber" => self.matches(client.column(name), text),
            _ => {
                let searchable =
                    self.client_fields.iter().any(|field| field.code == name && field.searchable);
                let value = client.fields.get(name).map_or("", String::as_str);
                !searchable || (!value.is_empty() && self.matches(value, text))
            }
        }
    }
}

/// A filter as texts, empty ones left out.
pub(crate) fn filters(call: &Call<'_>) -> Vec<(String, String)> {
    let filter = call.params.map("filter");
    let texts = filter
        .iter()
        .filter_map(|(name, value): (&String, &Param)| Some((name.clone(), value.as_text()?.to_owned())));
    texts.filter(|(_, text)| !text.is_empty()).collect()
}
