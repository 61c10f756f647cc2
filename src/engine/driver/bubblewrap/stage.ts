/**
 * One thing that is made for a box before bwrap starts, by a shell that is root of the box's outer user
 * namespace. The box itself is in an inner one, so that it can undo nothing of this.
 */
export interface StageStep {
  /** The namespaces that it needs beside the user's, as options of `unshare`. */
  unshare: readonly string[];
  /** A constant script; what changes comes in variables. */
  script: string;
  variables: Readonly<Record<string, string>>;
}

/** The outer user namespace of a box: of one user, who is its root. */
const OUTER = ["--user", "--map-root-user"];

/**
 * A command line that does the steps and then is the command, with the same process id: whoever started
 * it can join its namespaces and wait for it.
 * @param namespaces as options of `unshare`, beside those that the steps need
 */
export function stage(
  steps: readonly StageStep[],
  command: readonly string[],
  namespaces: readonly string[] = OUTER,
): { argv: string[]; variables: Record<string, string> } {
  if (steps.length === 0 && namespaces === OUTER) return { argv: [...command], variables: {} };
  const script = ["set -e", ...steps.map((step) => step.script), 'exec "$@"'].join("\n");
  const more = steps.flatMap((step) => step.unshare);
  return {
    argv: [
      ...["unshare", ...namespaces, ...more, "--"],
      ...["sh", "-c", script, "stage", ...command],
    ],
    variables: Object.assign({}, ...steps.map((step) => step.variables)),
  };
}
