import { goesOn } from "./job-stop.ts";

/**
 * Aborted when the job is to end, and not when another process goes on with it: what it started in its
 * box runs on then.
 */
export function endingSignal(signal: AbortSignal): AbortSignal {
  const ending = new AbortController();
  const look = () => {
    if (!goesOn(signal)) ending.abort(signal.reason);
  };
  if (signal.aborted) look();
  else signal.addEventListener("abort", look, { once: true });
  return ending.signal;
}
