// A field above a long list of municipalities that leaves only the matching ones in it.
// The list stays an ordinary select; names match in Latin, Russian and Kyrgyz letters as in lib/spelling.py.
"use strict";
const planPlaces = (() => {
  const pairs = (from, to) => Array.from(from, (letter, i) => [letter, to[i]]);
  const LETTERS = new Map([
    ...pairs("абвгдежзийклмнңоөпрстуүфхчшщыэ", "abvgdejziiklmnnooprstuufkcxxie"),
    ...Object.entries({ ё: "ie", ю: "iu", я: "ia", ц: "ts", ў: "u", қ: "k", ғ: "g", ҳ: "k" }),
    ...Object.entries({ ö: "o", ü: "u", ı: "i", ñ: "n", ş: "x", ç: "c", ğ: "g" }),
    ...Array.from("ьъ'’‘ʼ`´", (letter) => [letter, ""]),
  ]);
  const SOUNDS = [
    [/dzh|dj|zh/g, "j"], [/shch|sh/g, "x"], [/ch/g, "c"], [/gh/g, "g"], [/kh|h|q/g, "k"], [/ng/g, "n"],
    [/w/g, "v"], [/[iy]+/g, "i"], [/i(?=[aeu])/g, ""], [/io/g, "e"], [/(?<=....[aeou])i$/g, ""],
  ];

  function sound(part) {
    return SOUNDS.reduce((text, [letters, to]) => text.replace(letters, to), part);
  }

  function fold(text) {
    const letters = Array.from(text.toLowerCase().normalize("NFC"), (l) => LETTERS.get(l) ?? l).join("");
    return letters.split(/[^\p{L}\p{N}]+/u).map(sound).join("").replace(/(.)\1+/gu, "$1");
  }

  // Groups and options of the select as they were, to fill it again.
  function enhance(select, words) {
    if (select.options.length < 20 || select.dataset.enhanced) return;
    select.dataset.enhanced = "1";
    const places = Array.from(select.options, (option) => {
      const group = option.parentElement.label ?? "";
      return { option, group: option.parentElement, key: fold(`${option.text} ${group}`), name: fold(option.text) };
    });
    const input = document.createElement("input");
    const status = document.createElement("div");
    Object.assign(input, { type: "search", className: "form-control filter-of-select", autocomplete: "off" });
    input.placeholder = words.find;
    input.setAttribute("aria-label", words.find);
    input.setAttribute("aria-controls", select.id);
    Object.assign(status, { className: "visually-hidden" });
    status.setAttribute("role", "status");
    select.before(input);
    select.after(status);
    input.addEventListener("input", () => filter(input, select, places, status, words));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would save the plan
      select.focus();
    });
  }

  function filter(input, select, places, status, words) {
    const wanted = input.value.split(/\s+/).map(fold).filter(Boolean);
    const chosen = select.value;
    const fits = places.filter((place) => place.option.value && wanted.every((word) => place.key.includes(word)));
    const keep = places.filter((p) => !p.option.value || fits.includes(p) || p.option.value === chosen);
    const groups = new Set(keep.map((place) => place.group));
    select.replaceChildren();
    for (const group of groups) {
      const options = keep.filter((place) => place.group === group).map((place) => place.option);
      if (group.localName === "optgroup") group.replaceChildren(...options);
      select.append(...(group.localName === "optgroup" ? [group] : options));
    }
    select.value = chosen;
    if (wanted.length && fits.length === 1) choose(select, fits[0].option.value);
    status.textContent = words.found.replace("%(number)s", String(fits.length));
  }

  function choose(select, value) {
    if (select.value === value) return;
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  return { fold, enhance };
})();
