// Improves the desk's pages; each of them works without it. Menus: one open at a time; Escape and a click elsewhere close it.
const menus = () => document.querySelectorAll("details.menu[open], details.me[open]");
const close = (except) => { for (const menu of menus()) if (menu !== except) menu.open = false; };
document.addEventListener("click", (event) => close(event.target.closest("details.menu, details.me")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
