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

/**
 * A command line that does the steps and then is the command, with the same process id: whoever started
 * it can join its namespaces and wait for it.
 */
export function stage(
  steps: readonly StageStep[],
  command: readonly string[],
): { argv: string[]; variables: Record<string, string> } {
  if (steps.length === 0) return { argv: [...command], variables: {} };
  const script = ["set -e", ...steps.map((step) => step.script), 'exec "$@"'].join("\n");
  const namespaces = steps.flatMap((step) => step.unshare);
  return {
    argv: [
      ...["unshare", "--user", "--map-root-user", ...namespaces, "--"],
      ...["sh", "-c", script, "stage", ...command],
    ],
    variables: Object.assign({}, ...steps.map((step) => step.variables)),
  };
}
