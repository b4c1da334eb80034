// A sheet that adds itself up while it is typed. Works on top of a plain form; keys.js walks through it.
// Its words are the catalogue's, which the page carries: here is chosen only which of them to say.
import { adjudicationSum } from "./adjudication.js";
import { blockVote } from "./block_votes.js";
import { gap, readFigure } from "./figures.js";
import { most, wordsOf } from "./texts.js";

const line = (parts) => parts.join(" · ");

const figure = (input) => readFigure(input.value, most);

const sum = (inputs) => {
  let total = 0;
  let empty = 0;
  let wrong = "";
  for (const input of inputs) {
    const said = figure(input);
    if (said.empty) empty += 1;
    else if (said.wrong) wrong = wrong || wordsOf("sum.check", { field: input.dataset.name, wrong: said.wrong });
    else total += said.value;
  }
  return { total, empty, wrong };
};

const show = (form, words, state) => {
  const shown = form.querySelector("[data-sum]");
  if (shown.textContent !== words) shown.textContent = words;
  shown.dataset.state = state;
};

// Where two people read a sheet its sum is told once it is recorded: who sees the gap before that types it away.
const addUnseen = (form) => {
  const { empty, wrong } = sum(form.querySelectorAll("[data-figure]"));
  show(form, line([wrong, empty ? wordsOf("sum.empty", { fields: empty }) : ""].filter(Boolean)), wrong ? "wrong" : "open");
};

const addCount = (form) => {
  if (!form.dataset.count) {
    addUnseen(form);
    return;
  }
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

// How many papers the account says more than were entrusted; 0 while either is not known.
const entrustedOff = ({ entrusted }, value) => {
  const parts = ["issued", "unused", "spoilt"].map(value);
  if (entrusted === undefined || parts.includes(undefined)) return 0;
  return parts.reduce((sum, part) => sum + part, 0) - Number(entrusted);
};

// What of an account cannot be right, whether or not the papers meet it: such a sheet is never shown as good.
const accountDoubts = (form, value, found) => {
  const { electors, entrusted, verify } = form.dataset;
  const doubts = [];
  if (found > Number(electors)) doubts.push(wordsOf("sum.over_electors", { electors: Number(electors) }));
  if (verify !== "polling") return doubts;
  const parts = ["issued", "unused", "spoilt"].map(value);
  const total = parts.reduce((sum, part) => sum + (part || 0), 0);
  const off = entrustedOff(form.dataset, value);
  if (off) {
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
  form.removeAttribute("data-variance");
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
  // Of successive counts of a box the last one stands.
  const last = (name) => {
    const counts = ["third", "again", "found"].map((count) => value(name.replace("found", count)));
    return counts.find((papers) => papers !== undefined);
  };
  const boxes = Object.keys(inputs).filter((name) => name === "found" || name.startsWith("found-")).map(last);
  const found = boxes.includes(undefined) ? undefined : boxes.reduce((total, papers) => total + papers, 0);
  const doubts = accountDoubts(form, value, found);
  // What has to be explained: results/rules/verification.py asks for a reason where either is so.
  const moved = Number(form.dataset.moved || 0);
  const differs = found !== undefined && expected !== undefined && found + moved !== expected;
  form.toggleAttribute("data-variance", differs || entrustedOff(form.dataset, value) !== 0);
  if (expected === undefined || found === undefined) {
    show(form, line([...words, ...doubts]), doubts.length ? "wrong" : "open");
    return;
  }
  words.push(wordsOf("sum.found", { found, expected }));
  const difference = found + moved - expected;
  if (moved) words.push(wordsOf(moved > 0 ? "sum.moved_in" : "sum.moved_out", { papers: Math.abs(moved) }));
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
  // The only station's box is mixed with all other papers: the ledger asks for those.
  const few = ticked.length > 0 && polling < 2 && !(polling === 1 && form.dataset.boxes === "1");
  if (few) words.push(wordsOf("sum.few_polling_boxes"));
  show(form, line(words), few ? "wrong" : "open");
};

const add = (form) => {
  if ("count" in form.dataset) addCount(form);
  else if ("adjudication" in form.dataset) {
    const { words, state } = adjudicationSum(form);
    show(form, line(words), state);
  } else if ("verify" in form.dataset) addVerification(form);
  else if ("boxes" in form.dataset) addBoxes(form);
};

const addAll = () => document.querySelectorAll("form[data-keys]").forEach(add);
document.addEventListener("desk:shown", addAll);
document.addEventListener("input", (event) => {
  if (event.target.form && "keys" in event.target.form.dataset) add(event.target.form);
});

addAll();
