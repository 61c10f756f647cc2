import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AgentChunk, Box, type BoxError, type Run } from "../../src/box/index.ts";
import { BOX, type Handler, startPeer } from "./peer.ts";

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const START = event("run_start", { run_id: "run-1" });

async function boxWith(handler: Handler, data: object = BOX) {
  const peer = await startPeer((request, response) =>
    request.path === "/v2/box/box-1" ? data : handler(request, response),
  );
  return { peer, box: await Box.get("box-1", peer.connection) };
}

const answering = (...events: string[]): Handler => {
  return (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(events.join(""));
  };
};

const done = (output: unknown, more = {}) =>
  event("done", { output, input_tokens: 10, output_tokens: 2, total_cost_usd: 0.25, ...more });

describe("agent.stream", () => {
  it("hands out the chunks and ends with the answer and the cost", async () => {
    const { peer, box } = await boxWith(
      answering(
        START,
        event("text", { text: "Hel" }),
        ": ping\n\n",
        event("text", { text: "lo" }),
        done("Hello"),
        event("stats", { cpu_ns: 7e6 }),
      ),
    );
    await using _ = peer;
    const stream = await box.agent.stream({
      prompt: "Say hello",
      folder: "a",
      options: { maxTurns: 3 },
    });
    const types: string[] = [];
    for await (const chunk of stream) {
      types.push(chunk.type);
      if (chunk.type === "text-delta" && chunk.text === "Hel") {
        expect(stream).toMatchObject({ id: "run-1", status: "running", result: "Hel" });
      }
      if (chunk.type === "finish") expect(stream.status).toBe("completed");
    }
    expect(types).toEqual(["start", "text-delta", "text-delta", "finish", "stats"]);
    expect(stream).toMatchObject({
      id: "run-1",
      status: "completed",
      result: "Hello",
      exitCode: undefined,
      cost: { inputTokens: 10, outputTokens: 2, totalUsd: 0.25, computeMs: 7 },
    });
    expect(peer.requests[1]).toMatchObject({ method: "POST", path: "/v2/box/box-1/run/stream" });
    expect(peer.requests[1]?.body).toEqual({
      prompt: "Say hello",
      folder: "a",
      agent_options: { maxTurns: 3 },
    });
  });

  it("names Codex's options as Codex does", async () => {
    const { peer, box } = await boxWith(answering(done("")), { ...BOX, agent: "codex" });
    await using _ = peer;
    await box.agent.run({ prompt: "x", options: { modelReasoningEffort: "high" } });
    expect(peer.requests[1]?.body).toMatchObject({
      agent_options: { model_reasoning_effort: "high" },
    });
  });

  it("cancels by the service's id", async () => {
    const { peer, box } = await boxWith(({ path }, response) => {
      if (path.endsWith("/cancel")) return {};
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START);
    });
    await using _ = peer;
    const stream = await box.agent.stream({ prompt: "x" });
    for await (const _chunk of stream) await stream.cancel();
    expect(stream.status).toBe("cancelled");
    expect((await peer.seen("/cancel")).path).toBe("/v2/box/box-1/runs/run-1/cancel");
  });

  it("detaches when it is left", async () => {
    const { peer, box } = await boxWith((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(START);
    });
    await using _ = peer;
    const stream = await box.agent.stream({ prompt: "x" });
    for await (const _chunk of stream) break;
    expect(stream.status).toBe("detached");
    await peer.dropped;
    expect(peer.requests.some(({ path }) => path.endsWith("/cancel"))).toBe(false);
  });
});

async function failureOf(run: Promise<unknown>): Promise<BoxError> {
  return run.then(
    () => expect.unreachable("it should have failed"),
    (error: BoxError) => error,
  );
}

describe("agent.run", () => {
  it("gives the answer", async () => {
    const { peer, box } = await boxWith(answering(START, done("Done.\n")));
    await using _ = peer;
    const run = await box.agent.run({ prompt: "x" });
    expect(run).toMatchObject({ id: "run-1", status: "completed", result: "Done.\n" });
  });

  it("gives what was said when the answer itself is empty", async () => {
    const { peer, box } = await boxWith(answering(event("text", { text: "said" }), done("")));
    await using _ = peer;
    expect((await box.agent.run({ prompt: "x" })).result).toBe("said");
  });

  it.each([
    ["an error", event("error", { error: "no credit" }), "agent_failed", "no credit"],
    ["no end", "", "stream_ended", "without saying how the run ended"],
    ["half an end", "event: done\ndata: {}", "stream_ended", "without saying"],
  ])("fails when the stream has %s, and keeps what came", async (_, end, code, message) => {
    const { peer, box } = await boxWith(answering(START, event("text", { text: "so far" }), end));
    await using __ = peer;
    const error = await failureOf(box.agent.run({ prompt: "x" }));
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(message),
      run: { id: "run-1", status: "failed", result: "so far" },
    });
  });
});

