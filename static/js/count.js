// A sheet that adds itself up while it is typed, and the keys that walk through it. Works on top of a plain form.
// Its words are the catalogue's, which the page carries: here is chosen only which of them to say.
import { blockVote } from "./block_votes.js";
import { most, wordsOf } from "./texts.js";

const line = (parts) => parts.join(" · ");

// The same choice as `gap` of results/rules/counts.py. Half a sheet is always short, and a hint about its digits would
// be noise: there is one only when every figure is there.
const gap = (papers, accounted, complete) => {
  const missing = papers - accounted;
  if (missing === 0) return { code: "gap.none" };
  const said = { code: missing > 0 ? "gap.missing" : "gap.too_many", args: { papers: Math.abs(missing) } };
  return complete && missing % 9 === 0 ? { code: "gap.digits_swapped", args: { gap: said } } : said;
};

// {value} of a figure, {empty}, or {wrong}, the code for what the server will refuse.
const figure = (input) => {
  const typed = input.value.replace(/^[ \u00a0]+|[ \u00a0]+$/g, "");
  if (typed === "") return { empty: true };
  if (!/^[0-9]+$/.test(typed)) return { wrong: "sum.not_a_number" };
  const value = Number(typed);
  return value > most ? { wrong: "sum.too_large" } : { value };
};

const sum = (inputs) => {
  let total = 0;
  let empty = 0;
  let wrong = "";
  for (const input of inputs) {
    const said = figure(input);
    if (said.empty) empty += 1;
    else if (said.wrong) wrong = wrong || wordsOf("sum.check", { field: input.dataset.name, wrong: { code: said.wrong } });
    else total += said.value;
  }
  return { total, empty, wrong };
};

const show = (form, words, state) => {
  const shown = form.querySelector("[data-sum]");
  if (shown.textContent !== words) shown.textContent = words;
  shown.dataset.state = state;
};

const addCount = (form) => {
  const papers = Number(form.dataset.count);
  const { total, empty, wrong } = sum(form.querySelectorAll("[data-figure]"));
  const several = "seats" in form.dataset;
  const votes = several ? blockVote(form, sum, empty === 0) : { accounted: total, words: [], good: true };
  const level = wordsOf(several ? "sum.papers_accounted" : "sum.accounted", { accounted: votes.accounted, papers });
  const { code, args } = gap(papers, votes.accounted, empty === 0);
  const words = [level, wordsOf(code, args), ...votes.words];
  if (wrong) show(form, line([level, wrong]), "wrong");
  else if (empty) show(form, line([...words, wordsOf("sum.empty", { fields: empty })]), "open");
  else show(form, line(words), votes.accounted === papers && votes.good ? "good" : "wrong");
};

// What of an account cannot be right, whether or not the papers meet it: such a sheet is never shown as good.
const accountDoubts = (form, value, found) => {
  const { electors, entrusted, verify } = form.dataset;
  const doubts = [];
  if (found > Number(electors)) doubts.push(wordsOf("sum.over_electors", { electors: Number(electors) }));
  if (verify !== "polling") return doubts;
  const parts = ["issued", "unused", "spoilt"].map(value);
  const total = parts.reduce((sum, part) => sum + (part || 0), 0);
  const complete = parts.every((part) => part !== undefined);
  if (complete && entrusted !== undefined && total !== Number(entrusted)) {
    const off = total - Number(entrusted);
    doubts.push(wordsOf(off > 0 ? "sum.entrusted_more" : "sum.entrusted_fewer", { papers: Math.abs(off) }));
  } else if (entrusted === undefined && Number(electors) && total > 2 * Number(electors)) {
    doubts.push(wordsOf("sum.unlikely", { electors: Number(electors) }));
  }
  for (const [name, code] of [["unused", "sum.unused_differs"], ["spoilt", "sum.spoilt_differs"]]) {
    const [written, here] = [value(name), value(`${name}_counted`)];
    if (written !== undefined && here !== undefined && here !== written) {
      doubts.push(wordsOf(code, { papers: Math.abs(here - written) }));
    }
  }
  return doubts;
};

