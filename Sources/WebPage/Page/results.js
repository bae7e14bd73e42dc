// Hits, what they cover, and what is wrong.
import { make, marked, visible } from "./make.js";
import { date, number, size, words } from "./words.js";

const element = (name) => document.getElementById(name);

export function showProblem(problem) {
  const place = element("problem");
  place.hidden = problem === null;
  if (problem === null) return;
  const text = problem.unreachable
    ? words("unreachable") : [problem.detail, problem.remedy].filter(Boolean).join("\n");
  place.textContent = visible(text).replaceAll("\ufffda", "\n");
}

export function showAnswer(answer) {
  const list = element("results");
  // Who stands on a hit stays on it when better answers move it.
  const focused = document.activeElement?.closest?.("#results > li")?.dataset.key;
  const isSplit = answer.hits.some((hit) => !hit.isPartial);
  let wasPartial = false;
  list.replaceChildren(...answer.hits.map((hit) => {
    const starts = hit.isPartial && !wasPartial && isSplit;
    wasPartial = hit.isPartial;
    return row(hit, starts);
  }));
  if (focused) [...list.children].find((hit) => hit.dataset.key === focused)?.focus();
  showCorrections(answer);
  element("coverage").textContent = coverage(answer);
}

function row({ file, copies }, startsPartial) {
  return make(
    "li",
    { tabindex: "-1", "data-key": file.key, class: startsPartial ? "partial-start" : null },
    startsPartial ? make("p", { class: "where" }, words("partial")) : null,
    make("h2", {}, marked(file.name)),
    file.title.length > 0 ? make("p", {}, marked(file.title)) : null,
    make("p", { class: "where" },
      nearness(file.nearness), " · ", make("bdi", {}, visible(file.owner)),
      file.directory.length > 0 ? " · " : null,
      file.directory.length > 0 ? marked(file.directory) : null),
    make("p", { class: "facts" },
      [size(file.size), date(file.modified), file.type ? words(`type-${file.type}`) : null,
        copies.length > 0 ? words("copies", number(copies.length)) : null]
        .filter(Boolean).join(" · ")));
}

function nearness({ kind, ring, roundTrip }) {
  const time = roundTrip === undefined || roundTrip === null
    ? "" : ` (${number(Math.max(1, Math.round(roundTrip)))} ms)`;
  const name = kind === "farther" ? words("ring", number(ring)) : words(`near-${kind}`);
  return make("span", { class: `nearness ${kind}` }, name + time);
}

function showCorrections({ corrections, unmatched }) {
  const place = element("corrections");
  const notes = corrections.map(({ typed, used }) => words("corrected", visible(typed), visible(used)));
  const corrected = new Set(corrections.map(({ typed }) => typed));
  for (const [word, spellings] of Object.entries(unmatched)) {
    if (corrected.has(word)) continue;
    notes.push(spellings.length > 0
      ? words("unmatchedLike", visible(word), spellings.map(visible).join(", "))
      : words("unmatched", visible(word)));
  }
  place.hidden = notes.length === 0;
  place.textContent = notes.join(" ");
}

function coverage({ matchesAtLeast, matchesAtMost, coverage, isLast }) {
  const matches = matchesAtLeast === matchesAtMost
    ? words("matches", number(matchesAtLeast))
    : words("matchesAbout", number(matchesAtLeast), number(matchesAtMost));
  const parts = [matches];
  if (coverage.scope === "network") {
    parts.push(words("searched", number(coverage.answered), number(coverage.serverCount)));
    const others = {
      pruned: "pruned", notNeeded: "notNeeded", late: "late", unreachable: "notReached",
      refused: "refused",
    };
    for (const [kind, text] of Object.entries(others)) {
      if (coverage[kind] > 0) parts.push(words(text, number(coverage[kind])));
    }
  } else {
    parts.push(words(
      coverage.scope === "group" ? "searchedGroup" : "searchedOwn", number(coverage.recordCount)));
  }
  if (coverage.milliseconds !== undefined) {
    parts.push(`${number(Math.round(coverage.milliseconds))} ms`);
  }
  if (coverage.incompleteNodeCount > 0) {
    parts.push(words("incomplete", number(coverage.incompleteNodeCount)));
  }
  if (!coverage.isExact) parts.push(words("inexact"));
  if (coverage.shortfall) parts.push(coverage.shortfall);
  if (!isLast) parts.push(words("goesOn"));
  return parts.join(" · ");
}
