// Writes a board into the page. The elements say themselves what of it they show (results/templatetags/display.py):
//
//   data-path data-format [data-attr] [data-absent]    a value, as text or as an attribute
//   data-if, data-unless, data-if-is="path:one other"  hidden or not
//   data-each="path" data-sort="-rank" data-template   one child per key of an object, from an inert template;
//                                                      without a template the children are there for good
//   data-slide                                         children that change places slide there
//   data-fixed                                         a child that never changes: it is painted once, when it is made

import { shown } from "./format.js";

const BOUND = "[data-path], [data-if], [data-unless], [data-if-is]";
const FIXED = "[data-fixed]";
const SLIDE_MS = 200;
const still = matchMedia("(prefers-reduced-motion: reduce)");

// Object.hasOwn is younger than browsers that the page is read with.
const has = (value, key) => Object.prototype.hasOwnProperty.call(value, key);

function at(board, path) {
  let value = board;
  for (const key of path) {
    if (value === null || typeof value !== "object" || !has(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

const parts = (path) => path?.split(".");
const there = (board, path) => ![undefined, false, 0].includes(at(board, path));

// What an element says of itself, read once: reading a thousand data attributes at every update would take longer
// than painting.
function bound(element) {
  const { path, format, attr, absent = "", if: when, unless, ifIs } = element.dataset;
  const [among, values] = ifIs?.split(":") ?? [];
  return {
    element,
    path: parts(path),
    format,
    attr,
    absent,
    conditional: Boolean(when || unless || ifIs),
    when: parts(when),
    unless: parts(unless),
    among: parts(among),
    values: values?.split(" "),
    last: undefined,
  };
}

const bindings = (root) => [...(root.matches?.(BOUND) ? [root] : []), ...root.querySelectorAll(BOUND)].map(bound);

function visible(board, { when, unless, among, values }) {
  if (when && !there(board, when)) return false;
  if (unless && there(board, unless)) return false;
  return !among || values.includes(String(at(board, among)));
}

// "rank", "-rank" (highest first), "order"; keys such as "r2" and "r10" settle what the board does not.
function sorted(entries, sort = "") {
  const field = sort.replace("-", "");
  const sign = sort.startsWith("-") ? -1 : 1;
  const place = (key) => entries[key]?.[field] ?? 0;
  return Object.keys(entries).sort(
    (a, b) => sign * (place(a) - place(b)) || a.localeCompare(b, "en", { numeric: true }),
  );
}

function cloned(template, key) {
  const row = template.content.firstElementChild.cloneNode(true);
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("__key__")) element.setAttribute(name, value.split("__key__").join(key));
    }
  }
  return row;
}

export class Painter {
  constructor(setup) {
    this.setup = setup;
    // What never changes the server has painted already.
    this.bindings = bindings(document).filter(({ element }) => !element.closest(FIXED));
    // For all: the mark goes when its animation, named as its class, has ended or was cut off by the element being
    // hidden, so that the next change can start it again and showing the element does not.
    for (const ending of ["animationend", "animationcancel"]) {
      document.addEventListener(ending, ({ target, animationName }) => target.classList.remove(animationName));
    }
  }

  // `quiet`: what differs now did not change before the reader's eyes, so nothing is marked and nothing slides.
  paint(board, { quiet = false } = {}) {
    const rows = this.each(board, quiet);
    const changed = rows.made;
    for (const binding of this.bindings) if (this.bring(binding, board)) changed.push(binding.element);
    if (quiet) return;
    rows.slide();
    mark(changed);
  }

  // Brings one element to the board; returns whether a figure changed that was there before.
  bring(binding, board) {
    if (binding.conditional) {
      const hidden = !visible(board, binding);
      if (binding.element.hidden !== hidden) binding.element.hidden = hidden;
    }
    return Boolean(binding.path) && this.write(binding, at(board, binding.path));
  }

  // A log of corrections grows all night, and each has every figure before and after: looked at with each frame, it would
  // in the end hold up the page.
  add(child, board) {
    const own = bindings(child);
    if (child.matches(FIXED)) for (const binding of own) this.bring(binding, board);
    else this.bindings.push(...own);
  }

  // Returns whether a figure that was there before is now another. A patch leaves what it does not touch the same
  // object, so that one comparison settles most leaves.
  write(binding, value) {
    if (value === binding.last) return false;
    binding.last = value;
    const { element, path, format, attr, absent } = binding;
    let words = absent;
    try {
      if (value !== undefined) words = shown(format, value, this.setup);
    } catch (error) {
      // One leaf that cannot be put into words must not keep the others from being painted.
      console.error(`${path.join(".")} as ${format}`, error);
    }
    if (attr) {
      if (element.getAttribute(attr) !== words) element.setAttribute(attr, words);
      return false;
    }
    const before = element.textContent;
    if (before === words) return false;
    element.textContent = words;
    return before !== "" && typeof value === "number";
  }

  each(board, quiet) {
    const made = [];
    const slides = [];
    let removed = false;
    for (const list of document.querySelectorAll("[data-each]")) {
      const { each, sort, template, slide } = list.dataset;
      const entries = at(board, parts(each)) ?? {};
      const children = new Map([...list.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
      const keys = sorted(entries, sort).filter((key) => template || children.has(key));
      if (template) {
        for (const [key, child] of children) {
          if (has(entries, key)) continue;
          child.remove();
          removed = true;
        }
        for (const key of keys) {
          if (children.has(key)) continue;
          children.set(key, cloned(document.getElementById(template), key));
          this.add(children.get(key), board);
          if (list.dataset.announce !== undefined) made.push(children.get(key));
        }
      }
      const wanted = keys.map((key) => children.get(key));
      const kept = new Set(wanted);
      const present = [...list.children].filter((child) => kept.has(child));
      if (wanted.length === present.length && wanted.every((child, place) => child === present[place])) continue;
      const slid = slide !== undefined && !quiet && !still.matches;
      const tops = slid ? new Map(present.map((child) => [child, child.getBoundingClientRect().top])) : new Map();
      const focused = document.activeElement;
      arrange(list, wanted);
      if (list.contains(focused)) focused.focus({ preventScroll: true });
      if (tops.size) slides.push(tops);
    }
    if (removed) this.bindings = this.bindings.filter(({ element }) => element.isConnected);
    return { made, slide: () => slides.forEach(slideFrom) };
  }
}

// Only what is out of place is moved: a reader who scrolled down a list keeps the place.
function arrange(list, wanted) {
  let next = list.firstElementChild;
  for (const child of wanted) {
    if (child === next) next = next.nextElementSibling;
    else list.insertBefore(child, next);
  }
}

// First, last, invert, play: the rows stand in their new places, and start from where they were.
function slideFrom(tops) {
  const moves = [...tops].map(([child, top]) => [child, top - child.getBoundingClientRect().top]);
  for (const [child, by] of moves) {
    if (by) child.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: SLIDE_MS, easing: "ease-out" });
  }
}

// Underlaid for two seconds. A second class with the same animation restarts what is still marked: taking the first away
// and putting it back would cost a layout of the whole page in between.
function mark(elements) {
  for (const element of elements) {
    // What nobody sees change would be marked when it is opened, however old its figure is then.
    if (element.checkVisibility?.({ contentVisibilityAuto: true }) === false) continue;
    const { classList } = element;
    const again = classList.contains("changed");
    classList.toggle("changed", !again);
    classList.toggle("changed-again", again);
  }
}
