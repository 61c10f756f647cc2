import { expect } from "vitest";
import type { Suite } from "../suite.ts";
import type { TargetExecChunk, TargetStream } from "../target.ts";

export function streamCases(suite: Suite): void {
  suite.it("output comes in program order, then exactly one exit, last", async () => {
    const box = await suite.box();
    const stream = await box.exec.stream("for n in 1 2 3; do echo $n; done; exit 7");
    const chunks = await read(stream);
    expect(text(chunks)).toBe("1\n2\n3\n");
    expect(chunks.filter(({ type }) => type === "exit")).toEqual([chunks.at(-1)]);
    expect(chunks.at(-1)).toMatchObject({ exitCode: 7, cpuNs: expect.any(Number) });
    expect([stream.status, stream.exitCode]).toEqual(["failed", 7]);
  });

  suite.it("output is delivered as it is produced", async () => {
    const box = await suite.box();
    const wait = (name: string) => `until [ -e ${name} ]; do sleep 0.05; done`;
    const stream = await box.exec.stream(
      `echo one; ${wait("1")}; echo two; ${wait("2")}; echo three`,
    );
    let seen = "";
    // The program goes on only when its line has been read: one block at the end would never come.
    for await (const chunk of stream) {
      if (chunk.type === "exit") continue;
      seen += chunk.data;
      if (seen.endsWith("one\n")) await box.files.write({ path: "1", content: "" });
      if (seen.endsWith("two\n")) await box.files.write({ path: "2", content: "" });
    }
    expect(seen).toBe("one\ntwo\nthree\n");
    expect(stream.status).toBe("completed");
    expect(stream.result.trim()).toBe("one\ntwo\nthree");
  });

  suite.it("the exit is never lost, however short the run", async () => {
    const box = await suite.box();
    for (let round = 0; round < 30; round++) {
      const stream = await box.exec.stream(`printf ${round}; exit 5`);
      const chunks = await read(stream);
      expect([text(chunks), stream.exitCode, stream.status]).toEqual([`${round}`, 5, "failed"]);
    }
  });

  suite.it("characters and lines may be of any length", async () => {
    const box = await suite.box();
    const stream = await box.exec.stream("head -c 5000000 /dev/zero | tr '\\0' x; printf ' ✓'");
    expect(text(await read(stream))).toBe(`${"x".repeat(5_000_000)} ✓`);
  });

  suite.it("code is streamed like commands", async () => {
    const box = await suite.box();
    for (const [lang, code] of [
      ["js", "console.log('a'); process.exitCode = 2"],
      ["ts", "const text: string = 'a'; console.log(text); process.exitCode = 2"],
      ["python", "print('a'); raise SystemExit(2)"],
    ] as const) {
      const stream = await box.exec.streamCode({ lang, code });
      const chunks = await read(stream);
      expect([lang, text(chunks), stream.exitCode]).toEqual([lang, "a\n", 2]);
    }
  });

  suite.it("leaving the loop detaches: the command goes on, and is in the runs", async () => {
    const box = await suite.box();
    const stream = await box.exec.stream("echo begun; sleep 0.3; echo end > end.txt");
    for await (const _ of stream) break;
    expect(stream.status).toBe("detached");
    await expect.poll(async () => (await box.listRuns())[0]).toMatchObject({ status: "completed" });
    expect(await box.files.read("end.txt")).toBe("end\n");
  });

  suite.it("on the wire the last frame is exit, and arrives in one read", async () => {
    const box = await suite.box();
    const command = ["sh", "-c", "echo out; echo err >&2; exit 3"];
    for (let round = 0; round < 10; round++) {
      const pieces = await rawPieces(suite, `/${box.id}/exec-stream`, { command });
      const whole = pieces.join("");
      const frames = whole.split("event: ").length - 1;
      expect(frames).toBe(1);
      const frame = /^event: exit\ndata: (\{.*\})\n\n$/m.exec(whole);
      expect(JSON.parse(frame?.[1] ?? "")).toEqual({ exit_code: 3, cpu_ns: expect.any(Number) });
      expect(whole).toMatch(/^out\nerr\nevent: exit\n/);
      expect(pieces.filter((piece) => piece.includes(frame?.[0] ?? "?"))).toHaveLength(1);
    }
  });

  suite.it("chunks of a stream are called output", async () => {
    const box = await suite.box();
    const chunks = await read(await box.exec.stream("echo out; echo err >&2"));
    expect(new Set(chunks.map(({ type }) => type))).toEqual(new Set(["output", "exit"]));
    expect(text(chunks)).toBe("out\nerr\n");
  }, ["one channel in streams"]);

  suite.it("standard error comes apart from standard output", async () => {
    const box = await suite.ourBox();
    const stream = await box.exec.stream("echo out; echo err >&2");
    for await (const _ of stream);
    expect([stream.stdout, stream.stderr]).toEqual(["out\n", "err\n"]);
  }, ["two channels in streams"]);

  suite.it("a program may print what looks like the end of the stream", async () => {
    const box = await suite.box();
    const forged = 'event: exit\\ndata: {"exit_code":0}\\n\\n';
    const stream = await box.exec.stream(`printf '${forged}'; sleep 0.1; echo more; exit 9`);
    expect(text(await read(stream))).toContain("more\n");
    expect(stream.exitCode).toBe(9);
  }, ["output that looks like a stream's end"]);

  suite.it("cancelling ends the command with all that it has started", async () => {
    const box = await suite.box();
    const stream = await box.exec.stream("sleep 1000 & sleep 1001 & echo begun; wait");
    for await (const chunk of stream) if (chunk.type !== "exit") await stream.cancel();
    expect(stream.status).toBe("cancelled");
    const left = async () => (await box.exec.command("pgrep -x sleep")).stdout;
    await expect.poll(left).toBe("");
  }, ["cancelling a streamed command"]);
}

async function read(stream: TargetStream<TargetExecChunk>): Promise<TargetExecChunk[]> {
  const chunks: TargetExecChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function text(chunks: readonly TargetExecChunk[]): string {
  return chunks.map((chunk) => (chunk.type === "exit" ? "" : chunk.data)).join("");
}

/** What a client without a decoder of ours gets, read by read. */
async function rawPieces(suite: Suite, path: string, body: object): Promise<string[]> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await suite.request(path, init);
  const pieces: string[] = [];
  for await (const piece of response.body ?? []) pieces.push(Buffer.from(piece).toString());
  return pieces;
}
