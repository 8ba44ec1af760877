// Improves the steps of sending; without it everything works. Solves the page's challenge while somebody writes, keeps
// what is typed on the server, and waits for the network where there is none. Nothing is stored in the browser.
"use strict";
(() => {
  const form = document.getElementById("step");
  if (!form) return;
  const words = form.dataset;
  const busy = document.getElementById("busy");
  const say = (text) => { busy.textContent = text; };

  // Shows the filled step where the network goes between looking for it and sending (worker.js).
  if (navigator.serviceWorker) {
    window.addEventListener("load", () => navigator.serviceWorker.register(words.worker, { scope: "/gui" }).catch(() => {}));
  }

  try { localStorage.removeItem("pakn-draft"); } catch { /* what earlier versions of this page left behind */ }

  // --- the challenge --------------------------------------------------------------------------------------

  const proof = form.elements.proof;
  let solving = null;

  function solve() {
    if (!words.challenge || proof.value || !window.Worker || !window.crypto || !crypto.subtle) return Promise.resolve();
    solving = solving || new Promise((done) => {
      const worker = new Worker(words.solver);
      const end = (solution) => { if (solution) proof.value = solution; worker.terminate(); done(); };
      worker.onmessage = (event) => end(event.data);
      worker.onerror = () => end("");
      setTimeout(() => end(""), 60000);
      worker.postMessage(words.challenge);
    });
    return solving;
  }

  form.addEventListener("focusin", solve, { once: true });
  setTimeout(solve, 1500);

  // --- what is typed is kept on the server -----------------------------------------------------------------

  const saved = document.getElementById("saved");
  let waiting = 0;
  let saving = Promise.resolve();
  let last = "";

  const content = () => new URLSearchParams(new FormData(form));

  function save() {
    clearTimeout(waiting);
    const body = content();
    body.delete("proof");
    if (body.toString() === last) return saving;
    last = body.toString();
    saving = saving.then(async () => {
      try {
        const answer = await fetch(words.save, { method: "POST", body, keepalive: body.toString().length < 60000 });
        if (answer.ok && saved) {
          saved.textContent = words.saved.replace("{at}", (await answer.json()).saved_at);
          document.getElementById("erase-button").hidden = false;
        }
        if (!answer.ok) last = "";
      } catch { last = ""; }
    });
    return saving;
  }

  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 1500); });
  form.addEventListener("change", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting) save();
  });
  last = (() => { const body = content(); body.delete("proof"); return body.toString(); })();

  // --- sending ---------------------------------------------------------------------------------------------

  let isReady = false;

  // A browser leaves the page for a form's answer and shows its own error where none comes; so we look first.
  async function isReached() {
    if (navigator.onLine === false) return false;
    const patience = new AbortController();
    const end = setTimeout(() => patience.abort(), 8000);
    try {
      await fetch("/health", { cache: "no-store", signal: patience.signal });
      return true;
    } catch {
      return false;
    } finally { clearTimeout(end); }
  }

  const back = () => new Promise((done) => {
    window.addEventListener("online", done, { once: true });
    setTimeout(done, 4000);
  });

  async function prepare(button) {
    clearTimeout(waiting);
    await Promise.race([saving, new Promise((done) => setTimeout(done, 3000))]);
    // Files that are on their way arrive first (photos.js).
    const awaited = [];
    form.dispatchEvent(new CustomEvent("leave", { detail: { awaited, say } }));
    await Promise.all(awaited);
    if (form.elements.step.value === "xem-lai" && !proof.value && words.challenge) {
      say(words.busy);
      await solve();
    }
    while (!(await isReached())) {
      say(words.offline);
      await back();
    }
    // A form cannot be sent again while its submit event is still being dispatched.
    await new Promise((done) => setTimeout(done, 0));
    isReady = true;
    form.requestSubmit(button || undefined);
  }

  let isSending = false;
  form.addEventListener("submit", (event) => {
    if (isReady) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    prepare(event.submitter);
  });
  window.addEventListener("pageshow", () => { isReady = isSending = false; say(""); });
})();
