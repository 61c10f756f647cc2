import { sdkFigure } from "../support/sdk-figure.ts";

/** A command that prints a lot. */
export const sdkExecStream = sdkFigure({
  name: "sdk-exec-stream",
  bar: 1.05,
  samples: 20,
  work: "exec-stream",
  what: "reading the 100 MB that exec.stream brings as text",
});
