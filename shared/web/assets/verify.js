// Verifies the history on the tracking page in the browser: every word shown, the chain, and the signed daily root.
// The recipe is docs/verifying.md; verify_history.py does the same without this page. Where no script runs, a note stays.
"use strict";
(() => {
  const data = document.getElementById("record");
  const list = document.getElementById("verified");
  if (!data || !list || !window.crypto || !crypto.subtle) return;
  const record = JSON.parse(data.textContent);
  let isIntact = true;
  const utf8 = (text) => new TextEncoder().encode(text);
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const base64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const sha256 = async (content) => new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hashed = async (text) => hex(await sha256(utf8(text)));
  const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));

  // The names in alphabetical order and no spaces: canonical JSON.
  async function entryHolds({ action, at, seq, state, text, kept, kept_words: keptWords, is_erased: isErased, digest }) {
    if (!digest.startsWith("2:")) {
      return isErased || digest === await hashed(await hashed(JSON.stringify({ action, at, seq, state, text })) + kept);
    }
    const [, facts, words] = digest.split(":");
    if (facts !== await hashed(await hashed(JSON.stringify({ action, at, seq, state })) + kept)) return false;
    const hasWords = text !== null || keptWords !== null;
    if (isErased) return !hasWords;
    return words === (hasWords ? await hashed(await hashed(JSON.stringify({ text })) + keptWords) : "");
  }

  async function chainHolds() {
    let before = "0".repeat(64);
    for (const [index, entry] of record.entries.entries()) {
      if (entry.seq !== index + 1) return false;
      if (entry.kept && !(await entryHolds(entry))) return false;
      if (entry.hash !== await hashed(before + entry.digest)) return false;
      before = entry.hash;
    }
    return record.entries.length > 0;
  }

  async function rootHolds({ version, path, root }) {
    const head = record.entries[version - 1].hash;
    const secret = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", utf8(record.entries[0].hash), secret, false, ["sign"]);
    const leaf = await crypto.subtle.sign("HMAC", key, utf8(`${record.reference}:${version}:${head}`));
    let reached = await sha256(joined([0], new Uint8Array(leaf)));
    for (const step of path) {
      const neighbour = bytes(step.slice(1));
      reached = await sha256(step[0] === "L" ? joined([1], neighbour, reached) : joined([1], reached, neighbour));
    }
    const withheld = root.withheld ? `withheld: ${root.withheld}\n` : "";
    const restored = (root.restored || []).map((line) => `restored: ${line}\n`).join("");
    const format = restored ? 3 : withheld ? 2 : 1;
    const told = `pakn-root-v${format}\nday: ${root.day}\ncount: ${root.count}\n${withheld}${restored}tree: ${root.tree}\nprevious: ${root.previous}\n`;
    return hex(reached) === root.tree && told === root.statement && await isSigned(root);
  }

  async function isSigned(root) {
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("spki", base64(root.public_key), curve, false, ["verify"]);
    const how = { name: "ECDSA", hash: "SHA-256" };
    return crypto.subtle.verify(how, key, numbersOf(base64(root.signature)), utf8(root.statement));
  }

  // WebCrypto wants both numbers of a signature side by side, in 32 bytes each; AWS gives them in DER.
  function numbersOf(der) {
    const end = 4 + der[3];
    const number = (part) => {
      const short = Array.from(part).slice(-32);
      return [...new Array(32 - short.length).fill(0), ...short];
    };
    return Uint8Array.from([...number(der.slice(4, end)), ...number(der.slice(end + 2))]);
  }

  async function show(step, check) {
    const line = list.querySelector(`[data-step="${step}"]`);
    if (!line) return;
    const holds = await check().catch(() => false);
    line.querySelector(holds ? ".holds" : ".broken").hidden = false;
    line.className = holds ? "in-time" : "late";
    line.hidden = false;
    list.hidden = false;
    document.getElementById("unverified").hidden = true;
    isIntact = isIntact && holds;
  }

  // The line that is seen without unfolding; what does not hold unfolds by itself.
  function sayVerdict() {
    const verdict = document.getElementById("verdict");
    verdict.querySelector(".unread").hidden = true;
    verdict.querySelector(isIntact ? ".holds" : ".broken").hidden = false;
    if (!isIntact) document.getElementById("verification").open = true;
  }

  show("chain", chainHolds).then(() => show("root", () => rootHolds(record.proof))).then(sayVerdict);
})();
