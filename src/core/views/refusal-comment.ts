/**
 * The one short line for somebody who may not command. It repeats nothing of what they wrote, so
 * that nobody can make us say something.
 */
export function refusalComment(): string {
  return "Sorry, `/box` needs write access to this repository. Nothing was done.";
}
