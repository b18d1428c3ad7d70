// Amounts as lib/money.py reads and writes them: whole tyiyn in a BigInt, never a float.
// tests/e2e/test_plan_form.py holds both to the same answers.
"use strict";
const planAmounts = (() => {
  const MAX = 10n ** 13n; // 10^11 som
  const SPACES = /[\u00a0\u2007\u2008\u2009\u200a\u202f]/g;
  const APOSTROPHES = /[’‘ʼ`´]/g;
  const UNIT = /^(?:сом|som|kgs) *| *(?:сом|som|kgs)\.?$/giu;
  const AMBIGUOUS = /^([1-9][0-9]{0,2})[.,]([0-9]{3})$/;
  const READINGS = [
    /^(?<whole>[0-9]+)(?:[.,](?<fraction>[0-9]+))?$/,
    /^(?<whole>[1-9][0-9]{0,2}(?:(?<by>[ '])[0-9]{3})(?:\k<by>[0-9]{3})*)(?:[.,](?<fraction>[0-9]+))?$/,
    /^(?<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?<fraction>[0-9]+))?$/,
    /^(?<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,(?<fraction>[0-9]+))?$/,
  ];

  // {tyiyn} · {} for nothing typed · {code, parts} for what cannot be read
  function read(text) {
    if (!text.trim()) return {};
    const plain = text.replace(SPACES, " ").replace(APOSTROPHES, "'").trim().replace(UNIT, "");
    if (/^[-−–]/.test(plain)) return { code: "negative" };
    const parts = plain.match(AMBIGUOUS);
    if (parts) return { code: "ambiguous", parts: [parts[1], parts[2]] };
    const match = READINGS.map((reading) => plain.match(reading)).find(Boolean);
    if (!match) return { code: "invalid" };
    const fraction = match.groups.fraction ?? "0";
    if (fraction.length > 2) return { code: "too_precise" };
    const tyiyn = BigInt(match.groups.whole.replace(/[^0-9]/g, "")) * 100n + BigInt(fraction.padEnd(2, "0"));
    return tyiyn > MAX ? { code: "too_large" } : { tyiyn };
  }

  const grouped = (digits, style) => digits.replace(/\B(?=(\d{3})+$)/g, style.group);

  // units of 10^-places: decimal(12345n, 2) is 123.45
  function decimal(units, places, style) {
    const digits = units.toString().padStart(places + 1, "0");
    const whole = grouped(digits.slice(0, digits.length - places), style);
    return places ? whole + style.decimal + digits.slice(-places) : whole;
  }

  const amount = (tyiyn, style) => decimal(tyiyn, 2, style);
  const kgs = (tyiyn, style) => style.kgs.replace("{}", amount(tyiyn, style));

  // Percent of the whole, half-up; no rounding may hide that it is below the limit (hundredths of a percent).
  function share(part, whole, style, below = null) {
    if (part === null || whole === null || whole <= 0n) return "—";
    let places = 1;
    const rounded = () => (part * 100n * 10n ** BigInt(places) * 2n + whole) / (whole * 2n);
    if (below !== null && part * 10000n < below * whole) {
      while (rounded() * 100n >= below * 10n ** BigInt(places)) places += 1;
    }
    return decimal(rounded(), places, style) + style.percent;
  }

  const format = (message, values) => message.replace(/%\((\w+)\)s/g, (_all, name) => values[name] ?? "");

  // The message of the server for what cannot be read.
  function complaint(text, { code, parts }, style, messages) {
    const [whole, fraction] = parts ?? ["", ""];
    return format(messages[code], {
      text: text.trim().slice(0, 40),
      limit: kgs(MAX, style),
      example: amount(123450n, style),
      whole: grouped(whole + fraction, style),
      fraction: whole + style.decimal + fraction,
      write_whole: whole + fraction,
      write_fraction: whole + style.decimal + fraction.slice(0, 2),
    });
  }

  return { read, amount, kgs, share, complaint, decimal };
})();
