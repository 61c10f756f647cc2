import type { BoxContext } from "./box-context.ts";
import { BoxError } from "./box-error.ts";
import type { Client } from "./client.ts";
import { Exec } from "./exec.ts";
import { Files } from "./files.ts";
import { policyFromWire } from "./network-policy.ts";
import type { CallOptions, NetworkPolicyOptions } from "./options.ts";
import { resolvePath, WORKSPACE } from "./paths.ts";
import { readRecord } from "./read-record.ts";
import { Schedules } from "./schedules.ts";
import { deleteSnapshot, listSnapshots, type SnapshotOptions, takeSnapshot } from "./snapshots.ts";
import type { BoxData, BoxSize, BoxStatus, Snapshot } from "./wire.ts";

/** What `Box` and `EphemeralBox` have in common. */
export abstract class BaseBox {
  /** Commands. */
  readonly exec: Exec;
  /** Files. */
  readonly files: Files;
  /** What is run again and again. */
  readonly schedule: Schedules;
  /** @internal */
  protected readonly context: BoxContext;
  /** @internal What the service has said of the box, and what was changed since. */
  protected data: BoxData;

  /** @internal */
  constructor(client: Client, data: BoxData, gitToken?: string) {
    this.data = data;
    this.context = {
      client,
      id: data.id,
      path: `/${encodeURIComponent(data.id)}`,
      cwd: WORKSPACE,
      harness: data.agent || undefined,
      gitToken,
    };
    this.exec = new Exec(this.context);
    this.files = new Files(this.context);
    this.schedule = new Schedules(this.context);
  }

  get id(): string {
    return this.data.id;
  }

  /** The name it was given, if any. */
  get name(): string | undefined {
    return this.data.name || undefined;
  }

  /** `small`, `medium` or `large`. */
  get size(): BoxSize {
    return this.data.size || "small";
  }

  get runtime(): string | undefined {
    return this.data.runtime || undefined;
  }

  /** What the box may reach. */
  get networkPolicy(): NetworkPolicyOptions {
    return policyFromWire(this.data.network_policy);
  }

  /** Where commands, files, git and the agent work. @default "/workspace/home" */
  get cwd(): string {
    return this.context.cwd;
  }

  /**
   * Changes `cwd` for what follows.
   *
   * @param path Relative to `cwd`, or absolute.
   * @throws BoxError `no_such_directory`; `cwd` stays as it is.
   * @example
   * await box.cd("my-project");
   * box.cwd; // "/workspace/home/my-project"
   */
  async cd(path: string, options: CallOptions = {}): Promise<void> {
    const target = resolvePath(this.cwd, path);
    const run = await this.exec.command(["test", "-d", target], {
      folder: WORKSPACE,
      signal: options.signal,
      timeout: options.requestTimeout,
    });
    if (run.exitCode !== 0) {
      throw new BoxError(
        "no_such_directory",
        `cd: ${path}: No such file or directory. box.files.list() shows what is there.`,
      );
    }
    this.context.cwd = target;
  }

  /** What the box is doing now; `deleted` when the service does not have it any more. */
  async getStatus(options: CallOptions = {}): Promise<{ status: BoxStatus }> {
    const { client, path } = this.context;
    const { value } = await client
      .json("GET", `${path}/status`, options)
      .catch((error: unknown) => {
        // There was such a box when this object was made.
        if (!isGone(error)) throw error;
        return { value: { status: "deleted" } };
      });
    return { status: readRecord<{ status: BoxStatus }>(value, "status").status };
  }

  /**
   * Keeps the box's disk, agent and variables as they are now, running, idle or paused. The snapshot
   * outlives the box; `fromSnapshot` makes boxes of it.
   *
   * @throws BoxError `snapshot_failed`, or `timeout` after 300 s.
   * @example
   * const { id } = await box.snapshot({ name: "checkpoint-1" });
   * const copy = await Box.fromSnapshot(id);
   */
  snapshot(options: SnapshotOptions): Promise<Snapshot> {
    return takeSnapshot(this.context, options);
  }

  /** The snapshots of this box. */
  listSnapshots(options: CallOptions = {}): Promise<Snapshot[]> {
    return listSnapshots(this.context, options);
  }

  /** Deletes a snapshot for good; boxes made from it stay. */
  deleteSnapshot(snapshotId: string, options: CallOptions = {}): Promise<void> {
    return deleteSnapshot(this.context, snapshotId, options);
  }

  /** Deletes the box for good. One that is gone already is no error. */
  async delete(options: CallOptions = {}): Promise<void> {
    try {
      await this.context.client.json("DELETE", this.context.path, options);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Deletes the box at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.delete();
  }
}

function isGone(error: unknown): boolean {
  return BoxError.isInstance(error) && error.code === "not_found";
}
