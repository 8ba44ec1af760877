// The receipt: what was sent needs no draft any more, and can be printed.
"use strict";
try { localStorage.removeItem("pakn-draft"); } catch { /* nothing was kept */ }
const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
