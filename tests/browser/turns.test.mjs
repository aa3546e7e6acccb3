// What turned, what people say of it, what false alarms taught; and how citations are put right.

import assert from "node:assert/strict";

export default {
  "an operator reviews a turn by the keyboard, and sees who did": async (ground) => {
    const page = await ground.signIn("operator");
    await page.goto(`${ground.desk}/events`);
    await ground.looksAt(page, "events");
    const event = await page.locator("a[href^='/events/']").first().getAttribute("href");
    await page.keyboard.press("j");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("a")]);
    await ground.looksAt(page, "events-reviewed");
    await page.goto(`${ground.desk}${event}`);
    await ground.looksAt(page, "event");
    assert.match(await page.locator("main").innerText(), /operator/);
    await page.goto(`${ground.desk}/lessons`);
    await ground.looksAt(page, "lessons");
  },

  "an editor sees what a broken note would say": async (ground) => {
    const page = await ground.signIn("editor");
    await page.goto(`${ground.desk}/documents/1/restore`);
    await ground.looksAt(page, "restore");
    await page.goto(`${ground.desk}/account/tokens`);
    await ground.looksAt(page, "tokens");
  },
};
