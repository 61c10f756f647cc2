import { createHash } from "node:crypto";
import type { Request } from "./request.ts";

/** A plan that an agent has made, and what it was made for. */
export interface Plan {
  request: Request;
  text: string;
  /** The commit that it was made on. */
  sha: string;
}

/** Names a plan by its text and its commit: whoever approves it by this has approved nothing else. */
export function planId({ text, sha }: Pick<Plan, "text" | "sha">): string {
  return createHash("sha256").update(`${sha}\n${text}`).digest("hex").slice(0, 7);
}
