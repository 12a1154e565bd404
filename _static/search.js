// The search: fetches the parts of the index that hold the reader's words, and lists what is found while she types.

const form = document.getElementById("search");
const box = form.querySelector("input");
const status = document.getElementById("found");
const list = document.getElementById("hits");
const common = new Set(form.dataset.common.split(" "));
const BLOCK = 50;
const PAGE = 20;

const fetched = new Map();

function get(path) {
  if (!fetched.has(path)) {
    const asked = fetch(path).then((answer) => (answer.ok ? answer.json() : {}));
    asked.catch(() => fetched.delete(path));
    fetched.set(path, asked);
  }
  return fetched.get(path);
}

// As search.py makes terms of words.
function terms(text) {
  const plain = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return (plain.match(/[a-z0-9]{2,}/g) ?? []).filter((word) => !common.has(word)).map(singular);
}

function singular(word) {
  if (word.length > 4 && word.endsWith("ies")) return word.slice(0, -3) + "y";
  return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}

// The documents that hold a term, or a word that begins with it, with what it weighs in each.
async function holding(term) {
  const weights = new Map();
  for (const [word, postings] of Object.entries(await get(`terms/${term.slice(0, 2)}.json`))) {
    if (!word.startsWith(term)) continue;
    const share = word === term ? 1 : 0.5;
    for (let at = 0; at < postings.length; at += 2) {
      weights.set(postings[at], Math.max(weights.get(postings[at]) ?? 0, postings[at + 1] * share));
    }
  }
  return weights;
}

// The numbers of the documents that hold every term, the best first; a rare term tells more than a frequent one.
async function ranked(asked) {
  const found = await Promise.all(asked.map(holding));
  const scores = new Map();
  for (const number of found[0].keys()) {
    if (!found.every((weights) => weights.has(number))) continue;
    const score = found.reduce((sum, weights) => sum + weights.get(number) / Math.log2(2 + weights.size), 0);
    scores.set(number, score);
  }
  return [...scores.keys()].sort((a, b) => scores.get(b) - scores.get(a) || b - a);
}

function marked(element, text, asked) {
  let end = 0;
  for (const word of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const [term] = terms(word[0]);
    if (!term || !asked.some((one) => term.startsWith(one))) continue;
    const mark = document.createElement("mark");
    mark.textContent = word[0];
    element.append(text.slice(end, word.index), mark);
    end = word.index + word[0].length;
  }
  element.append(text.slice(end));
  return element;
}

async function hit(number, asked) {
  const [title, address, facts, summary] = (await get(`documents/${Math.floor(number / BLOCK)}.json`))[number % BLOCK];
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `../${address}`;
  item.append(marked(link, title, asked));
  for (const [text, name] of [[facts, "facts"], [summary, ""]]) {
    if (!text) continue;
    const line = document.createElement("p");
    line.className = name;
    item.append(marked(line, text, asked));
  }
  return item;
}

let last = 0;

async function search() {
  const turn = ++last;
  const asked = [...new Set(terms(box.value))];
  const words = box.value.trim();
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  if (!asked.length) {
    list.replaceChildren();
    status.textContent = words ? "These words are in every essay; add another." : "";
    return;
  }
  try {
    const numbers = await ranked(asked);
    const items = await Promise.all(numbers.slice(0, PAGE).map((number) => hit(number, asked)));
    if (turn !== last) return; // she has typed on
    list.replaceChildren(...items);
    const many = numbers.length === 1 ? "1 page has" : `${numbers.length} pages have`;
    const rest = numbers.length > PAGE ? `; the best ${PAGE} are shown, another word finds fewer` : "";
    status.textContent = numbers.length ? `${many} “${words}”${rest}.` : `No page has “${words}”.`;
  } catch {
    if (turn === last) status.textContent = "The index could not be loaded. Is there a connection? Type to try again.";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
box.addEventListener("input", search);
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [box, ...list.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
});

box.value = new URLSearchParams(location.search).get("q") ?? "";
if (box.value) search();
box.focus();
