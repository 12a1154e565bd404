// What HTML cannot do without a script: choose a colour scheme, mark the current section in the contents, show notes beside
// their references, copy code, and shortcuts. Every page works without it.

const root = document.documentElement;

// -- Colour scheme: the system's or the reader's choice. A script in the head of each page applies it before the first paint.

const SCHEMES = ["auto", "light", "dark"];

function name(button) {
  button.setAttribute("aria-label", `Colours: ${root.dataset.theme}. Change`);
}

for (const button of document.querySelectorAll(".theme-toggle")) {
  name(button);
  button.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const order = dark ? SCHEMES : ["auto", "dark", "light"]; // so that the first click changes the colours
    scheme(order[(order.indexOf(root.dataset.theme) + 1) % 3]);
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Without storage the choice applies to this page only.
    }
    document.querySelectorAll(".theme-toggle").forEach(name);
  });
}

// -- Menu and contents: close the popover when the keyboard focus leaves it, and when the window becomes wide enough for columns.

for (const sheet of document.querySelectorAll(".page > [popover]")) {
  matchMedia("(min-width: 76em)").addEventListener("change", () => sheet.hidePopover());
  sheet.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !sheet.contains(event.relatedTarget)) sheet.hidePopover();
  });
}

// -- Contents: the current section is the last one whose heading is in the top third of the window or above. At the end of the
// page, where headings cannot scroll that far, it is the target of the address, or else the last section in the window.

const contents = document.getElementById("contents");
const entries = new Map();
for (const link of document.querySelectorAll(".contents a[href^='#']")) {
  const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (section) entries.set(section, link);
  link.addEventListener("click", () => contents.hidePopover());
}

function follow() {
  const end = scrollY && scrollY + innerHeight > root.scrollHeight - 2;
  let current;
  for (const section of entries.keys()) {
    const { top } = section.getBoundingClientRect();
    if (top < innerHeight / (end ? 1 : 3)) current = section;
    if (top >= 0 && section.matches(":target")) break;
  }
  for (const [section, link] of entries) {
    if (section !== current) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      contents.scrollTop = link.offsetTop - contents.clientHeight / 2;
    }
  }
}

if (entries.size) {
  for (const moved of ["scroll", "resize", "hashchange"]) addEventListener(moved, follow, { passive: true });
  follow();
}

// -- Notes: show a footnote or a source beside its reference, on hover, focus or touch.

const card = document.createElement("div");
card.className = "note-card";
card.id = "note-card";
card.setAttribute("role", "note");
card.popover = "manual";
let shown, timer, touched;

function note(link) {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  return target?.closest(".footnote, .citation");
}

function show(link) {
  clearTimeout(timer);
  if (shown === link) return;
  const copy = note(link).cloneNode(true);
  copy.querySelectorAll(".label, .backrefs").forEach((part) => part.remove());
  copy.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
  card.replaceChildren(...copy.childNodes);
  shown?.removeAttribute("aria-describedby");
  shown = link;
  if (!card.isConnected) document.body.append(card);
  card.showPopover();
  link.setAttribute("aria-describedby", card.id);
  const at = link.getBoundingClientRect();
  const left = Math.min(at.left - 16, root.clientWidth - card.offsetWidth - 16);
  const above = at.bottom + card.offsetHeight > innerHeight && at.top > card.offsetHeight;
  card.style.left = `${Math.max(16, left) + scrollX}px`;
  card.style.top = `${(above ? at.top - card.offsetHeight : at.bottom) + scrollY}px`;
}

function hide() {
  clearTimeout(timer);
  if (!shown) return;
  shown.removeAttribute("aria-describedby");
  shown = undefined;
  card.hidePopover();
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(hide, 200);
};

