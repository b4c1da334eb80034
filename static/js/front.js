// Keeps the list of contests up to date: asks for its rows, as the server paints them, and puts those that changed in place.

import { CountClock, elapsed, everySecond } from "./clock.js";
import { age } from "./format.js";
import { ask } from "./requests.js";
import { showState, works, write } from "./state.js";

const SILENT_MS = 30_000;
const HIDDEN_POLL_MS = 15_000; // nobody reads a hidden tab

const names = JSON.parse(document.getElementById("names").textContent);
const list = document.getElementById("contests");
const clock = new CountClock(list.dataset.now);
const begun = elapsed();
let heard = -Infinity;
let asked = -Infinity;
let asking = false;
let state = "reconnecting";

// --- the rows --------------------------------------------------------------------------------------------------------

function take(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const before = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const rows = [...made.content.children].map((row) => {
    const old = before.get(row.dataset.key);
    if (old && old.dataset.version === row.dataset.version) return old;
    if (old && !document.hidden) markNews(row, old);
    return row;
  });
  if (rows.length !== list.children.length || rows.some((row, place) => row !== list.children[place])) {
    list.textContent = "";
    for (const row of rows) list.append(row);
  }
  const link = focused && [...list.querySelectorAll("a")].find((each) => each.getAttribute("href") === focused);
  if (link && link !== document.activeElement) link.focus({ preventScroll: true });
}

function markNews(row, old) {
  const [sentence, said] = [row, old].map((each) => each.querySelector(".sentence"));
  if (sentence && said && sentence.textContent !== said.textContent) sentence.classList.add("changed");
}

document.addEventListener("animationend", ({ target }) => target.classList.remove("changed"));

// --- asking ----------------------------------------------------------------------------------------------------------

async function look() {
  if (asking) return;
  asking = true;
  asked = elapsed();
  let html = null;
  try {
    const answer = await ask(list.dataset.rows);
    if (answer.ok) {
      html = await answer.text();
      clock.hurry(answer.headers.get("Count-Time"));
    }
  } catch {
    // No answer, which is what the state says.
  }
  asking = false;
  if (html === null) {
    state = "reconnecting";
  } else {
    heard = elapsed();
    state = "polling";
    take(html);
  }
  showAll();
}

// --- age and state ---------------------------------------------------------------------------------------------------

// A played night has a clock of its own.
function countTime({ realOrigin, nightOrigin, speed }) {
  return realOrigin ? Date.parse(nightOrigin) + (clock.now() - Date.parse(realOrigin)) * Number(speed) : clock.now();
}

function showAll() {
  for (const element of list.querySelectorAll("[data-as-of]")) {
    const { dataset } = element;
    const words = age(Math.max(0, Math.floor((countTime(dataset) - Date.parse(dataset.asOf)) / 1000)), names);
    if (element.textContent !== words) element.textContent = words;
  }
  const silence = elapsed() - Math.max(begun, heard);
  if (silence > SILENT_MS) state = "reconnecting";
  showState(state, silence);
  write("out-of-date", silence > SILENT_MS ? list.dataset.old : "");
}

works(true);
showAll();
look();
everySecond(showAll, look);
setInterval(() => {
  if (!document.hidden || elapsed() - asked > HIDDEN_POLL_MS) look();
}, Number(list.dataset.poll) * 1000);
