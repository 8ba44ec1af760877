// Improves the pages where a file is chosen: says that it is too large before it is sent, and that it is on its way.
// Without this script the bucket itself refuses what is too large.
"use strict";
(() => {
  const form = document.querySelector("form[data-most-bytes]");
  if (!form) return;
  const file = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  const most = Number(form.dataset.mostBytes);
  file.addEventListener("change", () => {
    const chosen = file.files[0];
    const tooLarge = chosen !== undefined && chosen.size > most;
    file.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
    if (tooLarge) file.reportValidity();
  });
  form.addEventListener("submit", () => {
    button.textContent = form.dataset.sending;
    button.disabled = true;
  });
  // Coming back by the browser's own button, the form can be sent again.
  window.addEventListener("pageshow", () => { button.disabled = false; });
})();
