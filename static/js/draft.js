// What is typed on a form of the desk is kept on this tablet until the server has received it.
//
// form[data-draft]   is kept under this key (static/js/drafts.js) from the first keystroke, and filled in when it is opened
//     [data-form]     which one of its kind it is, [data-contest] at which contest, in words
//     [data-now]      the time of the night when the page was made
//     [data-stored]   this browser has kept it
//     [data-typed]    it comes from the server with what was sent and not recorded, which is newer than what is kept
import { erase, eraseReceived, read, write } from "./drafts.js";
import { wordsOf } from "./texts.js";

const NOT_KEPT = new Set(["csrfmiddlewaretoken", "submission_id", "seen", "papers", "acknowledge", "action"]);
const loaded = Date.now();

// Made here, because crypto.randomUUID is missing where a hall's own network has no TLS.
const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

export const now = (form) => new Date(Date.parse(form.dataset.now) + (Date.now() - loaded));
const field = (form, name) => form.querySelector(`input[name="${name}"]`);
// A pass phrase is the second officer's, and no device's to keep.
const isTyped = (control) => control.name && !["hidden", "password"].includes(control.type) && !NOT_KEPT.has(control.name);
const texts = (form) => {
  const names = new Set([...form.elements].filter(isTyped).map((control) => control.name));
  return [...new FormData(form)].filter(([name]) => names.has(name));
};

// Every address that takes a form shows it as well; one that is folded in a page is named by its fragment.
const pathOf = (form) => {
  const folded = form.closest("details[id]");
  return form.getAttribute("action") + (folded ? `#${folded.id}` : "");
};

export const keep = (form) => {
  const at = now(form);
  const kept = write(form.dataset.draft, {
    submission: field(form, "submission_id").value,
    seen: field(form, "seen").value,
    at: Number.isNaN(at.getTime()) ? "" : at.toISOString(),
    form: form.dataset.form,
    contest: form.dataset.contest,
    path: pathOf(form),
    fields: texts(form),
  });
  form.toggleAttribute("data-stored", kept);
  sayKept(form, kept);
};

const sayKept = (form, kept) => {
  const words = form.querySelector("[data-kept]");
  if (!words) return;
  words.hidden = false;
  words.textContent = wordsOf(kept ? "draft.kept" : "draft.not_kept");
};

const fill = (form, fields) => {
  const names = new Set(fields.map(([name]) => name));
  for (const control of form.elements) {
    if (!isTyped(control)) continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = fields.some(([name, value]) => name === control.name && value === control.value);
    } else if (names.has(control.name)) {
      control.value = fields.find(([name]) => name === control.name)[1];
    }
  }
};

const unfold = (element) => {
  const folded = element && element.closest("details");
  if (folded) folded.open = true;
};

const offer = (form) => {
  const draft = read(form.dataset.draft);
  if (!draft || !Array.isArray(draft.fields)) return;
  fill(form, draft.fields);
  if (draft.submission && draft.seen === field(form, "seen").value) {
    field(form, "submission_id").value = draft.submission;
  } else {
    // The box or group has changed since, or the ledger refused the old id: these figures are a new submission.
    write(form.dataset.draft, {
      ...draft, submission: field(form, "submission_id").value, seen: field(form, "seen").value,
    });
  }
  const notice = form.querySelector("[data-draft-notice]");
  notice.querySelector("[data-draft-words]").textContent =
    Number.isNaN(Date.parse(draft.at)) ? wordsOf("draft.typed") : wordsOf("draft.typed_at", { at: draft.at });
  notice.hidden = false;
  unfold(form);
  sayKept(form, true);
};

// A page has come, or its content was replaced.
export const prepare = () => {
  eraseReceived();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if ("typed" in form.dataset) {
      keep(form);
    } else {
      offer(form);
    }
  }
  document.dispatchEvent(new CustomEvent("desk:shown"));
};

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || !("draft" in form.dataset)) return;
  // Figures changed after a sending that nobody answered are another submission: `seen` guards against both counting.
  if ("sent" in form.dataset) {
    delete form.dataset.sent;
    field(form, "submission_id").value = newId();
  }
  keep(form);
});

document.addEventListener("click", (event) => {
  const discard = event.target.closest("[data-draft-discard]");
  const link = event.target.closest('a[href^="#"]');
  // Not every browser opens what is folded around the target of a link.
  if (link) unfold(document.getElementById(link.hash.slice(1)));
  if (discard) {
    const form = discard.form;
    erase(form.dataset.draft);
    form.reset();
    discard.closest("[data-draft-notice]").hidden = true;
    document.dispatchEvent(new CustomEvent("desk:shown"));
    form.querySelector("input:not([type=hidden])").focus();
  }
});

prepare();
