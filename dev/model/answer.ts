import { randomUUID } from "node:crypto";
import type { Ask } from "./ask.ts";
import type { Turn, Usage } from "./scenario.ts";
import { type NamedCall, nameCall } from "./tool-call.ts";

/** A turn, as it is for this very request. */
export interface Answer {
  id: string;
  model: string;
  thinking: string | undefined;
  text: string | undefined;
  calls: Array<NamedCall & { id: string }>;
  usage: Usage;
  costUsd: number | undefined;
  pieceCharacters: number;
}

/** Claude Code's own tool for structured output. */
const STRUCTURED_OUTPUT = "StructuredOutput";

/** Fits a turn to what the asking program offers. */
export function fitAnswer(turn: Turn, ask: Ask): Answer {
  const calls = (turn.tools ?? []).map((call) => nameCall(call, ask));
  let { text } = turn;
  if (turn.answer !== undefined) {
    if (ask.tools.some(({ name }) => name === STRUCTURED_OUTPUT)) {
      calls.push({ name: STRUCTURED_OUTPUT, input: turn.answer });
    } else {
      text = JSON.stringify(turn.answer);
    }
  }
  return {
    id: randomUUID().replaceAll("-", ""),
    model: ask.model,
    thinking: turn.thinking,
    text: text ?? (calls.length === 0 ? "Done" : undefined),
    calls: calls.map((call) => ({ ...call, id: randomUUID().replaceAll("-", "").slice(0, 24) })),
    usage: turn.usage,
    costUsd: turn.costUsd,
    pieceCharacters: turn.pieceCharacters,
  };
}

/** Cuts a text into the pieces in which it is streamed. */
export function pieces(text: string, characters: number): string[] {
  const all = Array.from(text);
  const cut: string[] = [];
  for (let at = 0; at < all.length; at += characters) {
    cut.push(all.slice(at, at + characters).join(""));
  }
  return cut;
}
