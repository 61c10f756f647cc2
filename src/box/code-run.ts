import { Run } from "./run.ts";

/** A {@link Run} of a piece of code, with the names that earlier versions of the SDK had for its parts. */
export class CodeRun extends Run<string> {
  /** Standard output, without the last line's newline. */
  get output(): string {
    return this.stdout.replace(/\r?\n$/, "");
  }

  /** The exit code: 0 for success. */
  get exit_code(): number {
    return this.exitCode ?? 1;
  }
}
