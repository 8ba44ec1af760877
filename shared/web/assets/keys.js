// Keyboard at the desk: shortcuts of one letter, which an officer may turn off, and the command palette (Ctrl or Command and K).
// Every page works without it. The help stands on the page of the shortcuts, which is fetched when it is first needed.
const every = (selector, root = document) => [...root.querySelectorAll(selector)];
const isTyping = (target) => target.closest?.('input:not([type="checkbox"]), textarea, select, [contenteditable]');
const isSeen = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const language = document.documentElement.lang === "en" ? "&lang=en" : "";

const live = document.createElement("p");
live.className = "hidden";
live.setAttribute("role", "status");
document.body.append(live);
const say = (text, where = live) => { where.textContent = ""; setTimeout(() => { where.textContent = text; }, 50); };

// What was just done stands on the page when it comes, where no reader of screens notices it: it is said.
const news = document.querySelector("main .notice[role=status] p, main .note[role=status] p");
if (news) setTimeout(() => say(news.textContent.replace(/\s+/gu, " ").trim()), 400);

// ---------------------------------------------------------------- dialogs: the palette stands in each page, the help in that of the shortcuts
function dialogFrom(template) {
  const dialog = document.importNode(template.content, true).querySelector("dialog");
  for (const button of every("[data-close]", dialog)) button.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  return dialog;
}
let fetched;
function helpDialog() {
  fetched ??= fetch(document.body.dataset.shortcuts).then((answer) => answer.text()).then((text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const dialog = dialogFrom(page.querySelector("template#help"));
    dialog.querySelector("[data-shortcuts]").append(...document.importNode(page.querySelector("#shortcuts"), true).childNodes);
    return dialog;
  });
  return fetched;
}

// ---------------------------------------------------------------- the palette: petitions, actions of this page, pages
const plain = (character) => character.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/giu, "d").toLowerCase()[0] ?? " ";
const letters = (text) => [...text.normalize("NFC")];
const folded = (text) => letters(text).map(plain).join("");
const words = (text) => folded(text).split(/\s+/u).filter(Boolean);
const label = (element) => element.textContent.replace(/\s+/gu, " ").trim();
const link = (element) => ({ text: label(element), href: element.href });

function marked(text, query) {
  const span = document.createElement("span");
  const at = query ? folded(text).indexOf(query) : -1;
  if (at < 0) { span.textContent = text; return span; }
  const all = letters(text);
  const mark = document.createElement("mark");
  mark.textContent = all.slice(at, at + query.length).join("");
  span.append(all.slice(0, at).join(""), mark, all.slice(at + query.length).join(""));
  return span;
}

const reference = (element) => element?.querySelector(".ref")?.textContent.trim();
const onPage = () => every(".what > a").map((element) => ({ ...link(element), meta: reference(element.parentElement) }));
const actions = () => every("main button[type=submit], main a.btn, main .menu a").filter((element) => !element.closest(".filters, dialog") && !element.classList.contains("unseen")
  && (isSeen(element) || element.closest("details")) && label(element)).map((element) => ({ text: label(element), element }));
const pages = () => every(".nav a, .views a.view, .me-menu a:not([data-palette])").map(link);

async function found(text) {
  const answer = await fetch(`/desk/search?q=${encodeURIComponent(text)}${language}`);
  if (!answer.ok) return [];
  return every(".hit h3 a", new DOMParser().parseFromString(await answer.text(), "text/html")).map((hit) => ({ text: label(hit), href: new URL(hit.getAttribute("href"), location.href).href, meta: reference(hit.closest(".hit")) }));
}

