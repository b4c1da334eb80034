// What a page says of itself: its state line, its title, and whether its script works (watch.js, "#stale" in the templates).

const OLD_MS = 60_000; // a page that has heard nothing for so long says so in its tab as well

const root = document.documentElement;
const title = document.querySelector("title");

export function write(id, words) {
  const element = document.getElementById(id);
  if (element && element.textContent !== words) element.textContent = words;
}

// An error that nobody caught stays said: what it left undone is not known. Everything else may come right.
export function works(well) {
  if (root.dataset.script !== "broken") root.dataset.script = well ? "works" : "failing";
}

export function showState(state, silence) {
  write("line", state);
  document.getElementById("line").dataset.line = state;
  // painted as an attribute (paint.js); a tab shows nothing but its title
  const { words, named, old } = title.dataset;
  const stale = root.dataset.script !== "works" || (state === "reconnecting" && silence > OLD_MS);
  const full = (stale ? old : "") + named + words;
  if (document.title !== full) document.title = full;
}
