// Keeps what an officer writes on the server while typing; without it the button "Lưu nháp" does. Nothing is stored on
// this machine. A lost network is retried; a session that is over is renewed in place, and the text stays in its form.
const SAVE_AFTER = 1500;
const RETRY_AFTER = 5000;
const LOOK_AGAIN_AFTER = [700, 1500, 3000];

const again = document.getElementById("sign-in-again");
const words = document.getElementById("draft-words")?.dataset;
const forms = [...document.querySelectorAll("form[data-draft]")].map(keep);
if (forms.length && performance.getEntriesByType("navigation")[0]?.type !== "navigate") showWhatWasStillOnItsWay();

function keep(form) {
  const state = form.querySelector(".draft-state");
  const version = form.elements.draft_version;
  let saved = fingerprint();
  let timer = null;
  let saving = false;
  let leaving = false;
  const draft = { save, isDirty: () => fingerprint() !== saved };

  form.autocomplete = "off";
  // Remarks stand below the paragraphs of the draft and belong to the form all the same.
  const written = ({ target }) => { if (target.form === form && target.name !== "template") schedule(SAVE_AFTER); };
  document.addEventListener("input", written);
  document.addEventListener("change", written);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  window.addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) location.reload();
  });
  window.addEventListener("pagehide", () => { if (!leaving && draft.isDirty()) save(true); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !leaving && draft.isDirty()) save(true);
  });
  window.addEventListener("online", () => { if (draft.isDirty()) save(); });

  function fields() {
    const all = new FormData(form);
    ["version", "then", "template", "key", "filename"].forEach((name) => all.delete(name));
    return all;
  }

  function fingerprint() {
    const all = new FormData(form);
    ["version", "draft_version", "then", "template", "key", "filename"].forEach((name) => all.delete(name));
    return new URLSearchParams(all).toString();
  }

  function schedule(wait) {
    clearTimeout(timer);
    timer = setTimeout(() => save(), wait);
  }

  function say(text, isBad = false) {
    state.textContent = text;
    state.classList.toggle("late", isBad);
  }

  async function save(isLast = false) {
    if ((saving && !isLast) || leaving) return;
    clearTimeout(timer);
    const written = fingerprint();
    if (written === saved) return;
    saving = true;
    if (!isLast) say(words.saving);
    let answer = null;
    try {
      answer = await fetch(form.dataset.draft, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(fields()),
        keepalive: isLast,
        credentials: "same-origin",
      });
      if (leaving) return;
      const body = await answer.json();
      if (answer.ok) {
        saved = written;
        version.value = body.version;
        state.dataset.words = body.words;
        state.dataset.at = body.saved_at;
        say(words.saved.replace("{at}", body.saved_at));
        if (draft.isDirty()) schedule(SAVE_AFTER);
      } else if (answer.status === 401) {
        askToSignIn();
      } else if (answer.status === 412) {
        showElsewhere(body);
      } else if (answer.status >= 500 || answer.status === 429) {
        say(words.offline, true);
        schedule(RETRY_AFTER);
      } else {
        say(`${words.refused} ${body.detail || ""}`, true);
      }
    } catch (error) {
      if (!leaving) {
        say(words.offline, true);
        schedule(RETRY_AFTER);
      }
    } finally {
      saving = false;
    }
  }

  function showElsewhere(body) {
    version.value = body.version;
    say(words.elsewhere, true);
    form.querySelectorAll(".elsewhere").forEach((old) => old.remove());
    const other = document.createElement("div");
    other.className = "elsewhere notice";
    for (const text of body.texts || []) {
      const paragraph = document.createElement("p");
      paragraph.className = "written";
      paragraph.lang = "vi";
      paragraph.textContent = text;
      other.append(paragraph);
    }
    if (other.children.length) state.after(other);
  }

  return draft;
}

// Words typed right before a reload, or before Back, may reach the server after it made this page: then it is shown anew.
async function showWhatWasStillOnItsWay() {
  const versions = (page) => [...page.querySelectorAll("form[data-draft]")].map((form) => form.elements.draft_version.value).join();
  const shown = versions(document);
  for (const wait of LOOK_AGAIN_AFTER) {
    await new Promise((done) => { setTimeout(done, wait); });
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const kept = versions(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (forms.some((draft) => draft.isDirty()) || versions(document) !== shown) return;
    if (kept !== shown) return void location.reload();
  }
}

function askToSignIn() {
  if (!again || again.open) return;
  sayWhatIsSaved();
  again.showModal();
  again.querySelector("[name=password]").focus();
}

function sayWhatIsSaved() {
  const saved = [...document.querySelectorAll(".draft-state[data-at]")].filter((state) => Number(state.dataset.words));
  const line = again.querySelector(".saved");
  const parts = saved.map((state) => line.dataset.kept.replace("{words}", state.dataset.words).replace("{at}", state.dataset.at));
  line.textContent = parts.join(" ");
  line.hidden = !parts.length;
}

if (again) {
  const form = again.querySelector("form");
  const problem = again.querySelector("[role=alert]");
  again.addEventListener("cancel", (event) => event.preventDefault());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      });
      if (answer.ok) {
        form.reset();
        again.close();
        forms.forEach((draft) => draft.save());
        return;
      }
      problem.textContent = answer.status === 401 ? problem.dataset.wrong : (await answer.json()).detail;
    } catch (error) {
      problem.textContent = problem.dataset.offline;
    }
    problem.hidden = false;
  });
}
