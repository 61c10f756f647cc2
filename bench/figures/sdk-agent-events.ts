import { sdkFigure } from "../support/sdk-figure.ts";

/** An agent with much to say. */
export const sdkAgentEvents = sdkFigure({
  name: "sdk-agent-events",
  // 1.5 times as fast.
  bar: 0.67,
  samples: 20,
  work: "agent-events",
  what: "reading an agent run of 50 000 events",
});
