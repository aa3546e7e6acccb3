// Documents, sources, captures, comparisons, and the rules.

import assert from "node:assert/strict";

export default {
  "from the list to the note, its source, and the words that changed": async (ground) => {
    const page = await ground.signIn("reader");
    await page.goto(`${ground.desk}/documents`);
    await ground.looksAt(page, "documents");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Notes" }).waitFor();
    await ground.looksAt(page, "document");
    const noted = page.getByRole("row").filter({ hasText: "changed" }).first();
    await noted.getByRole("cell").first().getByRole("link").first().click();
    await page.getByRole("heading", { name: "Who cites it" }).waitFor();
    await page.getByText("Why?").first().click();
    await ground.looksAt(page, "source");
    await page.getByRole("link", { name: "Compare then and now" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Then and now" }).waitFor();
    assert.ok((await page.locator("del, ins").count()) > 2);
    await ground.looksAt(page, "compare");
    await page.getByRole("link", { name: "in one column" }).click();
    await page.locator("p.edited").first().waitFor();
    await ground.looksAt(page, "compare-one");
  },

  "two captures are chosen by hand, and each shows its way": async (ground) => {
    const page = await ground.signIn("reader", { javaScriptEnabled: false });
    await page.goto(`${ground.desk}/sources/1`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    const scripted = await ground.signIn("reader");
    await scripted.goto(`${ground.desk}/captures/1`);
    await ground.looksAt(scripted, "capture");
    const saved = scripted.waitForEvent("download");
    await scripted.getByRole("link", { name: "Its bytes, as they came" }).click();
    assert.match((await saved).suggestedFilename(), /^capture-1-\d{14}/);
    await scripted.goto(`${ground.desk}/compare?from=1&to=1`);
    await ground.looksAt(scripted, "capture-text");
    await scripted.goto(`${ground.desk}/rules#words_differ`);
    await ground.looksAt(scripted, "rules");
  },
};
