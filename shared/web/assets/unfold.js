// Loads the script of a folded part once it is opened: a page that is only read does not bring it.
"use strict";
for (const part of document.querySelectorAll("details [data-script]")) {
  const fold = part.closest("details");
  const load = () => {
    const script = document.createElement("script");
    script.src = part.dataset.script;
    document.head.append(script);
  };
  if (fold.open) load();
  else fold.addEventListener("toggle", load, { once: true });
}
