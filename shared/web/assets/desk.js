// Improves the desk's pages; each of them works without it. Menus: one open at a time; Escape and a click elsewhere close it.
const menus = () => document.querySelectorAll("details.menu[open], details.me[open]");
const close = (except) => { for (const menu of menus()) if (menu !== except) menu.open = false; };
document.addEventListener("click", (event) => close(event.target.closest("details.menu, details.me")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

// Ticks: the box of the head ticks all rows; the bar says how many are chosen, and how many of them can be accepted.
const many = document.querySelector("#many");
if (many) {
  const all = many.querySelector("#all");
  const boxes = [...many.querySelectorAll(".pick")];
  const clear = many.querySelector("[data-clear]");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked);
    const said = many.querySelector("[data-count]");
    if (said) said.textContent = chosen.length;
    const free = chosen.filter((box) => box.closest(".free")).length;
    const of = many.querySelector("[data-free]");
    if (of) of.textContent = free === chosen.length ? "" : ` ${of.dataset.free.replace("{part}", free).replace("{all}", chosen.length)}`;
  };
  const untick = () => { for (const box of boxes) box.checked = false; if (all) all.checked = false; count(); };
  many.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    else if (all) all.checked = boxes.every((box) => box.checked);
    count();
  });
  if (clear) { clear.hidden = false; clear.addEventListener("click", untick); }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]")) untick(); });
  count();
}
// A page that is meant for paper has a button for it, where there is a script to press it.
for (const button of document.querySelectorAll("[data-print]")) { button.hidden = false; button.addEventListener("click", () => print()); }
// What many petitions were too many for one request goes on with the rest by itself.
const rest = document.querySelector("form[data-goes-on]");
if (rest) rest.requestSubmit();
