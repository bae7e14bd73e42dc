// What the matches are by kind. Choosing one adds its condition to the query, where it can be read,
// changed and taken out again.
import { make, visible } from "./make.js";
import { number, words } from "./words.js";

const quoted = (value) => `"${value.replaceAll('"', "")}"`;

const kinds = [
  ["type", (value) => `type:${value}`, (value) => words(`type-${value}`)],
  ["fileExtension", (value) => `ext:${value}`, visible],
  ["owner", (value) => `owner:${quoted(value)}`, visible],
  ["folder", (value) => `in:${quoted(value)}`, visible],
  ["year", (value) => `date:${value}`, visible],
];

const longest = 8;

export function showFacets({ facets }, choose) {
  const place = document.getElementById("facets");
  const lists = kinds.flatMap(([kind, condition, name]) => {
    const counts = (facets[kind] ?? []).filter(({ value }) => value !== "").slice(0, longest);
    if (counts.length === 0) return [];
    const items = counts.map(({ value, count }) => {
      const button = make(
        "button", { type: "button" },
        make("bdi", {}, name(value)), make("span", {}, number(count)));
      button.addEventListener("click", () => choose(condition(value)));
      return make("li", {}, button);
    });
    return [make("h2", {}, words(`facet-${kind}`)), make("ul", {}, ...items)];
  });
  // While a word is typed nothing is counted, and what was counted before stays to be seen.
  if (lists.length === 0 && Object.keys(facets).length === 0) return;
  place.hidden = lists.length === 0;
  place.setAttribute("aria-label", words("facets"));
  place.replaceChildren(...lists);
}
