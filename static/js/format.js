// Formats of the public page: the twin of results/texts/wording.py, held to it by tests/vectors/formatting.json.
// A format takes a value of the board and the set-up document (names and texts), and gives what is shown.

const MINUS = "\u2212";
const LONDON = { timeZone: "Europe/London", hourCycle: "h23", hour: "2-digit", minute: "2-digit" };
const hoursMinutes = new Intl.DateTimeFormat("en-GB", LONDON);
const hoursMinutesSeconds = new Intl.DateTimeFormat("en-GB", { ...LONDON, second: "2-digit" });
const calendarDay = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });

export const count = (value) =>
  (value < 0 ? MINUS : "") + String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ",");

// Whole numbers throughout: a share never passes through a fraction that could round differently here and in Python.
export const tenths = (value) => {
  const whole = Math.floor((Math.abs(value) + 5) / 10);
  return `${Math.floor(whole / 10)}.${whole % 10}`;
};

export const percent = (value) => `${tenths(value)}%`;

export const exactPercent = (value) =>
  `${Math.floor(value / 100)}.${String(value % 100).padStart(2, "0")}%`;

export const points = (value) => {
  const sign = Math.floor((Math.abs(value) + 5) / 10) === 0 ? "" : value > 0 ? "+" : MINUS;
  return sign + tenths(value);
};

export const time = (value) => hoursMinutes.format(new Date(value));
export const clockTime = (value) => hoursMinutesSeconds.format(new Date(value));
export const date = (value) => calendarDay.format(new Date(`${value}T00:00:00Z`));

export const age = (value) => {
  const seconds = Math.max(0, value);
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min ago`;
  return `${count(Math.floor(seconds / 86400))} days ago`;
};

export const listed = (words) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

export const candidate = (value, setup) => {
  const known = setup.candidates[value];
  return `${known.surname} (${known.party})`;
};

const plural = (value, one, many) => `${count(value)} ${value === 1 ? one : many}`;
const wardName = (gss, setup) => setup.wards[gss] ?? String(gss);
const byNumber = (a, b) => Number(a) - Number(b);

// A code can come from the board, so an own key is asked for: "constructor" is no text.
const template = (code, setup) => (Object.hasOwn(setup.messages, code) ? setup.messages[code] : undefined);

const FIELDS = {
  count,
  percent,
  exact_percent: exactPercent,
  tenths,
  points,
  time,
  candidate,
  ward: wardName,
  wards: (value, setup) => listed(value.map((gss) => wardName(gss, setup))),
  groups: (value) => `group${value.length === 1 ? "" : "s"} ${listed(value.map(String))}`,
  tallies: (value, setup) => value.map(([who, votes]) => `${candidate(who, setup)} ${count(votes)}`).join(", "),
  changes: (value, setup) =>
    Object.keys(value)
      .sort(byNumber)
      .map((who) => `${candidate(who, setup)} ${count(value[who].before)}, now ${count(value[who].after)}`)
      .join(", "),
  word: (value, setup) => template(`word.${value}`, setup) ?? String(value),
};

// An unknown code is shown as it is, so that nothing hides.
export function text(code, args, setup) {
  return (template(code, setup) ?? code).replace(/\{(\w+):(\w+)(?::([^:}]*):([^}]*))?\}/g, (_, name, form, one, many) =>
    form === "plural" ? plural(args[name], one, many) : FIELDS[form](args[name], setup),
  );
}

// Tenths where they are fair, else hundredths.
export function chance(value, setup) {
  if (value >= 100) return text("chance.certain", {}, setup);
  if (value >= 99) return text("chance.over_99", {}, setup);
  if (value < 1) return text("chance.under_1", {}, setup);
  if (value >= 10 && value <= 94) return text("chance.in_10", { n: Math.floor((value + 5) / 10) }, setup);
  return text("chance.in_100", { n: value }, setup);
}

// A candidate's part of a stacked bar of 10,000 by 10 as an SVG path: the most votes leftmost, equals by number.
export function segment(shares, who) {
  const order = Object.keys(shares).sort((a, b) => shares[b] - shares[a] || byNumber(a, b));
  const own = shares[who] ?? 0;
  let left = 0;
  if (who in shares) for (const other of order.slice(0, order.indexOf(who))) left += shares[other];
  return `M${left} 0H${left + own}V10H${left}Z`;
}

const FORMATS = {
  ...FIELDS,
  clock_time: clockTime,
  date,
  age,
  chance,
  text: (value, setup) => text(value.code, value.args ?? {}, setup),
  say: (value, setup, code) => text(code, value, setup),
  coded: (value, setup, prefix) => text(`${prefix}.${value}`, {}, setup),
  raw: String,
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
