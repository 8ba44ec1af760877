// Improves the whole form, where somebody mends it at once; without it everything works. Solves the form's challenge while
// somebody writes, and counts characters. Nothing is stored in the browser.
"use strict";
(() => {
  const form = document.getElementById("send");
  const content = document.getElementById("content");
  const LONGEST = 10000;

  // --- the challenge ------------------------------------------------------------------------------

  const proof = form.elements.proof;
  let solving = null;

  function solve() {
    if (!form.dataset.challenge || proof.value || !window.Worker || !window.crypto || !crypto.subtle) return Promise.resolve();
    solving = solving || new Promise((done) => {
      const worker = new Worker(form.dataset.solver);
      const end = (found) => { if (found) proof.value = found; worker.terminate(); done(); };
      worker.onmessage = (event) => end(event.data);
      worker.onerror = () => end("");
      setTimeout(() => end(""), 60000);
      worker.postMessage(form.dataset.challenge);
    });
    return solving;
  }

  form.addEventListener("focusin", solve, { once: true });
  setTimeout(solve, 1500);
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) { event.preventDefault(); return; }
    if (proof.value || !form.dataset.challenge || (event.submitter && event.submitter.name === "step")) return;
    event.preventDefault();
    form.dataset.sending = "1";
    const busy = document.getElementById("busy");
    busy.textContent = busy.dataset.busy;
    solve().then(() => form.submit());
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sending;
    document.getElementById("busy").textContent = "";
  });

  if (!content) return;

  // --- how much may still be written ---------------------------------------------------------------------

  const counter = document.getElementById("content-count");

  function count() {
    const left = LONGEST - [...content.value].length;
    counter.hidden = left > 2000;
    counter.classList.toggle("over", left < 0);
    counter.setAttribute("role", left < 500 ? "status" : "none");
    const text = left < 0 ? counter.dataset.over : counter.dataset.left;
    counter.textContent = text.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
  }

  content.addEventListener("input", count);
  count();
})();
