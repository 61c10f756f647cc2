import { sdkFigure } from "../support/sdk-figure.ts";

/** What a megabyte of output costs the client. */
export const sdkExecStreamCpu = sdkFigure({
  name: "sdk-exec-stream-cpu",
  bar: 1,
  samples: 20,
  work: "exec-stream",
  cost: "cpuMilliseconds",
  what: "processor time of the client for reading the 100 MB that exec.stream brings as text",
});