const addVerification = (form) => {
  const inputs = Object.fromEntries([...form.querySelectorAll("[data-figure]")].map((input) => [input.name, input]));
  const { wrong } = sum(Object.values(inputs));
  if (wrong) {
    show(form, wrong, "wrong");
    return;
  }
  const value = (name) => (inputs[name] ? figure(inputs[name]).value : undefined);
  const words = [];
  if (form.dataset.verify === "polling") {
    const parts = ["issued", "unused", "spoilt"].map(value);
    if (parts.some((part) => part !== undefined)) {
      words.push(wordsOf("sum.entrusted", { papers: parts.reduce((total, part) => total + (part || 0), 0) }));
    }
  }
  const expected = value(form.dataset.verify === "polling" ? "issued" : "expected");
  const boxes = Object.keys(inputs).filter((name) => name === "found" || name.startsWith("found-")).map(value);
  const found = boxes.includes(undefined) ? undefined : boxes.reduce((total, papers) => total + papers, 0);
  const doubts = accountDoubts(form, value, found);
  if (expected === undefined || found === undefined) {
    show(form, line([...words, ...doubts]), doubts.length ? "wrong" : "open");
    return;
  }
  words.push(wordsOf("sum.found", { found, expected }));
  const difference = found - expected;
  const variance = difference === 0 ? "sum.no_variance" : difference > 0 ? "sum.more" : "sum.fewer";
  words.push(wordsOf(variance, { papers: Math.abs(difference) }));
  show(form, line([...words, ...doubts]), difference === 0 && !doubts.length ? "good" : "wrong");
};

const addBoxes = (form) => {
  const ticked = [...form.querySelectorAll("input[name=boxes]:checked")];
  const polling = ticked.filter((box) => box.dataset.kind === "polling").length;
  const papers = ticked.reduce((total, box) => total + Number(box.dataset.papers || 0), 0);
  const waiting = ticked.filter((box) => box.dataset.papers === "").length;
  const words = [wordsOf("sum.boxes", { boxes: ticked.length }), wordsOf("sum.papers", { papers })];
  if (waiting) words.push(wordsOf("sum.not_verified", { boxes: waiting }));
  const few = ticked.length > 0 && polling < 2;
  if (few) words.push(wordsOf("sum.few_polling_boxes"));
  show(form, line(words), few ? "wrong" : "open");
};

const add = (form) => {
  if ("count" in form.dataset) addCount(form);
  else if ("verify" in form.dataset) addVerification(form);
  else if ("boxes" in form.dataset) addBoxes(form);
};

const addAll = () => document.querySelectorAll("form[data-keys]").forEach(add);
document.addEventListener("desk:shown", addAll);
document.addEventListener("input", (event) => {
  if (event.target.form && "keys" in event.target.form.dataset) add(event.target.form);
});

// --- keys -------------------------------------------------------------------------------------------------------

// Enter goes down the figures and ends at the button. What stands apart from them, a reason, is reached by Tab, by touch,
// or by the link of its error.
const walk = (form) => [...form.querySelectorAll('input[type="text"]')]
  .filter((field) => field.offsetParent && !field.closest(".variance"));

const step = (form, field, back) => {
  const fields = walk(form);
  const next = fields[fields.indexOf(field) + (back ? -1 : 1)];
  return fields.includes(field) ? next : undefined;
};

// An arrow that was meant to move never chooses: it goes from choice to choice, and only a touch or Space takes one.
const amongChoices = (event, form) => {
  const choices = [...form.querySelectorAll(`input[type="radio"][name="${event.target.name}"]`)];
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (by) choices[(choices.indexOf(event.target) + by + choices.length) % choices.length].focus();
  else if (event.key !== "Enter") return;
  event.preventDefault();
};

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const form = field.form;
  if (!form || !("keys" in form.dataset) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (field.matches('input[type="radio"]')) {
    amongChoices(event, form);
    return;
  }
  if (!field.matches('input[type="text"], input[type="checkbox"]')) return;
  const text = field.type === "text";
  const back = (event.key === "Enter" && event.shiftKey) || (event.key === "ArrowUp" && text);
  const on = event.key === "Enter" || (event.key === "ArrowDown" && text);
  if (!back && !on) return;
  event.preventDefault();
  const next = text ? step(form, field, back) : undefined;
  const record = form.querySelector('button:not([type="button"])');
  if (next) next.focus();
  else if (!back && event.key === "Enter" && record) record.focus();
});

// A figure is typed over, never into: it is selected when it is reached, by key or by touch. A reason is a sentence.
let reached = null;
document.addEventListener("focusin", (event) => {
  const field = event.target;
  if (field.matches('form[data-keys] :is([inputmode="numeric"], [name="sheet"])')) {
    reached = field;
    field.select();
  }
});
document.addEventListener("click", (event) => {
  if (event.target === reached && reached.selectionStart === reached.selectionEnd) reached.select();
  reached = null;
});

addAll();
