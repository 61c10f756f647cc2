/** Run by runtime.test.ts: the SDK is loaded without the globals that edge runtimes lack. */
const { process, Buffer } = globalThis;
const baseUrl = process.argv[2] ?? "";

Object.assign(globalThis, { process: undefined, Buffer: undefined });
const loading = import("../../src/box/index.ts");
// What loads modules here is Node, which needs them again at the end of each step.
const { Box, BoxError } = await loading.finally(() =>
  Object.assign(globalThis, { process, Buffer }),
);

const withoutProcess = <Value>(read: () => Value): Value => {
  Object.assign(globalThis, { process: undefined });
  try {
    return read();
  } finally {
    Object.assign(globalThis, { process });
  }
};
const noKey = await withoutProcess(() => Box.list()).catch((error: unknown) =>
  BoxError.isInstance(error) ? error.code : "no BoxError",
);

const box = await Box.get("box-1", { apiKey: "key-of-a-test", baseUrl });
const content = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
await box.files.write({ path: "a", content });
const stream = await box.exec.stream("x");
for await (const _ of stream);
process.stdout.write(`${noKey} ${stream.status} ${stream.stdout}`);
