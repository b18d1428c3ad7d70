// Rows of a form that are added and removed without reloading. The server does the same without this script.
// <fieldset data-rows="speakers"> with rows [data-row], a <template> of one, and its …-TOTAL_FORMS in the form.
"use strict";
for (const form of document.querySelectorAll("form[data-with-rows]")) {
  const rowsOf = (place) => Array.from(place.querySelectorAll(":scope > [data-row]"));
  const totalOf = (place) => form.elements[`${place.dataset.rows}-TOTAL_FORMS`];
  const words = { find: form.dataset.find, found: form.dataset.found };
  const enhance = (row) => { // a long list of municipalities is searched in any spelling
    if (typeof planPlaces !== "object") return;
    for (const select of row.querySelectorAll("select")) planPlaces.enhance(select, words);
  };
  const gone = (row) => row.querySelector("input[name$='-DELETE']");

  function add(place) {
    const total = totalOf(place);
    const template = place.querySelector(":scope > template");
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.content.querySelector("[data-row]");
    template.before(holder.content);
    enhance(row);
    return row;
  }

  for (const row of form.querySelectorAll("[data-row]")) enhance(row);

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add], button[name=remove]");
    if (!button) return;
    event.preventDefault();
    if (button.name === "add") {
      const place = form.querySelector(`[data-rows="${CSS.escape(button.value)}"]`);
      add(place).querySelector("input:not([type=hidden]), select").focus();
    } else {
      const row = button.closest("[data-row]");
      gone(row).value = "on";
      row.hidden = true;
      row.closest("[data-rows]").querySelector("button[name=add]").focus();
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What the browser kept may have more rows than the page: see templates/_kept.html.
  form.addEventListener("kept:take", (event) => {
    for (const place of form.querySelectorAll("[data-rows]")) {
      const wanted = Math.min(Number(event.detail[totalOf(place).name]?.[0] ?? 0), 40);
      while (Number(totalOf(place).value) < wanted) add(place);
      for (const row of rowsOf(place)) row.hidden = event.detail.hidden[gone(row).name] === "on";
    }
  });
}
