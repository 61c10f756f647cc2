/**
 * Before the arguments of every git that we run in a box: the agent may have set hooks and a file
 * system monitor, and neither has a say in what our commit is.
 */
export const QUIET_GIT: readonly string[] = [
  ...["-c", "core.hooksPath=/dev/null"],
  ...["-c", "core.fsmonitor=false"],
];
