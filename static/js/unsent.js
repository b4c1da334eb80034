// The drafts of the person who is logged in, wherever on this tablet they were typed: after a crash nobody remembers which
// form it was. Each with the way to its form, and a way to be rid of it, since its form may have gone in the meantime.
//
// [data-drafts]           names the person; holds a list and a template of its lines
// [data-drafts-contest]   the contest whose page it is: its drafts come first
import { erase, keys, read } from "./drafts.js";
import { wordsOf } from "./texts.js";

const typed = (draft) => draft && draft.path && Array.isArray(draft.fields) && draft.fields.some(([, value]) => value !== "");

const drafts = (person, own) => {
  const found = keys(`${person}:`).map((key) => {
    const [, contest, kind, part] = key.split(":");
    return { key, contest, kind, part, draft: read(key) };
  });
  const ours = ({ contest }) => contest === own;
  const unsent = found.filter(({ draft }) => typed(draft));
  return [...unsent.filter(ours), ...unsent.filter((one) => !ours(one))];
};

const line = (template, { key, contest, kind, part, draft }, own) => {
  const item = template.content.cloneNode(true);
  const form = wordsOf(kind, { part: draft.form || part });
  const words = contest === own ? form : wordsOf("draft.of_contest", { contest: draft.contest || contest, form });
  const link = item.querySelector("a");
  link.href = draft.path;
  link.textContent = words;
  item.querySelector("[data-at]").textContent = Number.isNaN(Date.parse(draft.at)) ? "" : wordsOf("draft.at", { at: draft.at });
  const discard = item.querySelector("[data-unsent-discard]");
  discard.dataset.unsentDiscard = key;
  discard.textContent = wordsOf("draft.discard", { form: words });
  return item;
};

const list = () => {
  const shown = document.querySelector("[data-drafts]");
  if (!shown) return;
  const own = shown.dataset.draftsContest;
  const found = drafts(shown.dataset.drafts, own);
  shown.querySelector("ul").replaceChildren(...found.map((one) => line(shown.querySelector("template"), one, own)));
  shown.hidden = !found.length;
};

document.addEventListener("click", (event) => {
  const discard = event.target.closest("[data-unsent-discard]");
  if (!discard) return;
  const shown = discard.closest("[data-drafts]");
  erase(discard.dataset.unsentDiscard);
  list();
  (shown.hidden ? document.querySelector("main") : shown.querySelector("a")).focus();
});

// Sent or typed in another tab.
window.addEventListener("storage", list);
document.addEventListener("desk:shown", list);
list();
