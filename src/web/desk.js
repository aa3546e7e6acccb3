// Keys for who would rather not reach for the mouse. Nothing here is needed: every page works without.
//
// A list is an element with [data-list]; its rows have [data-row]. An element with [data-key="a"] is
// pressed by that key: the one of the row that one is at, else the one of the page. A box with
// [data-all] ticks all boxes of its form.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
  const here = () => document.querySelector("[data-row].here");

  const go = (step) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(here());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    here()?.classList.remove("here");
    next.classList.add("here");
    (next.querySelector("a[href], button, input") ?? next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  // What a button with [data-each] does, it does to the rows that are ticked, else to the one that one is at.
  const choose = (form) => {
    const boxes = [...form.querySelectorAll("[data-row] input[type=checkbox]")];
    const own = here()?.querySelector("input[type=checkbox]");
    if (own && !boxes.some((box) => box.checked)) own.checked = true;
  };

  const press = (key) => {
    const find = (inside) => inside?.querySelector(`[data-key="${CSS.escape(key)}"]:not([disabled])`);
    const found = find(here()) ?? [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)]
      .find((it) => !it.closest("[data-row]"));
    if (!found) return false;
    if (found.hasAttribute("data-each")) choose(found.form);
    if (found.matches("input:not([type=submit]), textarea, select, summary")) found.focus();
    else found.click();
    return true;
  };

  const help = () => {
    document.querySelector("dialog.keys")?.remove();
    const dialog = document.createElement("dialog");
    dialog.className = "keys";
    const list = [["j", "next row"], ["k", "row before"], ["x", "choose the row"], ["Enter", "open"], ["/", "search"], ["?", "this help"]];
    for (const it of document.querySelectorAll("[data-key]")) {
      const words = it.dataset.says ?? it.textContent.trim();
      if (!list.some(([key]) => key === it.dataset.key)) list.push([it.dataset.key, words]);
    }
    const title = document.createElement("h2");
    title.textContent = "Keys";
    const names = document.createElement("dl");
    for (const [key, words] of list) {
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      const said = document.createElement("dd");
      said.textContent = words;
      names.append(term, said);
    }
    const form = document.createElement("form");
    form.method = "dialog";
    const close = document.createElement("button");
    close.textContent = "Close";
    form.append(close);
    dialog.append(title, names, form);
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (target.closest("dialog")) return;
    const isText = target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (event.key === "Escape" && isText) return target.blur();
    if (isText) return;
    const isDone = (() => {
      switch (event.key) {
        case "j": return go(1), true;
        case "k": return go(-1), true;
        case "x": {
          const box = here()?.querySelector("input[type=checkbox]");
          if (box) box.checked = !box.checked;
          return Boolean(box);
        }
        case "?": return help(), true;
        case "/": {
          const search = document.querySelector("input[type=search]");
          search?.focus();
          return Boolean(search);
        }
        case "Enter": {
          if (target.matches("a, button, input:not([type=checkbox]), summary")) return false;
          const link = here()?.querySelector("a[href]");
          link?.click();
          return Boolean(link);
        }
        default: return event.key.length === 1 && press(event.key);
      }
    })();
    if (isDone) event.preventDefault();
  });

  // A button with [data-copies="ID"] copies what is in that field.
  for (const button of document.querySelectorAll("button[data-copies]")) {
    const field = document.getElementById(button.dataset.copies);
    if (!field) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy");
      }
      button.textContent = "Copied";
    });
  }

  // What is typed in a field with [data-picks="ID"] is picked by that.
  document.addEventListener("input", (event) => {
    const picks = event.target.dataset.picks;
    if (picks) document.getElementById(picks).checked = true;
  });

  document.addEventListener("change", (event) => {
    const shown = event.target.closest("form[data-submits]");
    if (shown && event.target.matches("input[type=radio]") && event.target.value !== "typed") shown.requestSubmit();
    const all = event.target.closest("input[data-all]");
    if (!all) return;
    const scope = all.form ?? all.closest("table");
    for (const box of scope.querySelectorAll("input[type=checkbox]:not([data-all])")) box.checked = all.checked;
  });
})();
