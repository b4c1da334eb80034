// A figure as it is typed, and how far a sheet is from the papers: the twins of `read_figure` (results/desk/forms/fields.py)
// and `gap` (results/rules/counts.py), held to them by tests/vectors/entry.json. Codes of the catalogue, no words.

const SPACES = /^[ \u00a0]+|[ \u00a0]+$/g;
const GROUPED = /^[0-9]{1,3}(?:[,'’ \u00a0\u2009\u202f][0-9]{3})+$/;
const SEPARATED = { ",": "form.comma", "'": "form.apostrophe", "’": "form.apostrophe" };

// Digits of other scripts, and small ones above and below the line. Made here, because not every browser that the desk is
// for knows \p, and a pattern that it does not know would stop the whole module.
const otherDigits = (() => {
  try {
    return new RegExp("[\\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468]", "u");
  } catch {
    return /[\u00b2\u00b3\u00b9\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\uff10-\uff19]/;
  }
})();

const notAFigure = (text) => {
  if (GROUPED.test(text)) {
    const sign = text.match(/[^0-9]/)[0];
    return { code: SEPARATED[sign] || "form.space", args: { bare: text.replace(/[^0-9]/g, "") } };
  }
  if (/^[-−–][0-9., ]+$/.test(text)) return { code: "form.negative" };
  if (/^[-+−]?[0-9,]*\.[0-9]*$/.test(text) && /[0-9]/.test(text)) return { code: "form.fraction" };
  if (otherDigits.test(text.replace(/[0-9]/g, ""))) return { code: "form.other_digits" };
  const parts = text.split(/\s+/).filter(Boolean);
  if (parts.length > 1 && parts.every((part) => /^[0-9]+$/.test(part))) return { code: "form.several" };
  return { code: "form.not_digits" };
};

// {value}, or {empty}, or {wrong}: the code and arguments of what the server will say of it.
export const readFigure = (typed, most) => {
  const text = typed.replace(SPACES, "");
  if (/[\t\r\n\v\f]/.test(text)) return { wrong: { code: "form.several" } };
  if (text === "") return { empty: true };
  if (!/^[0-9]+$/.test(text)) return { wrong: notAFigure(text) };
  const value = Number(text);
  return value > most ? { wrong: { code: "form.too_large", args: { most } } } : { value };
};

// Half a sheet is always short, and a hint about its digits would be noise: there is one only when every figure is there.
export const gap = (papers, accounted, complete) => {
  const missing = papers - accounted;
  if (missing === 0) return { code: "gap.none" };
  const said = { code: missing > 0 ? "gap.missing" : "gap.too_many", args: { papers: Math.abs(missing) } };
  return complete && missing % 9 === 0 ? { code: "gap.digits_swapped", args: { gap: said } } : said;
};
