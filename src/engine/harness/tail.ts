import type { BoxdProcess } from "../boxd/index.ts";

/** How much of a failed program's words goes into the error. */
const CHARACTERS = 2_000;

/** Standard error is for people: only its end is kept, for the message of a failure. */
export async function tail(program: BoxdProcess): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of program.stderr ?? []) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-CHARACTERS);
    }
  } catch {
    // The box is gone. Standard output says so too, where somebody listens.
  }
  return text.trim();
}
