// Improves the form for sending; without it everything works. Solves the page's challenge while somebody writes, keeps
// a draft of the content on this machine, counts characters, and shows published answers to questions like it.
"use strict";
(() => {
  const form = document.getElementById("send");
  const content = document.getElementById("content");
  const DRAFT = "pakn-draft";
  const KEPT_FOR = 7 * 24 * 3600 * 1000;
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

  // --- the draft: what is said, never who says it ------------------------------------------------------

  const kept = ["content", "subject", "field"];
  const choice = document.getElementById("draft-choice");
  const keep = document.getElementById("draft-keep");
  const note = document.getElementById("draft");

  function stored() {
    try {
      const draft = JSON.parse(localStorage.getItem(DRAFT));
      return draft && Date.now() - draft.at < KEPT_FOR ? draft : null;
    } catch { return null; }
  }

  function forget() {
    try { localStorage.removeItem(DRAFT); } catch { /* nothing is kept where nothing may be kept */ }
  }

  function remember() {
    if (!keep.checked) return;
    const draft = { at: Date.now(), kind: form.elements.kind.value };
    for (const name of kept) draft[name] = form.elements[name].value;
    try { localStorage.setItem(DRAFT, JSON.stringify(draft)); } catch { /* full or forbidden: the form works all the same */ }
  }

  choice.hidden = false;
  const draft = stored();
  keep.checked = draft !== null;
  if (draft && draft.content && !content.value) {
    for (const name of kept) form.elements[name].value = draft[name] || "";
    for (const radio of form.elements.kind) radio.checked = radio.value === (draft.kind || "");
    note.hidden = false;
  }
  form.addEventListener("input", (event) => { if (kept.includes(event.target.name) || event.target.name === "kind") remember(); });
  keep.addEventListener("change", () => (keep.checked ? remember() : forget()));
  document.getElementById("draft-drop").addEventListener("click", () => {
    forget();
    keep.checked = false;
    note.hidden = true;
    for (const name of kept) form.elements[name].value = "";
    count();
    content.focus();
  });

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

  // --- published answers to questions like it ------------------------------------------------------------

  const similar = document.getElementById("similar");
  const list = document.getElementById("similar-list");
  let waiting = 0;
  let asked = "";

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function shown(item) {
    const card = element("article", "", "card answer");
    const day = item.answered_on.split("-").reverse().join("/");
    const facts = [item.field_label, item.unit_label, day].filter(Boolean).join(" · ");
    const more = element("details");
    more.append(element("summary", list.dataset.answer), vietnamese(element("p", item.answer, "written")));
    if (item.citations.length) {
      const basis = element("ul");
      for (const one of item.citations) {
        const line = vietnamese(element("li"));
        line.append(one.link ? linked(one.number, one.link) : one.number, one.article ? `, ${one.article}` : "");
        basis.append(line);
      }
      more.append(element("p", list.dataset.basis, "label"), basis);
    }
    for (const file of item.attachments) {
      const line = element("p");
      line.append(linked(file.filename, file.url));
      more.append(line);
    }
    card.append(vietnamese(element("h3", item.subject)), element("p", facts, "quiet"), vietnamese(element("p", item.content, "written")), more);
    return card;
  }

  function vietnamese(made) {
    made.lang = "vi";
    return made;
  }

  function linked(text, address) {
    const made = element("a", text);
    made.href = address;
    made.rel = "noreferrer";
    made.target = "_blank";
    return made;
  }

  async function look() {
    const text = content.value.trim().slice(0, LONGEST);
    if (text.length < 30 || text === asked) return;
    asked = text;
    try {
      const answer = await fetch(form.dataset.similar, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ content: text }),
      });
      const items = answer.ok ? (await answer.json()).items || [] : [];
      if (asked !== text) return;
      list.replaceChildren(...items.map(shown));
      similar.hidden = items.length === 0;
    } catch { /* no network: nothing is shown */ }
  }

  content.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 1500); });
  content.addEventListener("change", look);
  look();
})();
