import webhooks from "@octokit/webhooks-examples";
import { registerApp } from "../../dev/dev-app.ts";
import { startGitHub } from "../../dev/github/index.ts";
import { interleave } from "../interleave.ts";
import { percentile } from "../percentile.ts";
import { appProcess } from "./app-process.ts";
import { bareProbotProcess } from "./bare-probot-process.ts";
import { connections, deliverAll, signedDelivery } from "./deliver.ts";

/** Sent in one go; so many at a time. */
const IN_ONE_GO = 200;
const AT_ONCE = 20;

/**
 * Deliveries per second of the App, which keeps each on the disk before it answers, in those of a bare
 * Probot handler that does nothing. Both get GitHub's own example of a comment, which is for neither.
 */
export async function deliveryRate(samples: number, databaseUrl?: string) {
  await using github = await startGitHub();
  const app = registerApp(github);
  await using subject = await appProcess(github, app, databaseUrl ? { databaseUrl } : {});
  await using bare = await bareProbotProcess(app);
  const agent = connections(AT_ONCE);
  const rate = (url: string) => async () => {
    const deliveries = Array.from({ length: IN_ONE_GO }, () => someComment(app.webhookSecret));
    const started = performance.now();
    await deliverAll(url, deliveries, agent);
    return performance.now() - started;
  };
  try {
    const times = await interleave({
      samples,
      subject: rate(subject.webhookUrl),
      baseline: rate(bare.webhookUrl),
    });
    const perSecond = (milliseconds: number[]) =>
      (IN_ONE_GO / percentile(milliseconds, 50)) * 1_000;
    const details = {
      perSecond: perSecond(times.subject),
      baselinePerSecond: perSecond(times.baseline),
      samples,
    };
    return { value: details.perSecond / details.baselinePerSecond, details };
  } finally {
    agent.destroy();
  }
}

/** GitHub's own example of a comment that nobody has to act upon. */
export function someComment(secret = "") {
  const examples = webhooks as unknown as Array<{ name: string; examples: object[] }>;
  const example = examples.find(({ name }) => name === "issue_comment")?.examples[0];
  if (example === undefined) throw new Error("There is no example of a comment.");
  return signedDelivery("issue_comment", example, secret);
}
