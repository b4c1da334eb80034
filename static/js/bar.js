// The bar of a sheet is always in sight, and grows with its words: what is reached never lies under it, nor its error.
const bar = () => {
  const found = document.querySelector(".bar");
  return found && getComputedStyle(found).position === "sticky" ? found : null;
};

const clear = (field) => {
  const shown = bar();
  if (!shown || !field.form || !field.form.contains(shown) || shown.contains(field)) return;
  (field.closest(".has-error") || field.closest("label") || field).scrollIntoView({ block: "nearest" });
};

const GAP = 16;
const grown = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.scrollPaddingBottom = `${target.offsetHeight + GAP}px`;
  clear(document.activeElement);
});

const watch = () => {
  grown.disconnect();
  document.documentElement.style.scrollPaddingBottom = "";
  const shown = bar();
  if (shown) grown.observe(shown);
};

document.addEventListener("focusin", (event) => clear(event.target));
document.addEventListener("desk:shown", watch);
watch();
