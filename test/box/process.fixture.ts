import { Box, type BoxError } from "../../src/box/index.ts";

/** Run by process.test.ts in a process of its own, against a peer that resets every stream. */
const lines: string[] = [];
let rejections = 0;
process.on("unhandledRejection", () => {
  rejections += 1;
});

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: BoxError) => error.code,
  );

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

const box = await Box.get("box-1");
lines.push(`exec stream read: ${await code(drain(await box.exec.stream("x")))}`);

const left = await box.exec.stream("x");
for await (const _ of left) break;
lines.push(`exec stream left: ${left.status}`);

const unread = await box.exec.stream("x");
await unread[Symbol.asyncDispose]();
lines.push(`exec stream unread, disposed: ${unread.status}`);

const cancelled = await box.exec.stream("x", { timeout: 3_600_000 });
await cancelled.cancel();
lines.push(`exec stream cancelled: ${cancelled.status}`);

lines.push(`agent read: ${await code(box.agent.run({ prompt: "x", timeout: 3_600_000 }))}`);

const agent = await box.agent.stream({ prompt: "x" });
for await (const _ of agent) break;
lines.push(`agent left: ${agent.status}`);

const controller = new AbortController();
const command = code(box.exec.command("x", { signal: controller.signal }));
setTimeout(() => controller.abort(), 50);
lines.push(`command aborted: ${await command}`);
lines.push(`command timed out: ${await code(box.exec.command("x", { timeout: 50 }))}`);
lines.push(`delete timed out: ${await code(box.delete({ requestTimeout: 50 }))}`);

const session = await box.exec.session({ argv: ["x"], timeout: 3_600_000 });
lines.push(`session read: ${await code(drain(session))}`);

const closed = await box.exec.session({ argv: ["x"] });
await closed.close();
lines.push(`session closed: ${await closed.wait()}`);

const givenUp = new AbortController();
await box.exec.session({ argv: ["x"], signal: givenUp.signal });
givenUp.abort();

// A stream and a session that nobody reads while they are reset.
await box.exec.stream("x");
await box.exec.session({ argv: ["x"] });
await new Promise((resolve) => setTimeout(resolve, 400));

process.on("exit", () => {
  lines.push(`rejections: ${rejections}`);
  process.stdout.write(JSON.stringify(lines));
});
