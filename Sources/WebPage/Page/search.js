// Asks the daemon. An answer comes as lines, each whole and better than the one before.

const storageKey = "nearfind-secret";

// The secret comes in the address's part behind #, which no server sees, and is taken out of it so
// that it is in no bookmark or screenshot.
function secretFromAddress() {
  const given = location.hash.slice(1);
  if (/^[\w-]{40,}$/.test(given)) {
    sessionStorage.setItem(storageKey, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(storageKey);
}

export class Session {
  #secret = secretFromAddress();
  #running = null;

  get isOpen() { return this.#secret !== null; }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }

  // Ends the search before this one: its answers come to nobody, however late they are.
  async search(wish, { answer, problem }) {
    this.stop();
    const mine = new AbortController();
    this.#running = mine;
    const isCurrent = () => this.#running === mine;
    try {
      const response = await fetch("/v1/page/search", {
        method: "POST", signal: mine.signal, body: JSON.stringify(wish), cache: "no-store",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.#secret}` },
      });
      if (!response.ok) throw await response.json();
      for await (const line of lines(response.body)) {
        if (!isCurrent()) return;
        answer(JSON.parse(line));
      }
    } catch (error) {
      if (isCurrent()) problem(error instanceof Error ? { unreachable: true } : error);
    }
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts;
  }
  if (rest !== "") yield rest;
}
