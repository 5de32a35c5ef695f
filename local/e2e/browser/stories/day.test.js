// A day at a reseller's: a clerk looks at what the sync did, a plan is approved, an order is taken by one person and
// approved by another, and what is parked is cured. Every page on the way is looked at as people and axe do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../billbridge.js";
import { launch, person } from "../browser.js";

const BINARY = process.env.BILLBRIDGE ?? "billbridge";
const ORGANISATION = "europe";
const REFERENCE = `PO 4711 <script>document.title = "stolen"</script>`;

let billbridge, browser, ada, ben, order;

before(async () => {
  billbridge = await start(BINARY);
  browser = await launch();
  ada = await person(browser, "Ada");
  ben = await person(browser, "Ben");
});

after(async () => {
  await browser?.close();
  await billbridge?.stop();
});

const at = (path) => billbridge.url + path;
const api = async (who, path) => {
  const answer = await who.page.request.get(at(path), { headers: { accept: "application/json" } });
  assert.equal(answer.status(), 200, `${path}: ${await answer.text()}`);
  return answer.json();
};
const state = (who, words) => who.page.locator("main .state", { hasText: words }).first().waitFor();
const nothingWrong = (who) => assert.deepEqual(who.wrong.splice(0), [], `in ${who.name}'s browser`);

async function signIn(who, link) {
  await who.page.goto(link);
  await who.page.getByRole("button", { name: "Sign in" }).click();
  await who.page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
}

test("a link signs in once and never again", async () => {
  await signIn(ada, billbridge.signIn);
  await ben.page.goto(billbridge.signIn);
  await ben.page.getByRole("button", { name: "Sign in" }).click();
  await ben.page.getByRole("alert").waitFor();
  await ben.page.goto(at("/orders"));
  assert.match(ben.page.url(), /\/sign-in\?next=/);
  await ben.look("sign-in");
  // The second try is answered with an error status, which the console notes.
  ben.wrong.splice(0, ben.wrong.length, ...ben.wrong.filter((one) => !one.includes("/sign-in/code")));
  nothingWrong(ben);
});

test("the dashboard says how the estate stands", async () => {
  await ada.page.goto(at("/"));
  await ada.page.getByText("synced").first().waitFor();
  await ada.page.getByRole("heading", { name: "Agents" }).waitFor();
  await ada.page.getByText("Not configured").waitFor();
  await ada.page.locator("svg").first().waitFor();
  await ada.look("dashboard");
  nothingWrong(ada);
});

test("a dry run changes nothing, its plan is approved and applied, and a run reports it", async () => {
  await ada.page.goto(at(`/sync?organisation=${ORGANISATION}`));
  await ada.page.getByRole("button", { name: "Dry run" }).click();
  await state(ada, "Finished");
  await ada.look("run");
  await ada.page.getByRole("link", { name: "Read the plan" }).click();
  await ada.page.getByRole("heading", { level: 1, name: /^Plan/ }).waitFor();
  await ada.look("plan");
  await ada.page.getByRole("checkbox").check();
  await ada.page.getByRole("button", { name: /^Approve and apply/ }).click();
  await state(ada, "Finished");
  const run = await api(ada, `/api/runs/${ada.page.url().split("/sync/runs/")[1].split("?")[0]}`);
  assert.equal(run.state, "finished");
  assert.ok(run.counts.changed > 0, "services were changed");
  assert.equal(run.counts.refused + run.counts.inDoubt + run.counts.left, 0);
  nothingWrong(ada);
});

test("an administrator adds a person, who comes in with a link of their own", async () => {
  await ada.page.goto(at("/settings/people"));
  await ada.page.getByLabel("Name").fill("Ben Holm");
  await ada.page.getByRole("radio", { name: /^approver/ }).check();
  await ada.page.getByRole("button", { name: "Add and make a sign-in link" }).click();
  const link = await ada.page.locator("#secret").inputValue();
  await signIn(ben, link);
  await ada.page.goto(at("/settings/people"));
  await ada.page.getByRole("cell", { name: "Ben Holm" }).or(ada.page.getByRole("rowheader", { name: "Ben Holm" })).first().waitFor();
  await ada.look("people");
  nothingWrong(ada);
  nothingWrong(ben);
});

/** A customer and an offer that are linked and billed already, by their names. */
async function known(who) {
  const { items } = await api(who, `/api/records?organisation=${ORGANISATION}&state=synced&limit=200`);
  const record = items.find((one) => one.offer.endsWith("/P1Y/monthly") && one.applied?.status === "active");
  const customers = await api(who, `/api/customers?organisation=${ORGANISATION}&limit=200`);
  const customer = (customers.items ?? customers.customers).find((one) => one.tenant === record.tenant);
  return { record, customer };
}

