// Steps of a practice: added, moved and removed without reloading. The server does the same without this script.
"use strict";
(() => {
  const form = document.getElementById("practice");
  const place = form?.querySelector('[data-rows="steps"]');
  if (!place) return;
  const total = form.elements["steps-TOTAL_FORMS"];
  const rows = () => Array.from(place.querySelectorAll(":scope > [data-row]"));
  const fields = (row) => Array.from(row.querySelectorAll("input, textarea"));
  const values = (row) => fields(row).map((field) => field.value);
  const fill = (row, list) => fields(row).forEach((field, i) => { field.value = list[i] ?? ""; });

  function add() {
    if (rows().length >= Number(place.dataset.most)) return null;
    const template = place.querySelector(":scope > template");
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.content.querySelector("[data-row]");
    template.before(holder.content);
    number();
    return row;
  }

  function number() {
    rows().forEach((row, i) => {
      for (const mark of row.querySelectorAll("[data-number]")) mark.textContent = i + 1;
    });
  }

  // Rows keep their names: what is typed wanders from one to the other.
  function swap(one, other) {
    const kept = values(one);
    fill(one, values(other));
    fill(other, kept);
  }

  function remove(row) {
    const all = rows();
    const at = all.indexOf(row);
    for (let i = at; i < all.length - 1; i += 1) fill(all[i], values(all[i + 1]));
    all.at(-1).remove();
    total.value = Number(total.value) - 1;
    row.querySelector("details.confirm")?.removeAttribute("open");
    number();
    const next = rows()[Math.min(at, rows().length - 1)];
    (next ? fields(next)[0] : form.querySelector('[name="add"]')).focus();
  }

  function move(row, way) {
    const all = rows();
    const other = all[all.indexOf(row) + (way === "up" ? -1 : 1)];
    if (!other) return;
    swap(row, other);
    other.querySelector(`button[value$="-${way}"]`).focus();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !["add", "remove", "move"].includes(button.name)) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (button.name === "add") {
      const added = add();
      if (added) fields(added)[0].focus();
    } else if (button.name === "remove") remove(row);
    else move(row, button.value.split("-").at(-1));
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What the browser kept may have more rows than the page: see templates/_kept.html.
  form.addEventListener("kept:take", (event) => {
    const wanted = Number(event.detail["steps-TOTAL_FORMS"]?.[0] ?? 0);
    while (rows().length < wanted && add());
  });
})();
