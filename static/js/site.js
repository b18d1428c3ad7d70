// Small comforts for every page; nothing here is needed for the page to work.
"use strict";
document.documentElement.classList.add("js");

// --- A second click on a button sends nothing twice ----------------------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  form.setAttribute("aria-busy", "true");
  // Not at once: a disabled button would not send its own name and value.
  setTimeout(() => setDisabled(form, true));
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    setDisabled(form, false);
  }
});

function setDisabled(form, disabled) {
  for (const element of form.elements) {
    if (element.type === "submit") element.disabled = disabled;
  }
}

// --- The menu closes on Escape and on a click beside it -------------------------------------------
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- What is typed is kept in this browser until it is saved: see templates/_kept.html -------------
const person = document.body.dataset.person ?? "";
const place = (key) => `kept:${person}:${key}`;

for (const done of document.querySelectorAll("[data-kept-done]")) {
  attempt(() => localStorage.removeItem(place(done.dataset.keptDone)));
}

function keep(form) {
  const where = place(form.dataset.keep);
  const kept = attempt(() => JSON.parse(localStorage.getItem(where)));
  if (kept) offer(form, kept, where, seen(kept) !== seen(valuesOf(form)));

  let unsaved = false;
  let timer;
  const store = () => {
    clearTimeout(timer);
    const now = { at: Date.now(), ...valuesOf(form) };
    attempt(() => localStorage.setItem(where, JSON.stringify(now)));
  };
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      unsaved = true;
      clearTimeout(timer);
      timer = setTimeout(store, 300);
    });
  }
  form.addEventListener("submit", () => {
    if (unsaved) store();
    unsaved = false;
    if (isNew(form)) {
      const sent = { person, ...valuesOf(form) };
      attempt(() => history.replaceState({ ...history.state, sent }, ""));
    }
  });
  // Back to the form of something new, which may come as a fresh page: as it was sent, so nothing is made twice.
  const sent = isNew(form) && history.state?.sent;
  if (sent && sent.person === person) {
    addEventListener("DOMContentLoaded", () => {
      take(form, sent);
      clearTimeout(timer);
      unsaved = false;
    });
  }
  addEventListener("beforeunload", (event) => {
    if (!unsaved) return;
    store();
    event.preventDefault();
  });
}

// The same key sent again is the same plan, event or presentation, perhaps changed. What is edited has none.
const isNew = (form) => Boolean(form.elements.key?.value) && "kept" in form.elements.key.dataset;

// What a person would notice: the typing, and which rows are removed.
function seen({ shown, hidden = {} }) {
  return JSON.stringify([shown, Object.keys(hidden).filter((name) => hidden[name] === "on")]);
}

// shown: what a person sees and types; rows: the sizes of formsets; files: names of chosen files;
// hidden: what says to which version and rows the typing belongs, so that nobody's later change is overwritten.
function valuesOf(form) {
  const values = { shown: {}, rows: {}, files: [], hidden: {} };
  for (const element of form.elements) {
    const { name, type } = element;
    if (type === "file") values.files.push(...Array.from(element.files, (file) => file.name));
    if (name.endsWith("-TOTAL_FORMS")) values.rows[name] = [element.value];
    if ("kept" in element.dataset) values.hidden[name] = element.value;
    if (!isTyped(element)) continue;
    const list = (values.shown[name] ??= []);
    if (type === "select-multiple") list.push(...Array.from(element.selectedOptions, (o) => o.value));
    else if (!isTick(element) || element.checked) list.push(element.value.replaceAll("\r\n", "\n"));
  }
  return values;
}

const isTick = (element) => element.type === "checkbox" || element.type === "radio";
const NOT_TYPED = ["hidden", "password", "file", "submit", "button", "reset", "image", "fieldset", "output"];
const isTyped = (element) =>
  element.name && !("unkept" in element.dataset) && !NOT_TYPED.includes(element.type);

function offer(form, kept, where, differs) {
  const template = document.getElementById("kept");
  if (!template || !(differs || kept.files.length)) return;
  const notice = template.content.firstElementChild.cloneNode(true);
  const at = new Date(kept.at);
  const locale = document.documentElement.lang === "en" ? "en-GB" : "ru-RU";
  const time = notice.querySelector("time");
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleString(locale, { dateStyle: "short", timeStyle: "short" });
  notice.querySelector("b").textContent = kept.files.join(", ");
  if (!kept.files.length) notice.querySelector(".kept-files").remove();
  if (!differs) for (const part of notice.querySelectorAll(".kept-text")) part.remove();
  notice.addEventListener("click", (event) => {
    const choice = event.target.value;
    if (choice === "take") take(form, kept);
    if (choice === "throw") attempt(() => localStorage.removeItem(where));
    if (choice) notice.remove();
  });
  form.before(notice);
  if (differs) notice.focus();
}

function take(form, kept) {
  const { hidden = {} } = kept;
  const detail = { ...kept.rows, ...kept.shown, hidden };
  form.dispatchEvent(new CustomEvent("kept:take", { detail }));
  for (const element of form.elements) {
    if ("kept" in element.dataset && element.name in hidden) element.value = hidden[element.name];
    const list = kept.shown[element.name];
    if (!list || !isTyped(element)) continue;
    if (element.type === "select-multiple") {
      for (const option of element.options) option.selected = list.includes(option.value);
    } else if (isTick(element)) element.checked = list.includes(element.value);
    else element.value = list[0];
    for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

// Storage can be full or forbidden: then nothing is kept, and the page works as before.
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

for (const form of document.querySelectorAll("form[data-keep]")) keep(form);
