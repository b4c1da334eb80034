// Says so when the page cannot keep itself up to date. The page says it by itself ("#stale" in the templates) unless
// <html data-script> is "starting" or "works": the page's own script sets "works" once it has painted.
//
// Written for any browser that runs scripts at all, loaded before everything else and not deferred: what does not run in
// an old browser, never arrives, or breaks in the middle, must end in words that the reader can see.
(function () {
  var START_MS = 8000;
  var root = document.documentElement;

  root.setAttribute("data-script", "starting");

  function broken() {
    root.setAttribute("data-script", "broken");
  }

  // Late is not broken: a script that arrives after all takes the words away.
  setTimeout(function () {
    if (root.getAttribute("data-script") === "starting") root.setAttribute("data-script", "late");
  }, START_MS);

  // Listens while the event goes down, because the failure of a <script> to load does not come up again.
  addEventListener(
    "error",
    function (event) {
      var target = event.target;
      var source = target && target.tagName === "SCRIPT" ? target.src : event.filename;
      // What browser extensions do wrong is not ours.
      if (source && source.indexOf(location.protocol + "//" + location.host + "/") === 0) broken();
    },
    true
  );
  addEventListener("unhandledrejection", broken);
})();
