// Parts that follow what happens, and a telephone that sends without leaving its page. Without it, forms do the same.

const EVERY_MS = 1500;

const FOCUSABLE = "a[href], button, input, select, summary, [tabindex]";

const nameOf = (element) => element.getAttribute("href") ?? element.value + element.textContent;

function keepFocus(place, change) {
  const held = place.contains(document.activeElement) ? nameOf(document.activeElement) : undefined;
  change();
  if (held === undefined) return;
  [...place.querySelectorAll(FOCUSABLE)].find((each) => nameOf(each) === held)?.focus({ preventScroll: true });
}

async function refresh(place) {
  const answer = await fetch(place.dataset.follow);
  if (!answer.ok) return;
  const html = await answer.text();
  if (place.seen === undefined) place.seen = place.innerHTML.trim();
  if (place.seen === html.trim()) return;
  place.seen = html.trim();
  const parsed = new DOMParser().parseFromString(html, "text/html");
  keepFocus(place, () => place.replaceChildren(...parsed.body.childNodes));
}

function follow(place) {
  const again = async () => {
    if (!document.hidden) await refresh(place).catch(() => undefined);
    setTimeout(again, Number(place.dataset.every) || EVERY_MS);
  };
  setTimeout(again, Number(place.dataset.every) || EVERY_MS);
}

for (const place of document.querySelectorAll("[data-follow]")) follow(place);

document.querySelector(".places [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const form = document.querySelector("form.type");
if (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const line = form.elements.namedItem("text");
    const body = new URLSearchParams(new FormData(form));
    line.value = "";
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.statusText);
      await refresh(document.querySelector(".phone [data-follow]"));
    } catch {
      line.value = body.get("text"); // nothing typed is lost
    }
    line.focus();
  });
}
