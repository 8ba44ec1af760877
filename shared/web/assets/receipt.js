// The receipt: what was sent needs no draft any more; the picture is saved as PNG, which every gallery takes; printing.
"use strict";
try { localStorage.removeItem("pakn-draft"); } catch { /* nothing was kept */ }

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

// Without a script, or where drawing fails, the link gives the SVG.
const picture = document.getElementById("picture");
const drawn = new Image();
drawn.addEventListener("load", () => {
  const canvas = document.createElement("canvas");
  canvas.width = drawn.naturalWidth;
  canvas.height = drawn.naturalHeight;
  try {
    canvas.getContext("2d").drawImage(drawn, 0, 0);
    picture.href = canvas.toDataURL("image/png");
    picture.download = picture.download.replace(/svg$/, "png");
  } catch { /* the link stays what it was */ }
});
if (picture) drawn.src = picture.href;
