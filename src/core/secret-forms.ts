/**
 * All the ways in which a secret's exact value is usually written down: as it is, in base64 (in any
 * alignment, standard and URL-safe), hexadecimal, URL-encoded and JSON-escaped. A value of several
 * lines (a private key) also counts line by line.
 *
 * No form contains a line break: they are matched against text without any.
 */
export function secretForms(value: string): string[] {
  const lines = value.split(/[\r\n]+/).filter(isTelling);
  const forms = [value, ...(lines.length > 1 ? lines : [])].flatMap((text) => [
    text.replace(/[\r\n]+/g, ""),
    ...base64Forms(text),
    ...hexadecimalForms(text),
    ...urlForms(text),
    ...jsonForms(text),
  ]);
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_FORM);
}

// The aligned core of an eight byte secret in base64 has nine characters or more.
const SHORTEST_FORM = 8;

// `-----BEGIN …` lines are the same in every key, short ones are found everywhere.
const SHORTEST_LINE = 16;
function isTelling(line: string): boolean {
  return line.trim().length >= SHORTEST_LINE && !line.startsWith("-----");
}

/** The characters that depend on the secret alone, whatever stands before and after it. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    const core = encoded.slice(first, last);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function hexadecimalForms(text: string): string[] {
  const hexadecimal = Buffer.from(text).toString("hex");
  return [hexadecimal, hexadecimal.toUpperCase()];
}

function urlForms(text: string): string[] {
  // encodeURIComponent throws on a lone surrogate.
  const encoded = encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"));
  const lower = encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [
    encoded,
    lower,
    encoded.replaceAll("%20", "+"),
    new URLSearchParams([["", text]]).toString().slice(1),
  ];
}

function jsonForms(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  return [escaped, escaped.replaceAll("/", "\\/"), JSON.stringify(escaped).slice(1, -1)];
}
