// Listens to the builds of `make live`: reloads this page when it has changed, at the same scroll position, and shows errors and
// warnings over it until they are fixed.
(() => {
  "use strict";
  const PLACE = "insights-live-place";
  const FOLDED = "insights-live-folded"; // a folded list still shows the number of errors
  const blocks = () => [...document.querySelectorAll("main :is(h1, h2, h3, p, li, pre, figure, table)")];
  const own = document.currentScript.dataset.page; // a digest of this page
  const opened = new Map(); // the groups that somebody has opened or closed
  let seen = null; // the number of the last build that this page was compared with

  // Store the first visible block: its text, its index, and its distance from the top of the window.
  function remember() {
    const all = blocks();
    const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const index = all.findIndex((block) => block.getBoundingClientRect().bottom > bar);
    if (index < 0 || window.scrollY === 0) return;
    const place = { path: location.pathname, index, words: all[index].textContent, top: all[index].getBoundingClientRect().top };
    sessionStorage.setItem(PLACE, JSON.stringify(place));
  }

  function restore() {
    const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
    sessionStorage.removeItem(PLACE);
    if (!place || place.path !== location.pathname) return;
    history.scrollRestoration = "manual";
    const all = blocks();
    const distances = all.map((block, index) => [Math.abs(index - place.index), block]);
    const alike = distances.filter(([, block]) => block.textContent === place.words);
    const block = alike.sort((a, b) => a[0] - b[0])[0]?.[1] ?? all[Math.min(place.index, all.length - 1)];
    if (block) window.scrollTo({ top: window.scrollY + block.getBoundingClientRect().top - place.top, behavior: "instant" });
  }

  // The messages of each file, those of this page first and open.
  function groups(lines) {
    const files = new Map();
    for (const line of lines) {
      const [, file, number, words] = line.match(/^([^:]+):(\d+): (.*)$/s) || [null, "", "", line];
      const item = document.createElement("li");
      const where = document.createElement("code");
      where.textContent = number;
      item.append(where, " ", words);
      files.set(file, [...(files.get(file) || []), item]);
    }
    const folder = location.pathname.slice(1);
    const here = (file) => file === `${folder.replace(/\/$/, "") || "index"}.md` || (folder !== "" && file.startsWith(folder));
    const ordered = [...files].sort(([a], [b]) => here(b) - here(a));
    return ordered.map(([file, items]) => {
      const group = document.createElement("details");
      const name = document.createElement("summary");
      const list = document.createElement("ul");
      group.open = opened.get(file) ?? (here(file) || ordered.length === 1);
      group.addEventListener("toggle", () => opened.set(file, group.open));
      name.textContent = `${file || "The build"} (${items.length})`;
      list.append(...items);
      group.append(name, list);
      return group;
    });
  }

  function show(status) {
    const panel = document.getElementById("insights-live") || document.createElement("aside");
    panel.id = "insights-live";
    panel.setAttribute("role", "status");
    panel.hidden = !status.errors.length && !status.warnings.length;
    const fold = document.createElement("details");
    fold.open = sessionStorage.getItem(FOLDED) === null;
    fold.addEventListener("toggle", () => (fold.open ? sessionStorage.removeItem(FOLDED) : sessionStorage.setItem(FOLDED, "")));
    const heading = document.createElement("summary");
    const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
    heading.textContent = `${counted(status.errors.length, "error")}, ${counted(status.warnings.length, "warning")}`;
    fold.append(heading, ...groups([...status.errors, ...status.warnings]));
    panel.replaceChildren(fold);
    if (!panel.isConnected) document.body.append(panel);
  }

  async function receive(status) {
    show(status);
    if (status.building || status.number === seen) return;
    const page = await (await fetch(location.href, { cache: "no-store" })).text();
    if (!page.includes(`data-page="${own}"`)) {
      remember();
      location.reload();
    }
    seen = status.number;
  }

  restore();
  new EventSource("/_live/status").onmessage = (message) => receive(JSON.parse(message.data));
  addEventListener("load", () => setTimeout(() => (history.scrollRestoration = "auto")));
})();
