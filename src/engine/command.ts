/** What is to be run in a box, whoever asked for it. */
export interface Command {
  /** The program and its arguments; no shell sees them. */
  argv: readonly string[];
  /** Relative to the workspace, or absolute. @default the workspace */
  folder?: string | undefined;
  /** What it reads on standard input. @default nothing */
  input?: string | undefined;
  /** Milliseconds until its whole process tree is killed. @default none */
  timeout?: number | undefined;
  /** What the run's record shows. @default argv, joined by blanks */
  label?: string | undefined;
}
