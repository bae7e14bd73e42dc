// What the page says, in the languages that it speaks. %1 and %2 are filled in.

const texts = {
  en: {
    skip: "To the results", query: "What to look for", order: "Order", scope: "How far",
    language: "Language", byRelevance: "Relevance", byDate: "Newest first", byName: "Name",
    bySize: "Largest first", nearest: "Nearest", group: "Own group", band: "Own band",
    everywhere: "Everywhere", more: "Show more", begin: "Type to search. Near files come first.",
    keys: "/ to type, ↑ and ↓ from hit to hit, Esc back to the query.",
    closed: "This window was not opened with its secret.",
    unreachable: "Nearfind does not answer. Is it running? nearfind up",
    partial: "These match only some of the words", matches: "%1 files",
    matchesAbout: "%1 to %2 files", searched: "searched %1 of %2 virtual servers",
    searchedGroup: "searched %1 files of the group", searchedOwn: "searched %1 own files",
    pruned: "%1 proven empty", notNeeded: "%1 not needed", late: "%1 did not answer in time",
    notReached: "%1 could not be reached", refused: "%1 refused", incomplete: "not all files of %1 machines are in yet",
    inexact: "the order is not exact", goesOn: "searching on …", copies: "%1 more copies",
    "near-machine": "this machine", "near-own": "own group", "near-band": "own band", ring: "ring %1",
    corrected: "“%1” was not found; shown is “%2”.", unmatched: "“%1” was not found.",
    unmatchedLike: "“%1” was not found. Did you mean: %2?", facets: "Narrow down",
    "facet-type": "Type", "facet-fileExtension": "Extension", "facet-owner": "Owner",
    "facet-folder": "Folder", "facet-year": "Year", "type-document": "Documents",
    "type-spreadsheet": "Spreadsheets", "type-presentation": "Presentations",
    "type-image": "Images", "type-audio": "Audio", "type-video": "Video",
    "type-archive": "Archives", "type-code": "Code", "type-text": "Text",
  },
  ko: {
    skip: "결과로 이동", query: "검색어", order: "정렬", scope: "범위", language: "언어",
    byRelevance: "관련도", byDate: "최신순", byName: "이름", bySize: "큰 파일부터",
    nearest: "가까운 곳부터", group: "내 그룹", band: "내 대역", everywhere: "전체",
    more: "더 보기", begin: "검색어를 입력하세요. 가까운 파일이 먼저 나옵니다.",
    keys: "/ 검색창, ↑ ↓ 결과 이동, Esc 검색창으로.",
    closed: "이 창은 비밀 주소로 열리지 않았습니다.",
    unreachable: "Nearfind가 응답하지 않습니다. 실행 중인가요? nearfind up",
    partial: "아래는 일부 단어만 일치합니다", matches: "파일 %1개", matchesAbout: "파일 %1~%2개",
    searched: "가상 서버 %2개 중 %1개 검색", searchedGroup: "그룹 파일 %1개 검색",
    searchedOwn: "내 파일 %1개 검색", pruned: "%1개는 없음이 확인됨", notNeeded: "%1개는 불필요",
    late: "%1개는 시간 안에 응답 없음",
    notReached: "%1개에 연결할 수 없음", refused: "%1개는 거부",
    incomplete: "기기 %1대의 파일은 아직 다 들어오지 않음", inexact: "순서가 정확하지 않음",
    goesOn: "계속 검색 중 …", copies: "사본 %1개 더", "near-machine": "이 기기",
    "near-own": "내 그룹",
    "near-band": "내 대역", ring: "%1번째 고리", corrected: "‘%1’ 결과가 없어 ‘%2’로 찾았습니다.",
    unmatched: "‘%1’ 결과가 없습니다.", unmatchedLike: "‘%1’ 결과가 없습니다. 혹시: %2?",
    facets: "좁히기", "facet-type": "종류", "facet-fileExtension": "확장자",
    "facet-owner": "소유자", "facet-folder": "폴더", "facet-year": "연도",
    "type-document": "문서", "type-spreadsheet": "스프레드시트", "type-presentation": "발표 자료",
    "type-image": "그림", "type-audio": "소리", "type-video": "동영상", "type-archive": "압축 파일",
    "type-code": "코드", "type-text": "텍스트",
  },
};

const storageKey = "nearfind-language";
let language = "en";

export function chosenLanguage() {
  const kept = localStorage.getItem(storageKey);
  if (kept in texts) return kept;
  return navigator.languages.map((name) => name.slice(0, 2)).find((name) => name in texts) ?? "en";
}

export function useLanguage(name) {
  language = name;
  localStorage.setItem(storageKey, name);
  document.documentElement.lang = name;
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = words(place.dataset.text);
  }
}

export function words(key, ...values) {
  const text = texts[language][key] ?? texts.en[key] ?? key;
  return text.replace(/%(\d)/g, (_, place) => values[place - 1] ?? "");
}

export const number = (value) => new Intl.NumberFormat(language).format(value);

export const date = (seconds) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(seconds * 1000));

export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return new Intl.NumberFormat(language, {
    style: "unit", unit: units[unit], unitDisplay: "short",
    maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}
