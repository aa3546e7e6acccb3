// Runs every *.test.mjs beside this file, one after the other, in one browser.
//
// A module's default export is its tests, a sentence each: `{ "it is so": async (ground) => {} }`. A test fails
// by throwing. The ground:
//
//   ground.desk            the desk's address
//   ground.chromium        the browser, for contexts of one's own
//   ground.signIn(name)    a page, signed in as «reader», «editor», «operator» or «administrator»
//   ground.looksAt(page, name)
//                          holds what the page shows to axe-core, light and dark, and to the width of a
//                          phone, and keeps its pictures as target/screens/NAME-….png
//   ground.asked           every address that any page asked for

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const env = process.env;
const require = createRequire(join(env.NODE_TOOLS, "here.js"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const HERE = dirname(fileURLToPath(import.meta.url));
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

const browser = await chromium.launch({ executablePath: env.CHROMIUM, args: ["--no-sandbox"] });
const asked = [];

const newPage = async (options = {}) => {
  // axe-core is put into the page past its policy; the policy itself is looked at elsewhere.
  const context = await browser.newContext({ viewport: WIDE, bypassCSP: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (why) => { throw why; });
  return page;
};

// The password that an account was given is changed by whoever signs in first.
const chosen = new Set();
const signIn = async (name, options) => {
  const page = await newPage(options);
  await page.goto(`${env.DESK}/sign-in`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(chosen.has(name) ? env.SECRET : env[`SECRET_OF_${name}`]);
  await page.getByRole("button", { name: "Sign in" }).click();
  if (!chosen.has(name)) {
    await page.getByLabel(/A new one/).fill(env.SECRET);
    await page.getByLabel("The same again").fill(env.SECRET);
    await page.getByRole("button", { name: "Change the password" }).click();
    chosen.add(name);
  }
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return page;
};

const faults = async (page) => {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run());
  return found.violations
    .filter((it) => ["serious", "critical"].includes(it.impact))
    .map((it) => `${it.id}: ${it.help}: ${it.nodes.map((node) => node.html).join(" | ")}`);
};

const looksAt = async (page, name) => {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(env.SCREENS, `${name}-${colorScheme}.png`), fullPage: true });
    assert.deepEqual(await faults(page), [], `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(PHONE);
  await page.screenshot({ path: join(env.SCREENS, `${name}-phone.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= PHONE.width, `${name} is ${wide} wide on a phone`);
  const small = await page.evaluate(() => [...document.querySelectorAll("button, input, select, summary, nav a")]
    .filter((it) => it.checkVisibility() && it.type !== "hidden" && it.getBoundingClientRect().height < 24)
    .map((it) => it.outerHTML));
  assert.deepEqual(small, [], `${name}: too small to be hit`);
  await page.setViewportSize(WIDE);
};

const ground = { desk: env.DESK, chromium: browser, newPage, signIn, looksAt, asked };
const wanted = process.argv.slice(2);
const names = readdirSync(HERE)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
let failed = 0;
for (const name of names.sort()) {
  const { default: tests } = await import(pathToFileURL(join(HERE, name)));
  for (const [words, test] of Object.entries(tests)) {
    try {
      await test(ground);
      console.log(`ok    ${words}`);
    } catch (why) {
      failed += 1;
      console.log(`FAIL  ${words}\n${why.stack}`);
    }
  }
}
await browser.close();
const others = asked.filter((url) => !url.startsWith(`${env.DESK}/`) && !url.startsWith("data:"));
if (others.length > 0) {
  failed += 1;
  console.log(`FAIL  these left for elsewhere: ${others.join(" ")}`);
}
process.exit(failed === 0 ? 0 : 1);
