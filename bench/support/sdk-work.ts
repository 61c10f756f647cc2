import type { TargetBox, TargetBoxes } from "../../test/conformance/target.ts";

/** What a client has to work with. */
export interface SdkWork {
  Box: TargetBoxes;
  connection: { baseUrl: string; apiKey: string };
  /** A box whose agent prints {@link EVENTS_FILE}, with {@link MEGABYTE_FILE} in it. */
  box: TargetBox;
}

export const MEGABYTE_FILE = "/workspace/home/megabyte";
export const EVENTS_FILE = "/workspace/home/events";
export const EVENTS = 50_000;
export const STREAM_BYTES = 100e6;

/**
 * What the two SDKs are compared in, each to its end and with its outcome checked. What it returns
 * tidies up, outside of the time.
 */
export const SDK_WORK = {
  async create({ Box, connection }) {
    const box = await Box.create(connection);
    return () => box.delete();
  },

  async exec({ box }) {
    const { stdout } = await box.exec.command("echo hi");
    require(stdout, "hi\n");
  },

  async "files-read"({ box }) {
    const content = await box.files.read(MEGABYTE_FILE);
    require(content.length, 1e6);
  },

  async "exec-stream"({ box }) {
    const stream = await box.exec.stream(`head -c ${STREAM_BYTES} /dev/zero`);
    let length = 0;
    for await (const chunk of stream) if (chunk.type !== "exit") length += chunk.data.length;
    require(length, STREAM_BYTES);
    require(stream.exitCode, 0);
  },

  async "agent-events"({ box }) {
    const stream = await box.agent.stream({ prompt: "print" });
    let events = 0;
    for await (const chunk of stream) if (chunk.type === "text-delta") events++;
    require(events, EVENTS);
    require(stream.result, "the end");
  },
} as const satisfies Record<
  string,
  (work: SdkWork) => Promise<undefined | (() => Promise<void>) | void>
>;

export type SdkWorkName = keyof typeof SDK_WORK;

function require(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`Expected ${wanted}, got ${found}.`);
}
