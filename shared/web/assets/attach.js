// Sends files in one step: chosen or dropped, declared, uploaded with their progress, followed until they were checked.
// Without this script, or where it fails, the form below does the same in two pages.
"use strict";
(() => {
  const box = document.getElementById("upload");
  const plain = document.getElementById("attach-plain");
  if (!box || !plain || !window.fetch || !window.FormData) return;
  const words = box.dataset;
  const input = box.querySelector("input");
  const list = box.querySelector("ul");
  const types = input.accept.split(",");
  const byExtension = { jpg: types[0], jpeg: types[0], jfif: types[0], png: "image/png", webp: "image/webp", pdf: "application/pdf" };
  const petition = `/v1/petitions/${plain.elements.ma.value}`;
  const language = `?lang=${document.documentElement.lang}`;
  const headers = { "X-Petition-Pin": plain.elements.pin.value };
  let queue = Promise.resolve();

  box.hidden = false;
  plain.hidden = true;

  function row(file) {
    const made = document.createElement("li");
    const name = document.createElement("strong");
    name.className = "filename";
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = file.size || 1;
    bar.setAttribute("aria-label", file.name);
    const said = document.createElement("p");
    said.setAttribute("role", "status");
    made.append(name, bar, said);
    list.append(made);
    return {
      bar,
      say(text) { said.textContent = text; },
      end(text, className) { bar.remove(); said.textContent = text; said.className = className; },
    };
  }

  function typeOf(file) {
    return types.includes(file.type) ? file.type : byExtension[file.name.split(".").pop().toLowerCase()];
  }

  function problemOf(file) {
    if (/^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name)) return words.heic;
    if (!typeOf(file)) return words.wrongType;
    if (!file.size) return words.empty;
    return file.size > Number(words.mostBytes) ? words.tooLarge : "";
  }

  async function declared(file) {
    const answer = await fetch(`${petition}/attachments${language}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify({ filename: file.name.slice(-100), content_type: typeOf(file), size: file.size }),
    });
    const told = await answer.json();
    if (answer.ok) return told;
    throw new Error((told.errors || []).map((one) => one.message).join(" ") || told.detail);
  }

  function uploaded(form, file, shown) {
    return new Promise((done, failed) => {
      const fields = new FormData();
      for (const [name, value] of Object.entries(form.fields)) fields.append(name, value);
      fields.append("file", file);
      const request = new XMLHttpRequest();
      request.upload.onprogress = (event) => { shown.bar.max = event.total; shown.bar.value = event.loaded; };
      request.onload = () => (request.status < 300 ? done() : failed(new Error(words.again)));
      request.onerror = () => { plain.hidden = false; failed(new Error(words.plain)); };
      request.open("POST", form.url);
      request.send(fields);
    });
  }

  async function checked(id) {
    for (let wait = 1000; wait < 20000; wait *= 1.6) {
      await new Promise((done) => setTimeout(done, wait));
      const answer = await fetch(petition + language, { headers });
      const found = answer.ok ? (await answer.json()).attachments.find((one) => one.id === id) : null;
      if (found && found.state !== "EXPECTED") return found;
    }
    return null;
  }

  async function send(file) {
    const shown = row(file);
    try {
      const problem = problemOf(file);
      if (problem) throw new Error(problem);
      shown.say(words.sending);
      const told = await declared(file);
      await uploaded(told.upload, file, shown);
      shown.say(words.checking);
      const found = await checked(told.attachment.id);
      if (!found) shown.end(words.later, "quiet");
      else if (found.state === "CLEAN") shown.end(found.state_label, "in-time");
      else shown.end(`${found.state_label}. ${found.reason || ""}`, "error");
    } catch (error) {
      shown.end(error instanceof TypeError ? words.again : error.message, "error");
    }
  }

  function take(files) {
    for (const file of files) queue = queue.then(() => send(file));
    input.value = "";
  }

  input.addEventListener("change", () => take([...input.files]));
  if (input.files.length) take([...input.files]); // chosen before this script came
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") take([...event.dataTransfer.files]);
    });
  }
})();
