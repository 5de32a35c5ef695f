// A real browser, and what every page in it owes: no error on the console, nothing the content-security policy
// had to stop, nothing asked from anybody else, nothing serious that an accessibility check finds.
import { readFile } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const SHOTS = process.env.SCREENSHOTS ?? new URL("./screenshots/", import.meta.url).pathname;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

export async function launch() {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** One person at one browser: a context of their own, and everything that went wrong in it. */
export async function person(browser, name, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, locale: "en-GB", ...options });
  const wrong = [];
  context.on("page", (page) => watch(page, wrong));
  const page = await context.newPage();
  return {
    name,
    page,
    wrong,
    /** Looks at the page as axe and as a person at two widths do. */
    look: async (title) => {
      await mkdir(SHOTS, { recursive: true });
      for (const [width, size] of Object.entries({ 1280: WIDE, 390: NARROW })) {
        await page.setViewportSize(size);
        await page.screenshot({ path: `${SHOTS}/${title}-${width}.png`, fullPage: true });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (overflow > 1) wrong.push(`${title} at ${width} px is ${overflow} px too wide`);
      }
      await page.setViewportSize(WIDE);
      for (const finding of await seriousFindings(page)) wrong.push(`${title}: ${finding}`);
    },
    close: () => context.close(),
  };
}

function watch(page, wrong) {
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(`console: ${message.text()} (${page.url()})`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error.message} (${page.url()})`));
  page.on("request", (request) => {
    const asked = new URL(request.url());
    const here = page.url().startsWith("http") ? new URL(page.url()).host : asked.host;
    if (asked.protocol.startsWith("http") && asked.host !== here && !request.isNavigationRequest()) {
      wrong.push(`asked somebody else: ${request.url()}`);
    }
  });
}

/** Runs axe in a world of its own, so that the page's policy neither stops it nor is loosened for it. */
async function seriousFindings(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
    worldName: "axe",
  });
  const run = async (expression) => {
    const said = await session.send("Runtime.evaluate", {
      contextId,
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (said.exceptionDetails) throw new Error(`axe: ${said.exceptionDetails.exception?.description}`);
    return said.result.value;
  };
  await run(`${axe};0`);
  const found = await run(`axe.run(document, { resultTypes: ["violations"] }).then((result) =>
    result.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) =>
      one.id + " (" + one.impact + "): " + one.help + " at " + one.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")))`);
  await session.detach();
  return found;
}
