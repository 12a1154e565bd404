// Waits for news of the build: loads this page again when it has changed, at the place that was being read, and lays what is wrong
// over it until that is mended.
(() => {
  "use strict";
  const PLACE = "insights-live-place";
  const FOLDED = "insights-live-folded"; // whoever folds the list away keeps the number of mistakes
  const blocks = () => [...document.querySelectorAll("main :is(h1, h2, h3, p, li, pre, figure, table)")];
  const own = document.currentScript.dataset.page; // a digest of this page
  let seen = null; // the number of the build that it was last compared with

  // The first block in view, by its words and its number, and how far below the top of the window it stands.
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
    const alike = all.map((block, index) => [Math.abs(index - place.index), block]).filter(([, block]) => block.textContent === place.words);
    const block = alike.length ? alike.sort((a, b) => a[0] - b[0])[0][1] : all[Math.min(place.index, all.length - 1)];
    if (block) window.scrollTo({ top: window.scrollY + block.getBoundingClientRect().top - place.top, behavior: "instant" });
  }

  function show(news) {
    const panel = document.getElementById("insights-live") || document.createElement("aside");
    panel.id = "insights-live";
    panel.setAttribute("role", "status");
    panel.hidden = !news.errors.length;
    const fold = document.createElement("details");
    fold.open = sessionStorage.getItem(FOLDED) === null;
    fold.addEventListener("toggle", () => (fold.open ? sessionStorage.removeItem(FOLDED) : sessionStorage.setItem(FOLDED, "")));
    const heading = document.createElement("summary");
    heading.textContent = `${news.errors.length} to mend` + (news.warnings.length ? `, ${news.warnings.length} to look at again` : "");
    const list = document.createElement("ul");
    for (const line of [...news.errors, ...news.warnings]) {
      const item = document.createElement("li");
      const [, place, words] = line.match(/^([^:]+:\d+): (.*)$/s) || [null, "", line];
      const where = document.createElement("code");
      where.textContent = place;
      item.append(where, " ", words);
      list.append(item);
    }
    fold.append(heading, list);
    panel.replaceChildren(fold);
    if (!panel.isConnected) document.body.append(panel);
  }

  async function hear(news) {
    show(news);
    if (news.building || news.number === seen) return;
    const page = await (await fetch(location.href, { cache: "no-store" })).text();
    if (!page.includes(`data-page="${own}"`)) {
      remember();
      location.reload();
    }
    seen = news.number;
  }

  restore();
  new EventSource("/_live/news").onmessage = (message) => hear(JSON.parse(message.data));
  addEventListener("load", () => setTimeout(() => (history.scrollRestoration = "auto")));
})();
