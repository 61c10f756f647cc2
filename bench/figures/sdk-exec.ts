import { sdkFigure } from "../support/sdk-figure.ts";

/** The shortest command. */
export const sdkExec = sdkFigure({
  name: "sdk-exec",
  bar: 1.05,
  samples: 300,
  work: "exec",
  what: 'exec.command("echo hi")',
});
