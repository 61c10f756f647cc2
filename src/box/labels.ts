import type { BoxContext } from "./box-context.ts";
import type { CallOptions } from "./options.ts";
import { pathSegment } from "./path-segment.ts";
import { readList } from "./read-list.ts";

/** The labels of a box: `box.labels`. `Box.list({ label })` finds boxes by them. */
export class Labels {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Adds one: at most 20 characters of `A-Z a-z 0-9 . _ : -`, at most 5 a box.
   *
   * @returns All labels of the box.
   * @throws BoxError `conflict` when it is there already.
   */
  async add(label: string, options: CallOptions = {}): Promise<string[]> {
    const path = `${this.#box.path}/config/labels`;
    const { value } = await this.#box.client.json("POST", path, { ...options, body: { label } });
    return readList(value, "labels");
  }

  /**
   * Takes one away.
   *
   * @returns The labels that are left.
   * @throws BoxError `not_found` when it is not there.
   */
  async remove(label: string, options: CallOptions = {}): Promise<string[]> {
    const path = `${this.#box.path}/config/labels/${pathSegment(label, "a label")}`;
    const { value } = await this.#box.client.json("DELETE", path, options);
    return readList(value, "labels");
  }

  /** The labels as they are now. */
  async list(options: CallOptions = {}): Promise<string[]> {
    const { value } = await this.#box.client.json("GET", this.#box.path, options);
    return readList(value, "labels");
  }
}
