import { REDACTED, type Redactor } from "./redact.ts";

/** Redacts text that arrives in pieces. */
export interface RedactedStream {
  /** Takes a piece and gives back what can safely go out by now, perhaps nothing. */
  push(chunk: string): string;
  /** Gives back the rest. The stream is empty again after it. */
  end(): string;
}

/**
 * Redacts a stream so that a secret which is split across pieces is caught too.
 *
 * It holds back what may still grow into a secret: the beginning of a known one, a word that is not
 * ended by white space, a private key that has begun. A line of ordinary output goes out with its
 * line feed, so that progress stays live.
 *
 * @example
 * const stream = redactStream(redact);
 * for await (const chunk of output) publish(stream.push(chunk));
 * publish(stream.end());
 */
export function redactStream(redactor: Redactor): RedactedStream {
  let held = "";
  return {
    push(chunk) {
      held += chunk;
      const [out, rest] = split(held, safeLength(held, redactor), redactor);
      held = rest;
      return out;
    },
    end() {
      const out = redactor(held);
      held = "";
      return out;
    },
  };
}

// A word this long is no word (minified code, a base64 file) and must not fill the memory.
const LONGEST_WORD_HELD = 16_384;
// Every pattern has matched long before this many characters of a secret are there.
const WORD_TAIL_HELD = 2_048;
// Keys have some 3 to 12 thousand characters.
const LONGEST_KEY_HELD = 32_768;

/** How much from the start of the text nothing that comes can turn into a secret. */
function safeLength(text: string, redactor: Redactor): number {
  let word = 0;
  while (word < LONGEST_WORD_HELD && /\S/.test(text.charAt(text.length - 1 - word))) word++;
  const wordFrom = text.length - (word < LONGEST_WORD_HELD ? word : WORD_TAIL_HELD);
  return Math.min(wordFrom, redactor.pendingFrom(text), openKeyFrom(text));
}

function openKeyFrom(text: string): number {
  const begin = text.lastIndexOf("-----BEGIN ");
  if (begin < 0 || text.length - begin > LONGEST_KEY_HELD) return text.length;
  return /-----END [^-]*-----/.test(text.slice(begin)) ? text.length : begin;
}

/** Cuts at `length`, or before a secret that lies across the cut. */
function split(text: string, length: number, redactor: Redactor): [string, string] {
  let out = "";
  let from = 0;
  for (const { start, end } of redactor.spans(text)) {
    if (start >= length) break;
    if (end > length) return [out + text.slice(from, start), text.slice(start)];
    out += text.slice(from, start) + REDACTED;
    from = end;
  }
  return [out + text.slice(from, length), text.slice(length)];
}
