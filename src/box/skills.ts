import type { BoxContext } from "./box-context.ts";
import type { CallOptions } from "./options.ts";
import { pathSegment } from "./path-segment.ts";
import { readList } from "./read-list.ts";

/** The skills of a box's agent: `box.skills`. An id has the form `owner/repo/skill`. */
export class Skills {
  readonly #box: BoxContext;

  /** @internal */
  constructor(box: BoxContext) {
    this.#box = box;
  }

  /**
   * Adds one; one that is there already stays.
   *
   * @example
   * await box.skills.add("vercel/ai/ai-sdk");
   */
  async add(skillId: string, options: CallOptions = {}): Promise<void> {
    const path = `${this.#box.path}/config/skills`;
    await this.#box.client.json("POST", path, { ...options, body: { skill_id: skillId } });
  }

  /**
   * Takes one away.
   *
   * @throws BoxError `not_found` when it is not there.
   */
  async remove(skillId: string, options: CallOptions = {}): Promise<void> {
    // The service takes the slashes of the id as they are.
    const id = skillId.split("/").map((part) => pathSegment(part, "a skill"));
    const path = `${this.#box.path}/config/skills/${id.join("/")}`;
    await this.#box.client.json("DELETE", path, options);
  }

  /** The skills as they are now. */
  async list(options: CallOptions = {}): Promise<string[]> {
    const { value } = await this.#box.client.json("GET", this.#box.path, options);
    return readList(value, "enabled_skills");
  }
}
