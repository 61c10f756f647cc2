import { secretForms } from "./secret-forms.ts";
import { secretPatterns } from "./secret-patterns.ts";

/** What stands where a secret was. */
export const REDACTED = "[redacted]";

/** Shorter values are found in ordinary words and would tear up every text. */
export const MINIMUM_SECRET_LENGTH = 8;

/** A stretch of text, `end` exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** Whether a secret is matched exactly from now on, and if not, why. */
export type SecretAdded = { accepted: true } | { accepted: false; because: string };

/** Takes secrets out of texts; call it as a function. */
export interface Redactor {
  (text: string): string;
  /** Adds a secret that was minted at run time. It is never part of the answer. */
  add(secret: string): SecretAdded;
  /** Whether a text holds a known secret, in any of its forms. */
  holdsSecret(text: string): boolean;
  /** Where secrets are in a text: ordered, not overlapping. For `redactStream`. */
  spans(text: string): Span[];
  /** Where in a text a known secret may have begun that its end does not complete, or its length. */
  pendingFrom(text: string): number;
}

/**
 * Makes a redactor: known secrets by exact value first (and their base64, hexadecimal, URL and JSON
 * forms, also with line breaks in between), then whatever has the shape of a secret.
 *
 * Redact *before* escaping for Markdown or HTML: an escaped secret no longer has its value's form.
 *
 * @param secrets - Values to match exactly. Those under eight characters are left to the patterns.
 * @example
 * const redact = createRedactor([token]);
 * redact(`fatal: could not read from https://x:${token}@example.com`);
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const forms = new Set<string>();

  const add = (secret: string): SecretAdded => {
    const value = secret.trim();
    if (value.length < MINIMUM_SECRET_LENGTH) {
      const because = `a secret of ${value.length} characters cannot be told from ordinary text`;
      return { accepted: false, because };
    }
    for (const form of secretForms(value)) forms.add(form);
    return { accepted: true };
  };
  for (const secret of secrets) add(secret);

  const spans = (text: string) => merge([...exactSpans(text, forms), ...patternSpans(text)]);
  const redact = (text: string) => replace(text, spans(text));
  return Object.assign(redact, {
    add,
    holdsSecret: (text: string) => [...forms].some((form) => text.includes(form)),
    spans,
    pendingFrom: (text: string) => pendingFrom(text, forms),
  });
}

function exactSpans(text: string, forms: Iterable<string>): Span[] {
  const found: Span[] = [];
  const { compact, position } = withoutLineBreaks(text);
  for (const form of forms) {
    for (let at = compact.indexOf(form); at >= 0; at = compact.indexOf(form, at + 1)) {
      found.push({ start: position(at), end: position(at + form.length - 1) + 1 });
    }
  }
  return found;
}

function patternSpans(text: string): Span[] {
  return secretPatterns.flatMap((pattern) =>
    Array.from(text.matchAll(pattern), (match) => ({
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
}

function pendingFrom(text: string, forms: Iterable<string>): number {
  const { compact, position } = withoutLineBreaks(text);
  let earliest = compact.length;
  for (const form of forms) {
    for (let at = Math.max(0, compact.length - form.length + 1); at < earliest; at++) {
      if (compact[at] === form[0] && form.startsWith(compact.slice(at))) earliest = at;
    }
  }
  return earliest === compact.length ? text.length : position(earliest);
}

// `base64` and terminals break long lines; a secret is one across them too.
function withoutLineBreaks(text: string): { compact: string; position(at: number): number } {
  if (!/[\r\n]/.test(text)) return { compact: text, position: (at) => at };
  const positions: number[] = [];
  let compact = "";
  for (const piece of text.matchAll(/[^\r\n]+/g)) {
    for (let at = 0; at < piece[0].length; at++) positions.push(piece.index + at);
    compact += piece[0];
  }
  return { compact, position: (at) => positions[at] ?? text.length };
}

function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function replace(text: string, spans: Span[]): string {
  let redacted = "";
  let from = 0;
  for (const { start, end } of spans) {
    redacted += text.slice(from, start) + REDACTED;
    from = end;
  }
  return redacted + text.slice(from);
}
