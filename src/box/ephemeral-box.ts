import { BaseBox } from "./base-box.ts";
import { BoxError } from "./box-error.ts";
import type { Client } from "./client.ts";
import { createEphemeralBody } from "./create-body.ts";
import { deleteBoxes } from "./delete-boxes.ts";
import { fetchBox } from "./fetch-box.ts";
import { makeBox } from "./make-box.ts";
import type { AccountCallOptions, CreateEphemeralBoxOptions } from "./options.ts";
import { deleteSnapshots } from "./snapshots.ts";
import type { BoxData } from "./wire.ts";

/**
 * A box that deletes itself, at the latest after three days. It has commands, files, schedules and
 * snapshots; no agent, no git, no public URLs, and it does not pause.
 *
 * @example
 * await using box = await EphemeralBox.create({ runtime: "node", ttl: 3600 });
 * const run = await box.exec.command("node --version");
 */
export class EphemeralBox extends BaseBox {
  static readonly delete = deleteBoxes;
  static readonly deleteSnapshots = deleteSnapshots;

  /** @internal Use {@link EphemeralBox.create} or {@link EphemeralBox.get}. */
  constructor(client: Client, data: BoxData) {
    super(client, data);
    if (data.expires_at !== undefined) return;
    throw new BoxError(
      "invalid_argument",
      `Box ${data.id} does not delete itself. Take it up with Box.get.`,
    );
  }

  /**
   * Makes a box that deletes itself.
   *
   * @throws BoxError `box_failed` when it does not come up.
   * @example
   * const box = await EphemeralBox.create({ runtime: "python", ttl: 1800 });
   */
  static async create(options: CreateEphemeralBoxOptions = {}): Promise<EphemeralBox> {
    const { client, data } = await makeBox("", createEphemeralBody(options), options);
    return new EphemeralBox(client, data);
  }

  /**
   * Makes one that begins as a snapshot was; see `Box.fromSnapshot`.
   *
   * @throws BoxError `not_found` when there is no such snapshot.
   * @example
   * const box = await EphemeralBox.fromSnapshot("snap_abc123", { ttl: 600 });
   */
  static async fromSnapshot(
    snapshotId: string,
    options: CreateEphemeralBoxOptions = {},
  ): Promise<EphemeralBox> {
    const body = { snapshot_id: snapshotId, ...createEphemeralBody(options) };
    const { client, data } = await makeBox("/from-snapshot", body, options);
    return new EphemeralBox(client, data);
  }

  /**
   * Takes up an ephemeral box by its id or its name.
   *
   * @throws BoxError `not_found`; `invalid_argument` for a box that is to stay.
   */
  static async get(idOrName: string, options: AccountCallOptions = {}): Promise<EphemeralBox> {
    const { client, data } = await fetchBox(idOrName, options);
    return new EphemeralBox(client, data);
  }

  /** The same as {@link EphemeralBox.get}. */
  static getByName(name: string, options: AccountCallOptions = {}): Promise<EphemeralBox> {
    return EphemeralBox.get(name, options);
  }

  /** When the box deletes itself, in unix seconds. */
  get expiresAt(): number {
    return this.data.expires_at ?? 0;
  }
}
