// The frame of the desk, signing in, the overview, and accounts.

import assert from "node:assert/strict";

export default {
  "a first password leads to a choice of one's own, and then to the overview": async (ground) => {
    const page = await ground.newPage();
    await page.goto(`${ground.desk}/accounts`);
    assert.equal(await page.title(), "Sign in – Ibid");
    await ground.looksAt(page, "sign-in");
    await page.getByLabel("Name").fill("nobody");
    await page.getByLabel("Password").fill("nothing at all");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    await ground.looksAt(page, "sign-in-refused");
    const reader = await ground.signIn("reader");
    await reader.getByText("Your password is changed.").waitFor();
    await reader.goto(`${ground.desk}/account`);
    await ground.looksAt(reader, "account");
    await reader.goto(`${ground.desk}/accounts`);
    await reader.getByRole("heading", { name: "Not for this account" }).waitFor();
    await ground.looksAt(reader, "forbidden");
  },

  "the overview is whole, and the same without scripts": async (ground) => {
    for (const name of ["operator", "reader"]) {
      const page = await ground.signIn(name);
      await page.goto(`${ground.desk}/`);
      await page.getByText("Counted at").waitFor();
      await page.getByRole("img", { name: /^Sources by state from/ }).waitFor();
      await ground.looksAt(page, `overview-${name}`);
    }
    const page = await ground.signIn("operator", { javaScriptEnabled: false });
    await page.goto(`${ground.desk}/`);
    await page.getByText("dead").first().waitFor();
    await page.getByText("The same as a table").first().click();
    await page.getByRole("rowheader", { name: /^20/ }).first().waitFor();
  },

  "an administrator adds an account by the keyboard alone": async (ground) => {
    const page = await ground.signIn("administrator");
    await page.goto(`${ground.desk}/accounts`);
    await page.getByLabel("Name").focus();
    await page.keyboard.type("zoe");
    await page.keyboard.press("Tab");
    await page.keyboard.type("edi");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("It is not shown again").waitFor();
    await ground.looksAt(page, "accounts-password");
    await page.goto(`${ground.desk}/accounts`);
    await page.getByRole("row", { name: /zoe editor/ }).waitFor();
    await page.getByText("Change zoe").click();
    await ground.looksAt(page, "accounts");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    assert.equal(await page.locator("tr.here").count(), 1);
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await ground.looksAt(page, "keys");
  },
};
