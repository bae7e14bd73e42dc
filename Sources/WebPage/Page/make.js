// Elements with text. Nothing of a stranger ever becomes markup: texts are set as texts only.

export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Marks that turn the direction of text act inside the name that holds them, and not on what stands
// beside it; those that would make a name look like another are shown.
const hidden = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export const visible = (text) =>
  text.replace(hidden, (sign) => `\u{fffd}${sign.codePointAt(0).toString(16)}`);

export function marked(pieces) {
  const whole = document.createElement("bdi");
  for (const { text, isMatch } of pieces) {
    whole.append(isMatch ? make("mark", {}, visible(text)) : visible(text));
  }
  return whole;
}
