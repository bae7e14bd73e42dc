// The page as a whole: what is typed goes to `search.js`, what comes back to `results.js`.
import { Session } from "./search.js";
import { showAnswer, showProblem } from "./results.js";
import { showFacets } from "./facets.js";
import { chosenLanguage, useLanguage, words } from "./words.js";

const element = (name) => document.getElementById(name);
const [form, query, sort, scope, language, results, more] =
  ["form", "query", "sort", "scope", "language", "results", "more"].map(element);

const pageLength = 20;
// When nobody has typed for so long, matches are counted by kind; and where the beginning of the last
// word finds nothing, it is taken as whole and mistakes in it are looked for.
const pause = 400;

const session = new Session();
let limit = pageLength;
let timer;
let shown = null;
// Whether the last word may go on.
let wasTyping = false;

function search(isTyping, facets = !isTyping) {
  clearTimeout(timer);
  wasTyping = isTyping;
  if (query.value.trim() === "") {
    session.stop();
    shown = null;
    showNothing();
    return;
  }
  const wish = {
    text: query.value, limit, sort: sort.value, scope: scope.value, facets, isTyping,
  };
  session.search(wish, {
    answer(answer) {
      shown = answer;
      show();
      const isEmpty = answer.isLast && answer.hits.length === 0;
      if (isEmpty && isTyping && facets) search(false);
    },
    // What is being typed is not finished, and so no mistake yet.
    problem(problem) { if (!isTyping) showProblem(problem); },
  });
  if (isTyping && !facets) {
    timer = setTimeout(() => search(true, true), pause);
  }
}

function show() {
  showProblem(null);
  showAnswer(shown);
  showFacets(shown, addToQuery);
  more.hidden = !(shown.isLast && shown.hits.length >= limit && limit < 100);
}

function showNothing() {
  showProblem(null);
  results.replaceChildren();
  for (const name of ["facets", "corrections", "more"]) element(name).hidden = true;
  element("coverage").textContent = words("begin");
}

function addToQuery(condition) {
  query.value = `${query.value.trim()} ${condition}`.trim();
  query.focus();
  begin(false);
}

function begin(isTyping) {
  limit = pageLength;
  search(isTyping);
}

// The input method of a language such as Korean is at work until a syllable stands.
query.addEventListener("input", (event) => { if (!event.isComposing) begin(true); });
query.addEventListener("compositionend", () => begin(true));
form.addEventListener("submit", (event) => { event.preventDefault(); begin(false); });
for (const control of [sort, scope]) {
  control.addEventListener("change", () => search(wasTyping, true));
}
more.addEventListener("click", () => {
  limit = Math.min(100, limit + pageLength);
  search(wasTyping, true);
});
language.addEventListener("change", () => {
  useLanguage(language.value);
  if (shown) show(); else showNothing();
});

document.addEventListener("keydown", (event) => {
  const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    query.focus();
    query.select();
  } else if (event.key === "Escape" && event.target !== query) {
    query.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (event.target.tagName === "SELECT") return;
    if (step(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
  }
});

// Moves the focus from hit to hit, and back into the query above the first.
function step(direction) {
  const hits = [...results.children];
  if (hits.length === 0) return false;
  const place = hits.findIndex((hit) => hit.contains(document.activeElement));
  const next = place + direction;
  if (next < 0) query.focus();
  else hits[Math.min(next, hits.length - 1)].focus();
  return true;
}

language.value = chosenLanguage();
useLanguage(language.value);
showNothing();
if (!session.isOpen) showProblem({ detail: words("closed"), remedy: "nearfind open" });