test("an order shows its total with the arithmetic before it is taken", async () => {
  const { record, customer } = await known(ada);
  await ada.page.goto(at(`/orders/new?organisation=${ORGANISATION}`));
  await ada.page.getByLabel("Find the customer").fill(customer.name);
  await ada.page.locator(`input[name=tenant][value="${record.tenant}"]`).check();
  await ada.page.getByLabel("Find the offer").fill(record.offer.split("/")[0]);
  await ada.page.locator(`input[name=offer][value="${record.offer}"]`).check();
  await ada.page.getByLabel("Quantity").fill("7");
  await ada.page.getByLabel("The customer's reference").fill(REFERENCE);
  await ada.page.locator("#total .figure").waitFor();
  await ada.page.locator("#total").getByText("Price of one by rule").waitFor();
  await ada.look("new-order");
  await ada.page.getByRole("button", { name: "Take the order" }).dblclick();
  await state(ada, "Waiting for approval");
  order = new URL(ada.page.url()).pathname;
  const all = await api(ada, `/api/orders?organisation=${ORGANISATION}`);
  assert.equal(all.items.length, 1, "a double click takes one order");
  nothingWrong(ada);
});

test("whoever took the order cannot approve it, and what they wrote is text", async () => {
  await ada.page.goto(at(order));
  await ada.page.getByText(REFERENCE).waitFor();
  assert.doesNotMatch(await ada.page.title(), /stolen/);
  assert.equal(await ada.page.getByRole("button", { name: /^Approve/ }).count(), 0);
  nothingWrong(ada);
});

test("another person approves exactly that number, and the order becomes active by itself", async () => {
  await ben.page.goto(at("/"));
  await ben.page.goto(at(order));
  await ben.look("order-waiting");
  await ben.page.getByRole("button", { name: /^Approve/ }).click();
  await state(ben, "Active");
  const id = order.split("/").at(-1);
  const found = await api(ben, `/api/orders/${id}`);
  assert.equal(found.state, "active");
  const steps = found.timeline.map((step) => step.to ?? step.state);
  for (const step of ["pending_approval", "approved", "placing", "placed_at_supplier", "billed", "active"]) {
    assert.ok(steps.includes(step), `${step} is in the timeline: ${steps}`);
  }
  const record = await api(ben, `/api/records/${ORGANISATION}/${found.subscription}`);
  assert.equal((record.record ?? record).state, "synced");
  assert.deepEqual((record.record ?? record).applied.amount, found.quote.total, "what is charged is what was approved");
  await ben.page.goto(at(order));
  await ben.look("order");
  await ben.page.goto(at(`/orders?organisation=${ORGANISATION}`));
  await ben.look("orders");
  nothingWrong(ben);
});

test("a parked item says why, has its cure, and is billed after it", async () => {
  await ada.page.goto(at(`/sync/parked?organisation=${ORGANISATION}`));
  await ada.look("parked");
  await ada.page.getByRole("link", { name: /^Link the offer/ }).first().click();
  await ada.page.getByRole("heading", { level: 1 }).waitFor();
  const theirs = await ada.page.locator("input[name=theirs]").first().inputValue();
  const before = await ofOffer(theirs);
  assert.ok(before.every((one) => one.state !== "synced"), "none of it is billed yet");
  await ada.look("link");
  const products = await api(ada, `/api/links?kind=product`);
  const product = (products.items ?? products.links).find((one) => one.kind === "product").theirs;
  await ada.page.getByLabel(/[Ii]d of/).fill(product);
  await ada.page.getByRole("button", { name: "Link", exact: true }).click();
  await ada.page.getByRole("button", { name: "Sync now" }).click();
  await state(ada, /Finished|Awaiting/);
  const run = await api(ada, `/api/runs/${ada.page.url().split("/sync/runs/")[1].split("?")[0]}`);
  assert.equal(run.state, "finished");
  const after = await ofOffer(theirs);
  assert.ok(after.some((one) => one.state === "synced"), "it is billed now");
  nothingWrong(ada);
});

async function ofOffer(offer) {
  const found = [];
  let cursor = "";
  do {
    const page = await api(ada, `/api/records?organisation=${ORGANISATION}&limit=200${cursor}`);
    found.push(...page.items.filter((one) => one.offer === offer));
    cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : "";
  } while (cursor);
  return found;
}

test("settings, connections and prices can be read, and what is not there is a page that says so", async () => {
  const pages = ["settings", "settings/connections", "settings/prices", "settings/tokens", "settings/me", "sync/runs", "api/docs"];
  for (const page of pages) {
    await ada.page.goto(at(`/${page}`));
    await ada.look(page.replaceAll("/", "-"));
  }
  nothingWrong(ada);
  const answer = await ada.page.goto(at("/nothing/here"));
  assert.equal(answer.status(), 404);
  await ada.look("not-found");
  ada.wrong.splice(0, ada.wrong.length, ...ada.wrong.filter((one) => !one.includes("/nothing/here")));
  nothingWrong(ada);
});

test("an approver may not change who comes in", async () => {
  const answer = await ben.page.goto(at("/settings/people"));
  assert.equal(answer.status(), 403);
  await ben.look("forbidden");
});

test("who signs out is out", async () => {
  await ben.page.goto(at("/orders"));
  await ben.page.getByRole("button", { name: "Sign out" }).click();
  await ben.page.goto(at("/orders"));
  assert.match(ben.page.url(), /\/sign-in/);
});
