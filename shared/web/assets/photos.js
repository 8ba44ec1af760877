// Photos and papers of the first step: photos are made smaller here, which takes place and camera out of them, then all are
// uploaded with their progress, again after a lost network. Without this script a plain form does it on a page of its own.
"use strict";
(() => {
  const pick = document.getElementById("pick");
  const form = document.getElementById("step");
  if (!pick || !window.fetch || !window.FormData || !window.Promise) return;
  const LONGEST_SIDE = 2048;
  const QUALITY = 0.85;
  const words = pick.dataset;
  const list = document.getElementById("file-list");
  const said = document.getElementById("files-said");
  // What a row shows already is for screen readers alone, and never takes the place of what others have to read.
  const heard = made("p", "hidden");
  heard.setAttribute("role", "status");
  said.after(heard);
  const tell = (text) => { said.className = "meta"; said.textContent = text; };
  const types = words.types.split(",");
  const byExtension = { jpg: types[0], jpeg: types[0], jfif: types[0], png: "image/png", webp: "image/webp", pdf: "application/pdf" };
  let queue = Promise.resolve();
  let waiting = 0;

  pick.hidden = false;
  const plain = document.getElementById("plain-files");
  if (plain) plain.remove();

  // --- a row ------------------------------------------------------------------------------------------------

  function made(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  function icon(name) {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("class", "icon");
    picture.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${words.icons}#i-${name}`);
    picture.append(use);
    return picture;
  }

  function rowOf(name) {
    const element = made("li", "file");
    const picture = made("span", "picture");
    picture.append(icon("file"));
    const state = made("span", "state");
    const told = made("span");
    told.append(made("span", "title", name), state);
    const take = made("button", "link", words.take);
    take.type = "button";
    take.append(made("span", "hidden", ` ${name}`));
    const bar = made("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    element.append(picture, told, take, bar);
    list.append(element);
    const row = {
      element, picture, name, isGone: false, request: null,
      say(text) { state.className = "state"; state.textContent = text; },
      move(percent) { bar.value = percent; row.say(words.sending.replace("{percent}", percent)); },
      end(text, isGood) {
        bar.remove();
        state.className = isGood ? "state good" : "state bad";
        state.textContent = text;
        if (isGood) state.prepend(icon("check"));
        heard.textContent = `${name}: ${text}`;
      },
    };
    take.addEventListener("click", () => { row.isGone = true; if (row.request) row.request.abort(); takeAway(element); });
    return row;
  }

  const passOf = () => (form.elements.p ? form.elements.p.value : "");

  function posted(address, facts) {
    const body = new URLSearchParams({ ...facts, ...(passOf() ? { p: passOf() } : {}) });
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  }

  async function takeAway(element) {
    const next = element.nextElementSibling ? element.nextElementSibling.querySelector("button") : document.getElementById("choose-files");
    const id = element.dataset.id;
    element.remove();
    if (next) next.focus();
    said.textContent = "";
    if (id) try { await posted(words.remove, { remove: id }); } catch { /* it is listed on the next page, to be taken away there */ }
  }

  list.addEventListener("click", (event) => {
    const take = event.target.closest("button[name=remove]");
    if (!take) return;
    event.preventDefault();
    takeAway(take.closest("li"));
  });

  // --- a file -----------------------------------------------------------------------------------------------

  const isHeic = (file) => /^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name);
  const typeOf = (file) => (types.includes(file.type) ? file.type : byExtension[file.name.split(".").pop().toLowerCase()]);

  function drawn(bitmap, width, height) {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(bitmap, 0, 0, width, height);
    return canvas;
  }

  // What the browser cannot draw is sent as it is: the server draws it anew, or says why not.
  async function shrunk(file, row) {
    if (!window.createImageBitmap || !(file.type.startsWith("image/") || isHeic(file))) return file;
    let bitmap;
    try { bitmap = await createImageBitmap(file); } catch { return file; }
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const size = (share) => [Math.max(1, Math.round(bitmap.width * share)), Math.max(1, Math.round(bitmap.height * share))];
    row.picture.replaceChildren(drawn(bitmap, ...size(Math.min(1, 168 / Math.max(bitmap.width, bitmap.height)))));
    const small = await new Promise((done) => drawn(bitmap, ...size(scale)).toBlob(done, types[0], QUALITY));
    bitmap.close();
    return small ? new File([small], file.name.replace(/\.\w{1,5}$/, "") + ".jpg", { type: types[0] }) : file;
  }

  function problemOf(file) {
    if (isHeic(file)) return words.heic;
    if (!typeOf(file)) return words.wrongType;
    if (!file.size) return words.empty;
    return file.size > Number(words.mostBytes) ? words.tooLarge : "";
  }

  async function markOf(file) {
    if (!window.crypto || !crypto.subtle || !file.arrayBuffer) return "";
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // --- on its way -------------------------------------------------------------------------------------------

  const back = () => new Promise((done) => {
    window.addEventListener("online", done, { once: true });
    setTimeout(done, 4000);
  });

  function uploaded(told, file, row) {
    return new Promise((done, failed) => {
      const fields = new FormData();
      for (const [name, value] of Object.entries(told.upload.fields)) fields.append(name, value);
      fields.append("file", file);
      const request = new XMLHttpRequest();
      row.request = request;
      request.upload.onprogress = (event) => row.move(Math.floor((100 * event.loaded) / (event.total || 1)));
      request.onload = () => (request.status < 300 ? done() : failed(new Error(words.again)));
      request.onerror = () => failed(new TypeError("network"));
      request.onabort = () => failed(new TypeError("aborted"));
      request.open("POST", told.upload.url);
      request.send(fields);
    });
  }

  async function sentOnce(file, mark, row) {
    const answer = await posted(words.declare, { filename: file.name.slice(-100), content_type: typeOf(file), size: file.size, mark });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.message || words.again);
    const listed = list.querySelector(`[data-id="${told.id}"]`);
    if (listed && listed !== row.element) {
      if (told.is_there) {
        row.element.remove();
        tell(words.there);
        return;
      }
      listed.remove(); // what had broken off is now sent
    }
    row.element.dataset.id = told.id;
    document.getElementById("erase-button").hidden = false;
    if (!told.is_there) await uploaded(told, file, row);
    row.end(words.done, true);
    followed(row);
  }

  async function followed(row) {
    for (let wait = 1000; wait < 17000 && row.element.isConnected; wait *= 2) {
      await new Promise((done) => setTimeout(done, wait));
      try {
        const { files } = await (await fetch(words.states)).json();
        const told = files.find((one) => one.id === row.element.dataset.id);
        if (told && told.state !== "CHECKING") {
          row.end(told.text, told.state === "READY");
          return;
        }
      } catch { /* it is told on the next page */ }
    }
  }

  async function send(chosen, row) {
    row.say(words.shrinking);
    const file = await shrunk(chosen, row);
    const problem = problemOf(file);
    if (problem) { row.end(problem, false); return; }
    const mark = await markOf(file);
    for (let failures = 0; !row.isGone;) {
      try {
        await sentOnce(file, mark, row);
        return;
      } catch (error) {
        if (row.isGone) return;
        if (!(error instanceof TypeError) && (failures += 1) > 1) { row.end(error.message, false); return; }
        if (error instanceof TypeError) row.say(words.offline);
        await back();
      }
    }
  }

  function take(input) {
    const files = [...input.files];
    input.value = "";
    said.textContent = "";
    for (const file of files) {
      if (list.children.length >= Number(words.most)) { tell(words.enough); return; }
      const row = rowOf(file.name);
      waiting += 1;
      queue = queue.then(() => send(file, row)).catch(() => row.end(words.again, false)).then(() => { waiting -= 1; });
    }
  }

  for (const input of pick.querySelectorAll("input")) {
    input.addEventListener("change", () => take(input));
    if (input.files.length) take(input); // chosen before this script came
  }
  form.addEventListener("leave", (event) => {
    if (!waiting) return;
    event.detail.say(words.uploading);
    event.detail.awaited.push(queue);
  });
})();
