import { expect, it } from "vitest";
import type { JobEvent } from "../../src/core/events.ts";
import { JobLog } from "../../src/core/job-log.ts";
import { createRedactor } from "../../src/core/redact.ts";

const secret = ["correct", "horse", "battery"].join("-");

function setup() {
  const redact = createRedactor([secret]);
  const events: JobEvent[] = [];
  return { redact, events, log: new JobLog(redact, (event) => events.push(event)) };
}

it("a secret that comes in pieces goes out in none", () => {
  const { log, events } = setup();
  for (const text of ["key: ", secret.slice(0, 9), secret.slice(9), " end\n"]) {
    log.add({ type: "output", stream: "stdout", text });
  }
  log.add({ type: "step-finished", step: "agent", milliseconds: 1 });
  const text = events.map((event) => (event.type === "output" ? event.text : "")).join("");
  expect(text).toBe("key: [redacted] end\n");
});

it("the streams do not mix, and one does not end the other's secret", () => {
  const { log, events } = setup();
  log.add({ type: "output", stream: "stdout", text: secret.slice(0, 9) });
  log.add({ type: "output", stream: "stderr", text: "warning\n" });
  log.add({ type: "agent-tool", id: "1", name: "Bash", input: {} });
  log.add({ type: "output", stream: "stdout", text: `${secret.slice(9)}\n` });
  log.add({ type: "job-finished", outcome: { status: "unchanged" } });
  expect(events.map(({ type }) => type)).toEqual([
    "output",
    "agent-tool",
    "output",
    "job-finished",
  ]);
  expect(JSON.stringify(events)).not.toContain("horse");
});

it("every field of every event is redacted, secrets that were minted later as well", () => {
  const { log, events, redact } = setup();
  const minted = ["another", "minted", "later"].join("-");
  redact.add(minted);
  log.add({ type: "agent-tool", id: "1", name: "x", input: { [minted]: [secret] } });
  log.add({ type: "work-kept", patch: `+${minted}`, truncated: false });
  expect(events).toMatchObject([
    { input: { "[redacted]": ["[redacted]"] }, at: expect.any(Number) },
    { patch: "+[redacted]" },
  ]);
});

it("text that says nothing yet is no event", () => {
  const { log, events } = setup();
  log.add({ type: "agent-text", text: "half a wo" });
  log.add({ type: "agent-text", text: "" });
  expect(events).toMatchObject([{ text: "half a " }]);
});
