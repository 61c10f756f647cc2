import type * as official from "@upstash/box";
import type { ZodType } from "zod/v3";
import type { Lacks } from "./capability.ts";

/** A client of the contract. The two SDKs are nearly the same, so its types are the original's where it can be. */
export interface Target {
  title: string;
  Box: TargetBoxes;
  EphemeralBox: {
    create(options: official.EphemeralBoxConfig): Promise<TargetEphemeralBox>;
    fromSnapshot(id: string, options: official.EphemeralBoxConfig): Promise<TargetEphemeralBox>;
    delete(options: official.BoxConnectionOptions & { boxIds: string | string[] }): Promise<void>;
  };
  /** What this client cannot do that another can. */
  lacks: Lacks;
}

/** The static side of `Box`. */
export interface TargetBoxes
  extends Pick<
    typeof official.Box,
    "delete" | "deleteSnapshots" | "setEnv" | "listEnv" | "deleteEnv" | "setAllEnv"
  > {
  create(options: official.BoxConfig): Promise<TargetBox>;
  get(idOrName: string, options: official.BoxGetOptions): Promise<TargetBox>;
  getByName(name: string, options: official.BoxGetOptions): Promise<TargetBox>;
  list(options: official.ListOptions): Promise<official.BoxData[]>;
  fromSnapshot(id: string, options: official.BoxConfig): Promise<TargetBox>;
}

export type TargetBox = SameInBoth &
  CommonToBoxes & {
    readonly agent: {
      run(options: official.RunOptions): Promise<TargetRun>;
      run<Result>(
        options: official.RunOptions<Result> & { responseSchema: ZodType<Result> },
      ): Promise<TargetRun<Result>>;
      stream(options: official.StreamOptions): Promise<TargetStream<TargetAgentChunk>>;
    };
    readonly git: official.Box["git"];
    readonly modelConfig: { harness: string | undefined; model: string | undefined };
    listRuns(): Promise<(Pick<official.BoxRunData, "id" | "created_at"> & { status: string })[]>;
  };

type SameInBoth = Pick<
  official.Box,
  | ("size" | "keepAlive" | "labels" | "skills" | "pause" | "resume" | "logs")
  | ("getInitCommand" | "setInitCommand" | "deleteInitCommand")
  | ("configureModel" | "configureCustomHarness" | "updateNetworkPolicy")
  | ("getPublicURL" | "listPublicURLs" | "deletePublicURL")
>;

export type TargetEphemeralBox = CommonToBoxes & { readonly expiresAt: number };

type CommonToBoxes = Pick<
  official.Box,
  | ("id" | "cwd" | "cd" | "files" | "schedule" | "getStatus" | "delete")
  | ("snapshot" | "listSnapshots" | "deleteSnapshot")
> & {
  readonly networkPolicy: { mode: string };
  readonly exec: {
    command(command: string): Promise<TargetRun>;
    code(options: official.CodeExecutionOptions): Promise<TargetRun>;
    stream(command: string): Promise<TargetStream<TargetExecChunk>>;
    streamCode(options: official.CodeExecutionOptions): Promise<TargetStream<TargetExecChunk>>;
  };
};

export interface TargetRun<Result = string>
  extends Pick<official.Run, "id" | "status" | "stdout" | "stderr" | "cancel" | "logs"> {
  readonly result: Result;
  /** Null or undefined for an agent. */
  readonly exitCode: number | null | undefined;
  readonly cost: Pick<
    official.RunCost,
    "inputTokens" | "outputTokens" | "computeMs" | "totalUsd"
  > & { cachedInputTokens?: number | undefined };
}

export type TargetStream<Chunk> = TargetRun & AsyncIterable<Chunk>;

/** The original says `output`; ours says of which output it is. */
export type TargetExecChunk =
  | { type: "output" | "stdout" | "stderr"; data: string }
  | { type: "exit"; exitCode: number; cpuNs?: number | undefined };

export type TargetAgentChunk =
  | { type: "start"; runId: string }
  | { type: "text-delta" | "reasoning"; text: string }
  | { type: "tool-call"; toolName: string; input: unknown; toolCallId?: string | undefined }
  | { type: "tool-result"; output: unknown; toolCallId?: string | undefined }
  | {
      type: "finish";
      output: string;
      usage: { inputTokens: number; outputTokens: number; cachedInputTokens?: number | undefined };
      sessionId?: string | undefined;
    }
  | { type: "stats"; cpuNs: number; memoryPeakBytes?: number | undefined }
  | { type: "unknown"; event: string; data: unknown };
