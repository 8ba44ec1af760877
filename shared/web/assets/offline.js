// The page in place of an answer that did not come: as soon as there is a network, it sends the form that it holds, or asks again.
"use strict";
(() => {
  const page = document.getElementById("offline");
  const form = document.getElementById("waiting");
  let isDone = false;

  async function isReached() {
    try {
      await fetch("/health", { cache: "no-store" });
      return true;
    } catch {
      return false;
    }
  }

  async function goOn() {
    if (isDone || !(await isReached()) || isDone) return;
    isDone = true;
    if (page.dataset.sends === "1") form.submit();
    else window.location.reload();
  }

  document.getElementById("again").addEventListener("click", goOn);
  window.addEventListener("online", goOn);
  window.addEventListener("pageshow", () => { isDone = false; });
  setInterval(goOn, 4000);
})();
