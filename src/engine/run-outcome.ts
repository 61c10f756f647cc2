/** How a run that nobody watches ended. */
export interface RunOutcome {
  runId: string;
  status: "completed" | "failed";
  /** What it printed or answered; of a long one the end. */
  output: string;
  /** Why it has failed. */
  error?: string;
}
