// What must work without script, with a keyboard, and in the dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../billbridge.js";
import { launch, person } from "../browser.js";

let billbridge, browser, carol;

before(async () => {
  billbridge = await start(process.env.BILLBRIDGE ?? "billbridge");
  browser = await launch();
  carol = await person(browser, "Carol", { javaScriptEnabled: false, colorScheme: "dark" });
});

after(async () => {
  await browser?.close();
  await billbridge?.stop();
});

const at = (path) => billbridge.url + path;

test("signing in takes a keyboard and nothing else", async () => {
  await carol.page.goto(billbridge.signIn);
  await carol.page.keyboard.press("Tab");
  const first = await carol.page.locator(":focus").textContent();
  assert.match(first, /Skip to content/);
  await carol.page.getByRole("button", { name: "Sign in" }).focus();
  await carol.page.keyboard.press("Enter");
  await carol.page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
});

test("a dry run is asked for and followed without script", async () => {
  await carol.page.goto(at("/sync?organisation=norge"));
  await carol.page.getByRole("button", { name: "Dry run" }).click();
  const done = carol.page.locator("main .state", { hasText: "Finished" });
  for (let looks = 0; (await done.count()) === 0; looks += 1) {
    assert.ok(looks < 600, "the run ends");
    await carol.page.reload();
  }
});

test("an order's total is shown without script", async () => {
  await carol.page.goto(at("/orders/new?organisation=europe"));
  await carol.page.locator("input[name=tenant]").first().check();
  await carol.page.getByLabel("Find the offer").fill("Exchange Online");
  await carol.page.getByRole("button", { name: "Search" }).click();
  await carol.page.locator("input[name=offer]").first().check();
  await carol.page.getByLabel("Quantity").fill("3");
  await carol.page.getByRole("button", { name: "Show total" }).click();
  const total = carol.page.locator("#total");
  assert.match(await total.textContent(), /each|every|linked/i);
});

test("a form without its token changes nothing", async () => {
  const before = await carol.page.request.get(at("/api/runs?organisation=norge"));
  const runs = (await before.json()).items.length;
  const answer = await carol.page.request.post(at("/sync/run"), {
    form: { organisation: "norge", mode: "sync", once: "forged" },
  });
  assert.equal(answer.status(), 403);
  const after = await carol.page.request.get(at("/api/runs?organisation=norge"));
  assert.equal((await after.json()).items.length, runs);
});
