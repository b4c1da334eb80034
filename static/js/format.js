// Codes and values in words: the twin of results/texts/wording.py, held to it by tests/vectors/formatting.json.
// A format takes a value of the board and the set-up document (names, texts, and CLDR's signs, lists and months of its
// language: a browser has those of few languages, and silently takes others), and gives what is shown.

const MINUS = "\u2212";
const LONDON = { timeZone: "Europe/London", hourCycle: "h23", hour: "2-digit", minute: "2-digit" };
const hoursMinutes = new Intl.DateTimeFormat("en-GB", LONDON);
const hoursMinutesSeconds = new Intl.DateTimeFormat("en-GB", { ...LONDON, second: "2-digit" });
const londonDay = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", year: "numeric", month: "numeric", day: "numeric" });

// The place of a number's form among those that a text gives, which stand in the order of CLDR's categories.
const CATEGORIES = ["zero", "one", "two", "few", "many", "other"];
const plurals = new Map();
function place(value, setup) {
  if (!plurals.has(setup.language)) {
    const rules = new Intl.PluralRules(setup.language);
    const own = new Set(rules.resolvedOptions().pluralCategories);
    plurals.set(setup.language, { rules, own: CATEGORIES.filter((category) => own.has(category)) });
  }
  const { rules, own } = plurals.get(setup.language);
  return own.indexOf(rules.select(value));
}

export const count = (value, setup) =>
  (value < 0 ? MINUS : "") + String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, setup.locale.group);

// Shares are whole tenths of a percent, rounded where they are made: nothing is rounded here.
const tenths = (value, setup) =>
  `${Math.floor(Math.abs(value) / 10)}${setup.locale.decimal}${Math.abs(value) % 10}`;

const percent = (value, setup) => tenths(value, setup) + setup.locale.percent;

const exactPercent = (value, setup) =>
  `${Math.floor(value / 100)}${setup.locale.decimal}${String(value % 100).padStart(2, "0")}${setup.locale.percent}`;

const points = (value, setup) => (value === 0 ? "" : value > 0 ? "+" : MINUS) + tenths(value, setup);

const time = (value) => hoursMinutes.format(new Date(value));
const clockTime = (value) => hoursMinutesSeconds.format(new Date(value));

const inFull = ({ year, month, day }, setup) => {
  const parts = { d: day, MMMM: setup.locale.months[month - 1], y: year };
  return setup.locale.date.replace(/MMMM|d|y/g, (part) => parts[part]);
};
const date = (value, setup) => {
  const [year, month, day] = value.split("-").map(Number);
  return inFull({ year, month, day }, setup);
};
const day = (value, setup) =>
  inFull(Object.fromEntries(londonDay.formatToParts(new Date(value)).map((part) => [part.type, Number(part.value)])), setup);

// In the count's own night, which ends at eight in the morning after the poll, the hour alone; else with its day.
const MORNING = 8;
const moment = (value, setup) => {
  const { year, month, day } = Object.fromEntries(londonDay.formatToParts(new Date(value)).map((part) => [part.type, part.value]));
  const [ownYear, ownMonth, ownDay] = (setup.poll_date ?? `${year}-${month}-${day}`).split("-").map(Number);
  const past = (Date.UTC(year, month - 1, day) - Date.UTC(ownYear, ownMonth - 1, ownDay)) / 86_400_000;
  const hour = Number(time(value).slice(0, 2));
  return past === 0 || (past === 1 && hour < MORNING) ? time(value) : text("time.other_day", { at: value }, setup);
};

export const age = (value, setup) => {
  const seconds = Math.max(0, value);
  if (seconds < 60) return text("age.seconds", { n: seconds }, setup);
  if (seconds < 3600) return text("age.minutes", { n: Math.floor(seconds / 60) }, setup);
  if (seconds < 48 * 3600) {
    return text("age.hours", { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60) }, setup);
  }
  return text("age.days", { n: Math.floor(seconds / 86400) }, setup);
};

const joined = (pattern, first, second) => pattern.replace(/\{([01])\}/g, (_, place) => (place === "0" ? first : second));
const listed = (words, setup) => {
  const { two, start, middle, end } = setup.locale.list;
  const [first, ...rest] = words.map(String);
  if (rest.length === 0) return first ?? "";
  const last = rest.pop();
  if (rest.length === 0) return joined(two, first, last);
  return joined(end, rest.reduce((so_far, word, at) => joined(at ? middle : start, so_far, word), first), last);
};

