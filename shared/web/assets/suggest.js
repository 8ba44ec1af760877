// Published answers while one types on the home page. Without this script the form simply searches.
const form = document.getElementById("ask-form");
const input = document.getElementById("q");
const list = document.getElementById("suggest");
const status = document.getElementById("suggest-status");
const send = document.getElementById("send-typed");
const SHORTEST = 2;
const PAUSE = 250;
let waiting = 0;
let asking = new AbortController();

function clear() {
  list.replaceChildren();
  status.textContent = "";
  send.hidden = true;
}

function line(answer) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = answer.address + (document.documentElement.lang === "en" ? "?lang=en" : "");
  link.lang = "vi";
  link.textContent = answer.title;
  item.append(link);
  return item;
}

async function look() {
  const typed = input.value;
  asking.abort();
  if (typed.trim().length < SHORTEST) return clear();
  asking = new AbortController();
  const address = new URL(form.dataset.suggest, location.href);
  address.searchParams.set("q", typed);
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) return clear();
    const { answers, status: words } = await answer.json();
    list.replaceChildren(...answers.map(line));
    status.textContent = words;
    send.elements.q.value = typed;
    send.hidden = false;
  } catch { /* no network, or something newer was typed: the button searches all the same */ }
}

input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, PAUSE); });

form.addEventListener("keydown", (event) => {
  const lines = [input, ...list.querySelectorAll("a")];
  const place = lines.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" && list.children.length) {
    clear();
    input.focus();
  } else if (step && place >= 0 && lines[place + step]) {
    event.preventDefault();
    lines[place + step].focus();
  }
});
