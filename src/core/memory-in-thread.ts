import { mayCommand } from "./admit.ts";
import type { GitHub, Remark } from "./github.ts";
import type { Memory } from "./memory.ts";
import type { Request } from "./request.ts";
import { isJob } from "./resolve-command.ts";
import { parseCommand } from "./trigger/parse-command.ts";

/**
 * What a thread itself says of earlier requests, for who keeps nothing: the last command in it by somebody
 * who may write, as it was first written. Of plans and of work there is nothing to go back to.
 */
export function memoryInThread(github: GitHub, mention: string | null): Memory {
  const lastCommand = async (request: Request): Promise<Request | null> => {
    const remarks = await github.remarks(request.thread.number);
    for (const remark of remarks.toReversed()) {
      const asked = isOlder(remark, request) ? parseCommand(remark.body, mention) : null;
      if (asked === null || !isJob(asked.command)) continue;
      // What somebody else has asked for is not asked for by trying again.
      if (mayCommand(await github.permission(remark.author))) return { ...request, ...asked };
    }
    return null;
  };
  return {
    async lastRequest(request) {
      const last = await lastCommand(request);
      return last === null ? null : { request: last, approvedSha: null };
    },
    earlierWork: null,
    lastPlan: null,
    hold: async () => undefined,
    async held(request) {
      const held = await lastCommand(request);
      if (held === null || request.thread.kind !== "pull-request") return null;
      const { head } = await github.pullRequest(request.thread.number);
      return { request: held, sha: head.sha };
    },
  };
}

/** Anybody who may write may edit a comment: then it says what they say, and not what was asked. */
function isOlder({ createdAt, updatedAt, id }: Remark, { askedAt, origin }: Request): boolean {
  return createdAt === updatedAt && createdAt <= askedAt && id !== origin.id;
}
