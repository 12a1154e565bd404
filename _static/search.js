// Search: load the parts of the index that contain the words of the query, and show results while the reader types.

/*! With the Porter stemmer of Snowball, © Martin Porter and Richard Boulton, BSD licence (snowballstem.org). */
var BaseStemmer; // assigned by the stemmer, which the build (assets.py) puts above without a declaration

const form = document.getElementById("search");
const box = form.querySelector("input");
const status = document.getElementById("found");
const list = document.getElementById("hits");
const more = document.getElementById("more");
const common = new Set(form.dataset.common.split(" "));
const keys = form.dataset.keys.split(" ");
const PAGE = 10; // results added at a time
const LONG = 240; // length of a passage in characters
const BEFORE = 90; // most characters of it before the first match

const fetched = new Map();

function get(path) {
  if (!fetched.has(path)) {
    const asked = fetch(path).then((answer) => {
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer.json();
    });
    asked.catch(() => fetched.delete(path));
    fetched.set(path, asked);
  }
  return fetched.get(path);
}

// -- Words and terms, computed as in _ext/insights/search/index.py. A test compares the two.

const WORD = /[\p{L}\p{Nl}\p{No}](?:[\p{L}\p{N}]|'(?=[\p{L}\p{Nl}\p{No}]))*|\p{Nd}+(?:[.,]\p{Nd}+)*/gu;
const stemmer = new PorterStemmer();
const stems = new Map();

export function words(text) {
  const plain = text.replaceAll("’", "'").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return (plain.match(WORD) ?? []).map((word) =>
    word.replace(/'s$/, "").replaceAll("'", "").replace(/,(?=\p{Nd}{3}(?!\p{Nd}))/gu, ""),
  );
}

export function terms(text) {
  return words(text).filter((word) => !common.has(word)).map(stem);
}

function stem(word) {
  if (!/^[a-z]{3,}$/.test(word)) return word;
  if (!stems.has(word)) stems.set(word, stemmer.stemWord(word));
  return stems.get(word);
}

// -- Ranking

// How well a term of the index matches a word of the query: 1 for a form of the word, 0.5 if the term starts with the word or is
// its term plus one letter (the stemmer shortens some forms by one letter more), otherwise 0.
function asking(word) {
  const term = stem(word);
  const nearly = (other) => term.length > 3 && other.length === term.length + 1 && other.startsWith(term);
  const begun = (other) => (word.length > 2 && other.startsWith(word)) || nearly(other);
  return { word, term, share: (other) => (other === term ? 1 : begun(other) ? 0.5 : 0) };
}

// For a word without matches: 0.25 for terms with the same first letters, or that the word starts with.
function loosely({ word, term }) {
  const start = word.slice(0, Math.max(4, word.length - 3));
  const alike = (other) => word.length > 4 && (other.startsWith(start) || (other.length > 3 && word.startsWith(other)));
  return { word, term, loose: true, share: (other) => (alike(other) ? 0.25 : 0) };
}

// The keys of the index files that may contain a term, and of those with longer terms that start with it.
function parts(term) {
  const spelled = term.replace(/[^a-z0-9]/g, "_");
  const own = keys.findLast((key) => spelled.startsWith(key));
  return keys.filter((key) => key === own || (term.length > 2 && key.startsWith(spelled)));
}

// The documents that match a word, each with the weight of its best match.
async function holding(asked) {
  const weights = new Map();
  for (const part of await Promise.all(parts(asked.term).map((key) => get(`terms/${key}.json`)))) {
    for (const [term, postings] of Object.entries(part)) {
      const share = asked.share(term);
      for (let at = 0; share && at < postings.length; at += 2) {
        weights.set(postings[at], Math.max(weights.get(postings[at]) ?? 0, postings[at + 1] * share));
      }
    }
  }
  return weights;
}

// The matches of each word, and the documents that match the largest number of words, best first. Rare words weigh more.
async function ranked(wanted) {
  const found = await Promise.all(
    wanted.map(async (word) => {
      const strict = asking(word);
      const weights = await holding(strict);
      if (weights.size) return { asked: strict, weights };
      return { asked: loosely(strict), weights: await holding(loosely(strict)) };
    }),
  );
  const scores = new Map();
  for (const { weights } of found) {
    for (const [number, weight] of weights) {
      const { count, sum } = scores.get(number) ?? { count: 0, sum: 0 };
      scores.set(number, { count: count + 1, sum: sum + weight / Math.log2(2 + weights.size) });
    }
  }
  const most = Math.max(0, ...[...scores.values()].map(({ count }) => count));
  const numbers = [...scores.keys()].filter((number) => scores.get(number).count === most);
  numbers.sort((a, b) => scores.get(b).sum - scores.get(a).sum || b - a);
  return { found: found.map(({ asked, weights }) => ({ ...asked, size: weights.size })), numbers, most };
}

// -- Results

const TOKEN = /[\p{L}\p{M}\p{N}]+(?:['’.,][\p{L}\p{M}\p{N}]+)*/gu;

// The matches in a text: start, end, and the words of the query that match there.
function places(text, asked) {
  const found = [];
  for (const token of text.matchAll(TOKEN)) {
    const own = terms(token[0]);
    const which = asked.filter((one) => own.some((term) => one.share(term)));
    if (which.length) found.push({ start: token.index, end: token.index + token[0].length, which });
  }
  return found;
}

function distinct(...found) {
  return new Set(found.flat().flatMap((place) => place.which)).size;
}

function marked(element, text, asked) {
  let end = 0;
  for (const place of places(text, asked)) {
    const mark = document.createElement("mark");
    mark.textContent = text.slice(place.start, place.end);
    element.append(text.slice(end, place.start), mark);
    end = place.end;
  }
  element.append(text.slice(end));
  return element;
}

// The passage that matches the most words together with its heading. Ties go to the heading with more matches, then to the
// passage with more matches, then to the summary.
function best(summary, sections, asked) {
  const count = (above, own) => 10000 * distinct(above, own) + 100 * distinct(above) + distinct(own);
  let chosen = { score: count([], places(summary, asked)), text: summary };
  for (const [anchor, heading, texts] of sections) {
    const above = places(heading, asked);
    for (const text of texts) {
      const score = count(above, places(text, asked));
      if (score > chosen.score) chosen = { score, text, anchor, heading };
    }
  }
  return chosen;
}

// The part of a passage around its first match. It starts with the sentence of the match, if that start is close enough.
function cut(text, asked) {
  if (text.length <= LONG) return text;
  const first = places(text, asked)[0]?.start ?? 0;
  const sentence = Math.max(...[...text.slice(0, first).matchAll(/[.!?:;]\S*\s+/gu)].map((end) => end.index + end[0].length), 0);
  const start = first - sentence <= BEFORE ? sentence : text.indexOf(" ", first - BEFORE) + 1;
  const end = start + LONG >= text.length ? text.length : text.lastIndexOf(" ", start + LONG);
  return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function link(href, text, asked) {
  const made = element("a");
  made.href = href;
  return marked(made, text, asked);
}

async function hit(number, asked) {
  const [title, address, facts, tags, summary, sections] = await get(`documents/${number}.json`);
  const { text, anchor, heading } = best(summary, sections, asked);
  const passage = marked(element("p", "passage"), cut(text, asked), asked);
  if (anchor) passage.prepend(link(`../${address}#${anchor}`, heading, asked), " ");
  const item = element("li", "", element("p", "name", link(`../${address}`, title, asked)));
  const also = tags.filter((tag) => places(tag, asked).length);
  if (facts) item.append(marked(element("p", "facts"), [facts, ...also].join(" · "), asked));
  item.append(passage);
  return item;
}

function joined(parts, last) {
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}` : parts[0];
}

function quoted(words) {
  return words.map((word) => `“${word}”`);
}

function said({ found, numbers, most }) {
  const names = found.map(({ word, loose, size }) => (loose && size ? `words like “${word}”` : `“${word}”`));
  if (!numbers.length) return `No page has ${joined(names, "or")}.`;
  const many = numbers.length === 1 ? "1 result has" : `${numbers.length} results have`;
  if (most === found.length) return `${many} ${joined(names, "and")}.`;
  return `No page has all of ${joined(names, "and")}; ${many} ${most === 1 ? "one" : most} of them.`;
}

let turn = 0;

// Run work that loads the index, and show its result unless the query has changed in the meantime.
async function answer(work) {
  const mine = turn;
  try {
    const show = await work();
    if (mine === turn) show();
  } catch {
    if (mine === turn) status.textContent = "The index could not be loaded. Is there a connection? Type to try again.";
  }
}

function search() {
  turn++;
  const typed = box.value.trim();
  history.replaceState(null, "", typed ? `?q=${encodeURIComponent(typed)}` : location.pathname);
  const all = [...new Set(words(typed))];
  const wanted = all.filter((word) => !common.has(word));
  if (wanted.length) {
    answer(async () => {
      const result = await ranked(wanted);
      const hits = await next(result, 0);
      return () => {
        list.replaceChildren(...hits);
        status.textContent = said(result);
        offer(result);
      };
    });
    return;
  }
  list.replaceChildren();
  more.hidden = true;
  const few = all.length === 1 ? "is" : "are";
  if (all.length) status.textContent = `${joined(quoted(all), "and")} ${few} in nearly every text; add another word.`;
  else status.textContent = typed ? "Type a word or a number." : "";
}

function next({ found, numbers }, from) {
  return Promise.all(numbers.slice(from, from + PAGE).map((number) => hit(number, found)));
}

function offer(result) {
  const left = result.numbers.length - list.children.length;
  more.hidden = left === 0;
  more.textContent = `Show ${Math.min(left, PAGE)} more of ${left}`;
  more.onclick = () =>
    answer(async () => {
      const hits = await next(result, list.children.length);
      return () => {
        list.append(...hits);
        hits[0].querySelector("a").focus();
        offer(result);
      };
    });
}

// -- Events

let pause;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  search();
});
box.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(search, 150);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [box, ...list.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  const stop = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !stop) return;
  event.preventDefault();
  stop.focus();
});

box.value = new URLSearchParams(location.search).get("q") ?? "";
if (box.value) search();
box.focus();
