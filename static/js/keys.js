// The keys that walk through a form[data-keys]. Nothing is recorded, chosen or changed by a key that was meant to move.
//
// Enter        to the next figure, and after the last one to the button that records. What explains a variance stands
//              between them where there is one (form[data-variance]), and is passed where there is none.
// Shift+Enter  to the button, from anywhere. It is never pressed: that takes an Enter of its own (docs/decisions/0060).
// arrows       up and down the figures; from choice to choice, and only a touch or Space takes one
// keypad       with NumLock off it types no figure: its keys do nothing, and [data-keypad] says so
import { wordsOf } from "./texts.js";

const MOVES = new Set([
  ...["Home", "End", "PageUp", "PageDown", "Insert", "Delete", "Clear"],
  ...["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
]);

const explains = (element) => element.closest(".variance") !== null;

const stops = (form, figuresOnly) => [...form.querySelectorAll('input[type="text"], input[type="password"], [role="radiogroup"]')]
  .filter((stop) => stop.offsetParent && (!explains(stop) || (!figuresOnly && "variance" in form.dataset)))
  .filter((stop) => !figuresOnly || stop.matches("input"));

const go = (stop) => {
  const choices = [...stop.querySelectorAll('input[type="radio"]')];
  const first = choices.find((choice) => choice.checked) || choices[0] || stop;
  first.focus();
};

const recordOf = (form) => form.querySelector('button:not([type="button"])');

// To the next stop, or to the button behind the last one. A field of an explanation that nobody needs leads to it as well.
const onward = (form, field) => {
  const own = field.closest('[role="radiogroup"]') || field;
  const all = stops(form, false);
  const next = all.includes(own) ? all[all.indexOf(own) + 1] : undefined;
  const record = recordOf(form);
  if (next) go(next);
  else if (record) record.focus();
};

const upOrDown = (form, field, by) => {
  const all = stops(form, true);
  const next = all.includes(field) ? all[all.indexOf(field) + by] : undefined;
  if (next) next.focus();
};

const amongChoices = (form, field, by) => {
  const choices = [...form.querySelectorAll(`input[type="radio"][name="${field.name}"]`)];
  choices[(choices.indexOf(field) + by + choices.length) % choices.length].focus();
};

const sayKeypad = (form, code) => {
  const line = form.querySelector("[data-keypad]");
  if (!line) return;
  line.hidden = !code;
  line.textContent = code ? wordsOf(code) : "";
};

// A keypad that moves: NumLock is off, or Shift is held. An Apple keypad types figures always; where others have NumLock it
// has Clear.
const keypadMoves = (event) =>
  event.location === KeyboardEvent.DOM_KEY_LOCATION_NUMPAD && MOVES.has(event.key) && event.code !== "NumLock";

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const form = field.form;
  if (!form || !("keys" in form.dataset) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (keypadMoves(event)) {
    event.preventDefault();
    sayKeypad(form, event.getModifierState("NumLock") ? "keypad.shift" : "keypad.off");
    return;
  }
  // A key that is held down, or a book on the keyboard, walks through nothing and presses nothing.
  if (event.key === "Enter" && event.repeat) {
    event.preventDefault();
    return;
  }
  const text = field.matches('input[type="text"]');
  const choice = field.matches('input[type="radio"]');
  const by = { ArrowDown: 1, ArrowUp: -1, ...(choice && { ArrowRight: 1, ArrowLeft: -1 }) }[event.key];
  if (event.key === "Enter" && field.matches("input")) {
    event.preventDefault();
    const record = recordOf(form);
    if (!event.shiftKey && !field.matches('input[type="checkbox"]')) onward(form, field);
    else if (record) record.focus();
  } else if (by && (text || choice)) {
    event.preventDefault();
    if (choice) amongChoices(form, field, by);
    else upOrDown(form, field, by);
  }
});

document.addEventListener("input", (event) => {
  if (event.target.form) sayKeypad(event.target.form, "");
});

// --- figures that are pasted -------------------------------------------------------------------------------------------

const SPLIT = /[\t\r\n\v\f]+/;

// A cell of a table comes with a line's end, and several cells with one between them. Browsers take line ends out, and two
// figures would be one: here they become a space, and the field says "one figure only".
document.addEventListener("paste", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.matches('form[data-keys] input[inputmode="numeric"]')) return;
  const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
  if (field.readOnly || !SPLIT.test(text)) return;
  event.preventDefault();
  const { selectionStart: from, selectionEnd: to } = field;
  field.setRangeText(text.split(SPLIT).filter((part) => part.trim()).join(" "), from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// --- figures that are reached ------------------------------------------------------------------------------------------

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
