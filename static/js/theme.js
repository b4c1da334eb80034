// Light, dark, or as the system has it. Loaded in the head and not deferred, so that no page flashes in the wrong theme.
(() => {
  const KEY = "countnight-theme";
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage can be forbidden: the choice then lasts as long as the page
    }
  };

  const choose = (theme) => {
    root.dataset.theme = ["light", "dark"].includes(theme) ? theme : "auto";
  };

  if (stored()) choose(stored());

  addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("theme");
    if (!form) return;
    const select = form.querySelector("select");
    select.value = root.dataset.theme || "auto";
    form.hidden = false;
    select.addEventListener("change", () => {
      choose(select.value);
      try {
        localStorage.setItem(KEY, select.value);
      } catch {
        // see above
      }
    });
  });
})();
