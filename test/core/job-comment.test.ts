import { describe, expect, it } from "vitest";
import { memoryCommentSlot } from "../../src/core/comment-slot.ts";
import type { GitHub, PostedComment } from "../../src/core/github.ts";
import { JobComment } from "../../src/core/job-comment.ts";
import { aJob } from "../support/a-job.ts";

const posted: PostedComment = { id: 9, htmlUrl: "https://github.com/acme/site/pull/7#c9" };

function setup(
  options: { found?: PostedComment; failures?: number; resumed?: boolean; deleted?: boolean } = {},
) {
  const calls: string[] = [];
  let { failures = 0 } = options;
  const github = {
    async findReply(_to: unknown, marker: string) {
      calls.push(`find ${marker}`);
      return options.found ?? null;
    },
    async reply(_to: unknown, body: string) {
      calls.push(`reply ${body}`);
      if (failures-- > 0) throw new Error("no");
      return posted;
    },
    async editReply({ id }: { id: number }, body: string) {
      calls.push(`edit ${id} ${body}`);
      if (options.deleted) throw Object.assign(new Error("Not Found"), { status: 404 });
    },
  } as unknown as GitHub;
  const job = { ...aJob(), id: "0123456789ab" };
  const slot = memoryCommentSlot();
  const comment = new JobComment(job, github, { slot, resumed: options.resumed ?? false });
  return { calls, comment };
}

describe("the comment of a job", () => {
  it("that somebody has deleted does not come back", async () => {
    const { calls, comment } = setup({ deleted: true });
    await comment.publish("one");
    await comment.publish("two");
    await comment.publish("three");
    expect(calls).toEqual(["reply one", "edit 9 two"]);
  });

  it("is made once and edited from then on", async () => {
    const { calls, comment } = setup();
    expect(comment.url).toBeNull();
    await comment.publish("one");
    expect(comment.url).toBe(posted.htmlUrl);
    await comment.publish("two");
    expect(calls).toEqual(["reply one", "edit 9 two"]);
  });

  it("is found again by a job that goes on in another process", async () => {
    const { calls, comment } = setup({ found: { ...posted, id: 4 }, resumed: true });
    await comment.publish("one");
    const marker = "<!-- box-action:job:0123456789ab -->";
    expect(calls).toEqual([`find ${marker}`, "edit 4 one"]);
  });

  it("is looked for again when making it failed: it may be there all the same", async () => {
    const { calls, comment } = setup({ failures: 1 });
    await expect(comment.publish("one")).rejects.toThrow("no");
    expect(comment.url).toBeNull();
    await comment.publish("two");
    expect(calls.map((call) => call.split(" ")[0])).toEqual(["reply", "find", "reply"]);
  });
});