const candidate = (value, setup) => {
  const known = setup.candidates[value];
  return `${known.shown} (${known.party})`;
};

const SHORTLIST = 5;
const wardName = (gss, setup) => setup.wards[gss] ?? String(gss);
const byNumber = (a, b) => Number(a) - Number(b);

// A code can come from the board, so an own key is asked for: "constructor" is no text.
const template = (code, setup) => (Object.prototype.hasOwnProperty.call(setup.messages, code) ? setup.messages[code] : undefined);

const FIELDS = {
  count,
  percent,
  exact_percent: exactPercent,
  tenths,
  points,
  time,
  day,
  moment,
  raw: String,
  candidate,
  candidates: (value, setup) => listed(value.map((who) => candidate(who, setup)), setup),
  shortlist: (value, setup) =>
    value.length > SHORTLIST
      ? text("list.others", { candidates: value.slice(0, SHORTLIST), more: value.length - SHORTLIST }, setup)
      : listed(value.map((who) => candidate(who, setup)), setup),
  names: (value, setup) => value.map((who) => candidate(who, setup)).join(", "),
  ward: wardName,
  wards: (value, setup) => listed(value.map((gss) => wardName(gss, setup)), setup),
  list: listed,
  groups: (value, setup) => text("list.groups", { n: value.length, groups: value }, setup),
  boxes: (value, setup) => text("list.boxes", { n: value.length, boxes: value }, setup),
  tallies: (value, setup) => value.map(([who, votes]) => `${candidate(who, setup)} ${count(votes, setup)}`).join(", "),
  changes: (value, setup) =>
    Object.keys(value)
      .sort(byNumber)
      .map((who) => text("list.change", { candidate: who, ...value[who] }, setup))
      .join(", "),
  word: (value, setup) => template(`word.${value}`, setup) ?? String(value),
  text: (value, setup) => text(value.code, value.args ?? {}, setup),
};

// An unknown code is shown as it is, so that nothing hides.
export function text(code, args, setup) {
  const words = template(code, setup);
  if (words === undefined) return code;
  return words.replace(/\{(\w+):(\w+)(?::([^}]*))?\}/g, (_, name, form, forms) => {
    const value = args[name];
    if (form !== "plural" && form !== "noun") return FIELDS[form](value, setup);
    const noun = forms.split(":")[place(value, setup)];
    return form === "noun" ? noun : `${count(value, setup)} ${noun}`;
  });
}

// Tenths where they are fair, else hundredths.
function chance(value, setup) {
  if (value >= 100) return text("chance.certain", {}, setup);
  if (value >= 99) return text("chance.over_99", {}, setup);
  if (value < 1) return text("chance.under_1", {}, setup);
  if (value >= 10 && value <= 94) return text("chance.in_10", { n: Math.floor((value + 5) / 10) }, setup);
  return text("chance.in_100", { n: value }, setup);
}

// A candidate's part of a stacked bar of 10,000 by 10 as an SVG path: the most votes leftmost, equals by number.
function segment(votes, who) {
  const order = Object.keys(votes).sort((a, b) => votes[b] - votes[a] || byNumber(a, b));
  let left = 0;
  if (who in votes) for (const other of order.slice(0, order.indexOf(who))) left += votes[other];
  const whole = Math.max(1, order.reduce((sum, other) => sum + votes[other], 0));
  const at = (before) => Math.floor((10000 * before) / whole);
  return `M${at(left)} 0H${at(left + (votes[who] ?? 0))}V10H${at(left)}Z`;
}

const FORMATS = {
  ...FIELDS,
  values: (value) => Object.keys(value).sort((a, b) => byNumber(a.slice(1), b.slice(1))).map((key) => value[key]).join("; "),
  clock_time: clockTime,
  date,
  age,
  chance,
  say: (value, setup, code) => text(code, value, setup),
  coded: (value, setup, prefix) => text(`${prefix}.${value}`, {}, setup),
  viewbox: (value) => `0 0 ${value} 10`,
  interval: (value) => `M${value.low} 6H${value.high}V10H${value.low}Z`,
  middle_half: (value) => `M${value.lower_quartile} 6H${value.upper_quartile}V10H${value.lower_quartile}Z`,
  tick: (value) => `M${value} 5.5V10`,
  segment: (value, _, who) => segment(value, who),
};

// A value in the format that `data-format` names: "count", or with a parameter "say:line.groups".
export function shown(format, value, setup) {
  const [name, parameter = ""] = format.split(":");
  return FORMATS[name](value, setup, parameter);
}
