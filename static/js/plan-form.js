// The plan's form: rows without reloading, sums while one types. The server says the same without this script.
"use strict";
(() => {
  const form = document.getElementById("plan");
  const { style, amounts, minimums, words } = JSON.parse(document.getElementById("plan-words").textContent);
  const { read, amount, kgs, share, complaint, decimal } = planAmounts;
  const POTS = ["own_cash_kgs", "own_in_kind_kgs", "grant_kgs", "community_kgs", "oblast_kgs", "republic_kgs", "donor_kgs"];
  const COLOURS = { own_cash_kgs: "own", own_in_kind_kgs: "in-kind", grant_kgs: "grant" };
  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const isGone = (row) => field(row, "DELETE").value === "on";

  // --- Rows ---
  function rowsOf(place) {
    return Array.from(place.querySelectorAll(":scope > [data-row]"));
  }

  function addRow(place) {
    const total = form.elements[`${place.dataset.rows}-TOTAL_FORMS`];
    const template = place.querySelector(":scope > template");
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.content.querySelector("[data-row]");
    template.before(holder.content);
    refresh(place);
    return row;
  }

  function setGone(row, gone) {
    field(row, "DELETE").value = gone ? "on" : "";
    row.hidden = gone;
    row.querySelector("details.confirm")?.removeAttribute("open");
    const note = row.nextElementSibling?.matches("[data-gone]") ? row.nextElementSibling : null;
    if (note) {
      note.hidden = !gone || !field(row, "row").value;
      note.querySelector("[data-name]").textContent = nameOf(row);
    }
    changed();
  }

  function nameOf(row) {
    const source = field(row, "source").selectedOptions[0];
    return `${source.text}, ${field(row, "form").selectedOptions[0].text}, ${field(row, "amount_kgs").value}`;
  }

  // Numbers of the rows; a single share is 100 and not shown.
  function refresh(place) {
    const rows = rowsOf(place).filter((row) => !isGone(row));
    rows.forEach((row, i) => {
      const number = row.querySelector("[data-number]");
      if (number) number.textContent = i + 1;
      const select = field(row, "municipality");
      if (select) planPlaces.enhance(select, words);
    });
    if (place.dataset.rows === "money") return;
    if (rows.length === 1 && !place.classList.contains("single")) field(rows[0], "share").value = "100";
    place.classList.toggle("single", rows.length === 1 && field(rows[0], "share").value === "100");
    const leads = rows.map((row) => row.querySelector("[name=lead]")).filter(Boolean);
    if (leads.length && !leads.some((lead) => lead.checked)) leads[0].checked = true;
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !["add", "remove", "restore"].includes(button.name)) return;
    event.preventDefault();
    if (button.name === "add") {
      const place = form.querySelector(`[data-rows="${button.value}"]`);
      place.classList.remove("single");
      addRow(place).querySelector("input:not([type=hidden]), select").focus();
    } else {
      const row = field(form, `${button.value.split("-")[1]}-DELETE`) && rowNamed(button.value);
      setGone(row, button.name === "remove");
      const place = row.closest("[data-rows]");
      refresh(place);
      if (button.name === "remove") form.querySelector(`[name=add][value="${place.dataset.rows}"]`).focus();
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  const rowNamed = (prefix) => form.elements[`${prefix}-DELETE`].closest("[data-row]");

  // What the browser kept may have more rows than the page: see templates/_kept.html.
  form.addEventListener("kept:take", (event) => {
    for (const place of form.querySelectorAll("[data-rows]")) {
      const name = `${place.dataset.rows}-TOTAL_FORMS`;
      const wanted = Math.min(Number(event.detail[name]?.[0] ?? 0), 100);
      while (Number(form.elements[name].value) < wanted) addRow(place);
      if (wanted > 1) place.classList.remove("single");
      for (const row of rowsOf(place)) setGone(row, event.detail.hidden[field(row, "DELETE").name] === "on");
    }
  });

  // --- What cannot be read is said when one leaves the field, never guessed ---
  function judge(input) {
    const answer = read(input.value);
    const id = `${input.id}_asked`;
    let asked = document.getElementById(id);
    document.getElementById(`${input.id}_error`)?.remove();
    input.classList.toggle("is-invalid", Boolean(answer.code));
    if (!answer.code) {
      input.removeAttribute("aria-invalid");
      describe(input, id, false);
      asked?.remove();
      return;
    }
    if (!asked) {
      asked = document.createElement("div");
      Object.assign(asked, { id, className: "asked" });
      input.after(asked);
    }
    asked.textContent = complaint(input.value, answer, style, amounts);
    input.setAttribute("aria-invalid", "true");
    describe(input, id, true);
  }

  function describe(input, id, present) {
    const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    ids.delete(`${input.id}_error`);
    present ? ids.add(id) : ids.delete(id);
    ids.size ? input.setAttribute("aria-describedby", [...ids].join(" ")) : input.removeAttribute("aria-describedby");
  }

  const isAmount = (input) => input.name === "cost_kgs" || input.name?.endsWith("-amount_kgs");

  // --- Sums ---
  function potOf(row) {
    const source = field(row, "source").value;
    if (source !== "municipality") return source && `${source}_kgs`;
    return field(row, "form").value === "cash" ? "own_cash_kgs" : "own_in_kind_kgs";
  }

  function sums() {
    let unread = 0;
    const valueOf = (input) => {
      const answer = read(input.value);
      if (answer.code) unread += 1;
      return answer.tyiyn ?? null;
    };
    const money = Object.fromEntries(POTS.map((pot) => [pot, 0n]));
    const cost = valueOf(form.elements.cost_kgs);
    for (const row of rowsOf(form.querySelector('[data-rows="money"]')).filter((one) => !isGone(one))) {
      const value = valueOf(field(row, "amount_kgs")) ?? 0n;
      const pot = potOf(row);
      if (pot) money[pot] += value;
      else if (value) unread += 1;
      paint(row.querySelector(".swatch rect"), pot ? COLOURS[pot] ?? "other" : "unknown");
    }
    const promised = POTS.reduce((sum, pot) => sum + money[pot], 0n);
    const own = money.own_cash_kgs + money.own_in_kind_kgs;
    const rule = minimums[form.elements.phase.value] ?? { share: "0", in_kind: true };
    const minimum = hundredths(rule.share);
    const tested = rule.in_kind ? own : money.own_cash_kgs;
    const needed = cost === null ? 0n : (cost * minimum + 9999n) / 10000n;
    const gap = cost === null || cost < promised ? 0n : cost - promised;
    const surplus = cost === null || promised < cost ? 0n : promised - cost;
    const under = Boolean(cost) && tested * 10000n < minimum * cost;
    return { cost, money, promised, own, tested, inKind: rule.in_kind, minimum, needed, gap, surplus, under, unread };
  }

  function hundredths(text) {
    const [whole, fraction = ""] = text.split(".");
    return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0").slice(0, 2));
  }

  function paint(rect, colour) {
    rect.removeAttribute("class");
    rect.removeAttribute("fill");
    if (colour === "in-kind") rect.setAttribute("fill", "url(#in-kind)");
    else rect.setAttribute("class", colour === "gap" ? "open" : `f-${colour}`);
  }

  function show(name, text) {
    for (const place of document.querySelectorAll(`[data-sum="${name}"]`)) {
      if (place.textContent !== text) place.textContent = text;
    }
  }

  function toggle(name, shown) {
    for (const place of document.querySelectorAll(`[data-for="${name}"]`)) place.hidden = !shown;
  }

  function changed() {
    const now = sums();
    const { cost, money, own, tested, inKind, minimum } = now;
    show("cost", cost === null ? words.unknown : amount(cost, style));
    for (const pot of POTS) {
      show(pot, amount(money[pot], style));
      toggle(pot, money[pot] > 0n);
    }
    show("promised", amount(now.promised, style));
    for (const name of ["gap", "surplus"]) {
      show(name, amount(now[name], style));
      toggle(name, now[name] > 0n);
    }
    show("share", share(own, cost, style, inKind ? minimum : null));
    show("cash_share", share(money.own_cash_kgs, cost, style, inKind ? null : minimum));
    show("minimum", share(minimum, 10000n, style));
    show("missing", kgs(now.needed > tested ? now.needed - tested : 0n, style));
    show("needed", kgs(now.needed, style));
    toggle("in-kind-counts", inKind);
    toggle("cash-counts", !inKind);
    toggle("under", now.under);
    toggle("unread", now.unread > 0);
    document.getElementById("minimum").hidden = !now.under;
    drawBar(now);
  }

  // Percentages with four decimals and a point, as SVG reads them.
  function drawBar({ cost, money, promised, gap, minimum }) {
    const bar = document.querySelector("[data-bar] svg");
    const whole = cost !== null && cost > promised ? cost : promised;
    const other = POTS.slice(3).reduce((sum, pot) => sum + money[pot], 0n);
    const parts = { own: money.own_cash_kgs, "in-kind": money.own_in_kind_kgs, grant: money.grant_kgs, other, gap };
    bar.replaceChildren();
    if (!whole) return;
    const percent = (tyiyn) => decimal((tyiyn * 1000000n) / whole, 4, { group: "", decimal: "." });
    let x = 0n;
    for (const [name, width] of Object.entries(parts)) {
      if (!width) continue;
      const rect = add(bar, { x: `${percent(x)}%`, width: `${percent(width)}%`, height: "26" });
      paint(rect, name);
      x += width;
    }
    if (!cost) return;
    const mark = add(bar, { x: `${percent((cost * minimum) / 10000n)}%`, y: "-4", width: "3", height: "34" });
    mark.setAttribute("class", "f-mark");
    mark.setAttribute("transform", "translate(-1.5)");
  }

  function add(bar, attributes) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, value);
    bar.append(rect);
    return rect;
  }

  // --- The language the plan is written in is not offered as a translation ---
  function offerTranslations() {
    const language = form.elements["text-language"].value;
    for (const part of form.querySelectorAll("[data-language]")) {
      const filled = Array.from(part.querySelectorAll("textarea")).some((text) => text.value.trim());
      part.hidden = part.dataset.language === language && !filled;
    }
    for (const text of form.querySelectorAll('textarea[name^="text-"]')) text.lang = language;
  }

  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, 150);
  });
  form.addEventListener("change", (event) => {
    if (isAmount(event.target)) judge(event.target);
    if (event.target.name === "text-language") offerTranslations();
    changed();
  });
  for (const place of form.querySelectorAll("[data-rows]")) refresh(place);
  changed();
  document.querySelector("[autofocus]")?.focus();
})();