const opened = new WeakMap();
function setUp(dialog) {
  const input = dialog.querySelector("input");
  const list = dialog.querySelector(".opts");
  const status = dialog.querySelector("[role=status]");
  const names = dialog.dataset;
  let options = [];
  let at = 0;
  let hits = [];
  let asked = 0;

  const choose = (option) => {
    dialog.close();
    if (option.href) { location.assign(option.href); return; }
    const empty = option.element.form && every("textarea, input[required], select[required]", option.element.form).find((field) => !field.value && isSeen(field));
    if (empty) empty.focus(); else option.element.click();
  };
  const select = (index) => {
    at = Math.max(0, Math.min(options.length - 1, index));
    for (const [number, option] of options.entries()) option.row.setAttribute("aria-selected", String(number === at));
    if (options[at]) { input.setAttribute("aria-activedescendant", options[at].row.id); options[at].row.scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
  };
  const draw = () => {
    const text = input.value.trim();
    const wanted = words(text);
    const fits = (option) => wanted.every((word) => folded(option.text).includes(word));
    const digits = text.replace(/[\s.-]/gu, "");
    const petitions = /^\d{11}$/u.test(digits) ? [{ text: `${names.open} ${text}`, href: `/desk/search?q=${digits}${language}` }] : [];
    const seen = new Set();
    const fresh = (option) => { const key = option.href?.split("?")[0]; return !key || (!seen.has(key) && seen.add(key)); };
    const groups = [
      [names.petitions, [...petitions, ...(text ? [...onPage().filter(fits), ...hits].filter(fresh).slice(0, 8) : [])]],
      [names.actions, actions().filter(fits).slice(0, 8)],
      [names.pages, [...pages().filter(fits), ...(text ? [{ text: `${names.search} “${text}”`, href: `/desk/search?q=${encodeURIComponent(text)}${language}` }] : [])]],
    ];
    options = [];
    list.replaceChildren(...groups.filter(([, members]) => members.length).map(([title, members], number) => {
      const group = document.createElement("div");
      group.setAttribute("role", "group");
      const head = document.createElement("p");
      head.className = "meta";
      head.id = `og${number}`;
      head.textContent = title;
      group.setAttribute("aria-labelledby", head.id);
      group.append(head, ...members.map((option) => {
        const row = document.createElement("div");
        row.className = "opt";
        row.id = `o${options.length}`;
        row.setAttribute("role", "option");
        row.append(marked(option.text, wanted.join(" ")));
        if (option.meta) { const meta = document.createElement("span"); meta.className = "meta"; meta.textContent = option.meta; row.append(meta); }
        row.addEventListener("click", () => choose(option));
        options.push({ ...option, row });
        return row;
      }));
      return group;
    }));
    select(0);
    say(`${names.results} ${options.length}`, status);
  };
  let timer;
  input.addEventListener("input", () => {
    const mine = ++asked;
    hits = [];
    draw();
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length > 1 && !/^[\d\s.-]+$/u.test(text)) timer = setTimeout(async () => { const answered = await found(text).catch(() => []); if (mine === asked) { hits = answered; draw(); } }, 250);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); select(at + step); }
    if (event.key === "Enter") { event.preventDefault(); if (options[at]) choose(options[at]); }
  });
  return () => { input.value = ""; hits = []; draw(); };
}

let palette;
function openPalette() {
  palette ??= dialogFrom(document.querySelector("template#palette"));
  if (!opened.has(palette)) opened.set(palette, setUp(palette));
  opened.get(palette)();
  if (!palette.open) palette.showModal();
}

// ---------------------------------------------------------------- shortcuts of one letter
const rows = () => every(".what > a").filter(isSeen);
const current = () => { const row = document.activeElement?.closest(".p, .rows > li"); return row?.querySelector(".what > a") ?? null; };
function move(step) {
  const all = rows();
  const here = all.indexOf(current());
  const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, here + step))];
  next?.focus();
}
function tick() {
  current()?.closest(".p")?.querySelector(".pick")?.click();
  const bar = document.querySelector(".bulk > strong");
  if (bar) say(label(bar));
}
function accept() {
  const bulk = document.querySelector('.bulk button[value="accept"]');
  if (bulk) {
    if (!document.querySelector(".pick:checked")) tick();
    if (document.querySelector(".pick:checked")) bulk.click();
    return;
  }
  document.querySelector('#next[form="f-accept"], #f-accept button[type=submit], a[href="#do-accept"]')?.click();
}
function edit() {
  const row = current();
  if (row) { row.click(); return; }
  const text = document.querySelector("#f-draft-answer textarea");
  if (text) { if (!isSeen(text)) location.hash = "#do-draft-answer"; text.focus(); }
}
const find = () => { const field = document.querySelector("#find, #q"); if (field) field.focus(); else openPalette(); };
const help = async () => { const dialog = await helpDialog(); if (!dialog.open) dialog.showModal(); };
const KEYS = { j: () => move(1), k: () => move(-1), e: edit, x: tick, a: accept, n: () => document.querySelector('[data-key="n"]')?.click(), "/": find, "?": help };

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); return; }
  if (document.body.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "a") return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});
for (const opener of every("[data-palette]")) opener.addEventListener("click", (event) => { event.preventDefault(); openPalette(); });