for (const link of document.querySelectorAll("a.footnote-reference, .bibtex-citation a")) {
  if (!note(link)) continue;
  link.removeAttribute("title"); // the card shows the same text
  link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(link));
  link.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && soon());
  link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
  link.addEventListener("blur", soon);
  link.addEventListener("click", (event) => {
    // Touch cannot hover: the first tap shows the note, the second follows the link.
    if (touched && shown !== link) {
      show(link);
      event.preventDefault();
    } else {
      hide();
    }
  });
}
card.addEventListener("pointerenter", () => clearTimeout(timer));
card.addEventListener("pointerleave", soon);
document.addEventListener("pointerdown", (event) => {
  touched = event.pointerType !== "mouse"; // older browsers do not set pointerType on click events
  if (!card.contains(event.target) && event.target.closest("a") !== shown) hide();
});

// -- Wide figures: the contents give way to those beside them.

const wide = document.querySelectorAll(".wide");

function giveWay() {
  const place = contents.getBoundingClientRect();
  contents.classList.toggle(
    "aside",
    [...wide].some((figure) => {
      const { top, bottom, right } = figure.getBoundingClientRect();
      return right > place.left && top < place.bottom && bottom > place.top;
    }),
  );
}

if (contents && wide.length) {
  for (const moved of ["scroll", "resize"]) addEventListener(moved, giveWay, { passive: true });
  giveWay();
}

// -- Enlarge: show a drawing or a picture over the page. A click, Escape and the button Back of the browser close it.

for (const link of document.querySelectorAll("a.enlarge")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const picture = link.querySelector("img");
    const drawing = picture ? picture.cloneNode() : link.closest("figure").querySelector(".panels, .drawings");
    if (picture) drawing.src = link.href;
    enlarge(link, drawing, picture);
  });
}

function enlarge(link, drawing, picture) {
  const place = document.createElement("div"); // a drawing is moved, since a copy would repeat its ids
  const dialog = document.createElement("dialog");
  const frame = document.createElement("div");
  const button = document.createElement("button");
  dialog.className = "enlarged";
  dialog.setAttribute("aria-label", link.getAttribute("aria-label") ?? (picture.alt || "Picture"));
  button.textContent = "Close";
  place.style.height = `${drawing.offsetHeight}px`;
  if (drawing.isConnected) drawing.replaceWith(place);
  if (!picture) frame.className = "frame";
  frame.append(drawing);
  dialog.append(button, frame);
  document.body.append(dialog);
  const back = () => dialog.close();
  dialog.addEventListener("click", back);
  dialog.addEventListener("close", () => {
    removeEventListener("popstate", back);
    if (history.state?.enlarged) history.back();
    if (place.isConnected) place.replaceWith(drawing);
    dialog.remove();
    link.focus({ preventScroll: true });
  });
  history.pushState({ enlarged: true }, "");
  addEventListener("popstate", back);
  dialog.showModal();
}

// -- Copy buttons: copy code without prompts and line numbers.

for (const block of navigator.clipboard ? document.querySelectorAll(".highlight") : []) {
  const button = document.createElement("button");
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const code = block.querySelector("pre").cloneNode(true);
    code.querySelectorAll(".linenos, .gp").forEach((part) => part.remove());
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    button.dataset.done = "";
    setTimeout(() => {
      button.textContent = "Copy";
      delete button.dataset.done;
    }, 2000);
  });
  block.append(button);
}

// -- Arrow keys lead to the older and the newer essay, if the option navigation_with_keys of the theme is set.

if (document.querySelector("[data-keys]")) {
  addEventListener("keydown", (event) => {
    const relation = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (!relation || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest?.("input, textarea, select, pre, table, [contenteditable]")) return;
    document.querySelector(`.neighbours [rel="${relation}"]`)?.click();
  });
}

// -- Shortcuts: `/` moves to the search field, Escape closes a note.

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  const boxes = [...document.querySelectorAll("[type='search']")];
  const visible = boxes.findLast((box) => box.checkVisibility());
  if (visible) visible.focus();
  else location.assign(document.querySelector("link[rel='search']").href);
});