describe("responseSchema", () => {
  const schema = z.object({ name: z.string(), score: z.coerce.number() });

  it("sends the JSON Schema and gives the parsed value", async () => {
    const { peer, box } = await boxWith(answering(done('{"name":"a","score":"3"}')));
    await using _ = peer;
    const run = await box.agent.run({ prompt: "x", responseSchema: schema });
    expect(run.result).toEqual({ name: "a", score: 3 });
    expect(peer.requests[1]?.body).toMatchObject({
      json_schema: {
        type: "object",
        properties: { name: { type: "string" }, score: { type: "number" } },
        required: ["name", "score"],
        additionalProperties: false,
      },
    });
    expect(JSON.stringify(peer.requests[1]?.body)).not.toContain("$schema");
  });

  it.each([
    ["in a fence", '```json\n{"name":"a","score":1}\n```'],
    ["an object on the wire", { name: "a", score: 1 }],
    ["coloured", '\u001b[32m{"name":"a","score":1}\u001b[0m\n'],
  ])("takes JSON that is %s", async (_, output) => {
    const { peer, box } = await boxWith(answering(done(output)));
    await using __ = peer;
    const run = await box.agent.run({ prompt: "x", responseSchema: schema });
    expect(run.result).toEqual({ name: "a", score: 1 });
  });

  it.each([
    ["is not JSON", "Here you are: {}", "not JSON"],
    ["does not fit", '{"name":3,"score":1}', "at name"],
  ])("fails when the answer %s; the cost is known", async (_, output, message) => {
    const { peer, box } = await boxWith(answering(done(output)));
    await using __ = peer;
    const error = await failureOf(box.agent.run({ prompt: "x", responseSchema: schema }));
    expect(error).toMatchObject({ code: "output_mismatch", run: { status: "failed" } });
    expect(error.message).toContain(message);
    expect((error.run as Run<unknown>).cost.totalUsd).toBe(0.25);
    expect((error.run as Run<unknown>).result).toBeUndefined();
  });

  it("sends the input's schema where the output has none", async () => {
    const { peer, box } = await boxWith(answering(done('{"day":"2026-01-02"}')));
    await using _ = peer;
    const dated = z.object({ day: z.string().transform((day) => new Date(day)) });
    const run = await box.agent.run({ prompt: "x", responseSchema: dated });
    expect(run.result.day.getUTCDate()).toBe(2);
    expect(peer.requests[1]?.body).toMatchObject({
      json_schema: { properties: { day: { type: "string" } } },
    });
  });

  it("refuses what is no zod 4 schema or has no JSON Schema, before anything is sent", async () => {
    const { peer, box } = await boxWith(answering(done("")));
    await using _ = peer;
    const other = {
      "~standard": { version: 1, vendor: "other", validate: () => ({ value: 1 }) },
    } as const;
    for (const responseSchema of [other, z.object({ f: z.map(z.string(), z.date()) })]) {
      const error = await failureOf(
        box.agent.run({ prompt: "x", responseSchema: responseSchema as typeof other }),
      );
      expect(error.code).toBe("invalid_argument");
    }
    expect(peer.requests).toHaveLength(1);
  });
});

it("reads fifty thousand events quickly", async () => {
  const events: string[] = [];
  for (let index = 0; index < 50_000; index++)
    events.push(event("text", { text: `word ${index} ` }));
  const { peer, box } = await boxWith(answering(START, ...events, done("x")));
  await using _ = peer;
  const stream = await box.agent.stream({ prompt: "x" });
  const started = performance.now();
  let last: AgentChunk | undefined;
  let count = 0;
  for await (const chunk of stream) {
    last = chunk;
    count += 1;
  }
  expect(count).toBe(50_002);
  expect(last?.type).toBe("finish");
  // Some 0.15 s on a quiet machine.
  expect(performance.now() - started).toBeLessThan(5000);
});
