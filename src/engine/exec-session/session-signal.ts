/** What a client may send to its process; the others stop it, or mean nothing to it. */
const ALLOWED = ["TERM", "KILL", "INT", "HUP", "TSTP", "QUIT", "USR1", "USR2"];

/** The signal that a client names, with or without `SIG`; undefined for one that it may not send. */
export function sessionSignal(name: string): NodeJS.Signals | undefined {
  const short = name.toUpperCase().replace(/^SIG/, "");
  return ALLOWED.includes(short) ? (`SIG${short}` as NodeJS.Signals) : undefined;
}
