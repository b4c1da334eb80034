// A sheet that adds itself up while it is typed, and the keys that walk through it. Works on top of a plain form.
"use strict";

(() => {
  const MOST = 10000000;
  const grouped = new Intl.NumberFormat("en-GB");
  const number = (value) => grouped.format(value);
  const papers = (value) => `${number(value)} paper${value === 1 ? "" : "s"}`;

  // The words of results/rules.py, gap_in_words.
  const gapInWords = (inGroup, accounted) => {
    const gap = inGroup - accounted;
    if (gap === 0) return "every paper accounted for";
    const words = `${papers(Math.abs(gap))} ${gap > 0 ? "missing" : "too many"}`;
    return words + (gap % 9 === 0 ? ". The difference is divisible by 9: are two digits swapped?" : "");
  };

  // {value} of a figure, {empty}, or {wrong} for what the server will refuse.
  const figure = (input) => {
    const text = input.value.replace(/^[ \u00a0]+|[ \u00a0]+$/g, "");
    if (text === "") return { empty: true };
    if (!/^[0-9]+$/.test(text)) return { wrong: "not a number" };
    const value = Number(text);
    return value > MOST ? { wrong: "too large" } : { value };
  };

  const sum = (inputs) => {
    let total = 0;
    let empty = 0;
    let wrong = "";
    for (const input of inputs) {
      const said = figure(input);
      if (said.empty) empty += 1;
      else if (said.wrong) wrong = wrong || `check ${input.dataset.name}: ${said.wrong}`;
      else total += said.value;
    }
    return { total, empty, wrong };
  };

  const show = (form, words, state) => {
    const line = form.querySelector("[data-sum]");
    if (line.textContent !== words) line.textContent = words;
    line.dataset.state = state;
  };

  const addCount = (form) => {
    const inGroup = Number(form.dataset.count);
    const { total, empty, wrong } = sum(form.querySelectorAll("[data-figure]"));
    const level = `${number(total)} of ${number(inGroup)}`;
    if (wrong) {
      show(form, `${level} · ${wrong}`, "wrong");
    } else if (empty) {
      // Half a sheet is always short: a hint about digits would be noise until every figure is there.
      const gap = gapInWords(inGroup, total).split(". ")[0];
      show(form, `${level} · ${gap} · ${empty} field${empty === 1 ? "" : "s"} empty`, "open");
    } else {
      show(form, `${level} · ${gapInWords(inGroup, total)}`, total === inGroup ? "good" : "wrong");
    }
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
        words.push(`entrusted ${number(parts.reduce((total, part) => total + (part || 0), 0))}`);
      }
    }
    const expected = value(form.dataset.verify === "polling" ? "issued" : "expected");
    const found = value("found");
    if (expected === undefined || found === undefined) {
      show(form, words.join(" · "), "open");
      return;
    }
    words.push(`${number(found)} found of ${number(expected)}`);
    const difference = found - expected;
    words.push(difference === 0
      ? "no variance"
      : `${papers(Math.abs(difference))} ${difference > 0 ? "more" : "fewer"} than expected: say why`);
    show(form, words.join(" · "), difference === 0 ? "good" : "wrong");
  };

  const addBoxes = (form) => {
    const ticked = [...form.querySelectorAll("input[name=boxes]:checked")];
    const polling = ticked.filter((box) => box.dataset.kind === "polling").length;
    const found = ticked.reduce((total, box) => total + Number(box.dataset.papers || 0), 0);
    const waiting = ticked.filter((box) => box.dataset.papers === "").length;
    const words = [`${ticked.length} box${ticked.length === 1 ? "" : "es"} · ${papers(found)}`];
    if (waiting) words.push(`${waiting} not verified yet`);
    if (ticked.length && polling < 2) words.push("two polling boxes or more are needed");
    show(form, words.join(" · "), ticked.length && polling < 2 ? "wrong" : "open");
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

  const walk = (form) => [...form.querySelectorAll('input[type="text"], select')].filter((field) => field.offsetParent);

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    const form = field.form;
    if (!form || !("keys" in form.dataset) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!field.matches('input[type="text"], input[type="checkbox"]')) return;
    const text = field.type === "text";
    const back = (event.key === "Enter" && event.shiftKey) || (event.key === "ArrowUp" && text);
    const on = event.key === "Enter" || (event.key === "ArrowDown" && text);
    if (!back && !on) return;
    event.preventDefault();
    const fields = walk(form);
    const next = text ? fields[fields.indexOf(field) + (back ? -1 : 1)] : undefined;
    const record = form.querySelector("[data-record]");
    if (next) next.focus();
    else if (!back && event.key === "Enter" && record) record.focus();
  });

  // A field is typed over, never into: its content is selected when it is reached, by key or by touch.
  let reached = null;
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (field.matches("form[data-keys] input[type=text]")) {
      reached = field;
      field.select();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target === reached && reached.selectionStart === reached.selectionEnd) reached.select();
    reached = null;
  });

  addAll();
})();
