import { mayCommand } from "../admit.ts";
import { shownLines } from "../diff-lines.ts";
import type { GitHub, NewReviewRemark, PullRequestFile, ReviewRemark } from "../github.ts";
import type { Job } from "../job.ts";
import { JobFailure } from "../job-failure.ts";
import { jobMarker } from "../marker.ts";
import type { JobPorts } from "../ports.ts";
import type { Finding } from "../review-findings.ts";
import { findingMarker, findingRemark } from "../views/finding-remark.ts";
import { reviewBody } from "../views/review-body.ts";

/** A page of remarks is read by nobody; what does not fit stands in the review's text. */
const MOST_REMARKS = 40;

/** What of the findings is said where. */
interface Sorted {
  /** On lines that the pull request's diff shows. */
  onLines: Array<{ finding: Finding; remark: NewReviewRemark }>;
  elsewhere: Finding[];
  /** Said by us before. */
  known: Finding[];
}

/**
 * Submits an agent's findings as one review, without those that we have said before. None that is new is
 * no review. What an attempt that was cut off has submitted is found, and not submitted twice.
 */
export async function publishReview(
  job: Job,
  { summary, findings }: { summary: string; findings: readonly Finding[] },
  ports: JobPorts,
): Promise<void> {
  const { github, emit } = ports;
  const { thread, requester } = job.request;
  if (!mayCommand(await github.permission(requester.login))) {
    throw new JobFailure(
      "permission-lost",
      `${requester.login} may not write to this repository any more.`,
      "Somebody who may write can comment the same command.",
    );
  }
  const marker = jobMarker(job.id);
  const [reviews, files, said, { login }] = await Promise.all([
    github.ownReviews(thread.number),
    github.pullRequestFiles(thread.number),
    github.reviewRemarks(thread.number),
    github.identity(),
  ]);
  // Anybody can copy a marker; only what our own account has written is ours.
  const made = reviews.find(({ body }) => body.includes(marker)) ?? null;
  const own = said.filter(({ author, reviewId }) => author === login && reviewId !== made?.id);
  const earlier = reviews.filter((review) => review !== made).map(({ body }) => body);
  const sorted = sort(findings, files, own, earlier);
  const known = sorted.known.length;
  const isNews = sorted.onLines.length + sorted.elsewhere.length > 0;
  const review =
    made ?? (isNews ? await submit(job, `${marker}\n`, summary, sorted, github) : null);
  emit({ type: "review-published", url: review?.htmlUrl ?? null, known });
}

async function submit(
  { request, target }: Job,
  marker: string,
  summary: string,
  sorted: Sorted,
  github: GitHub,
) {
  const { number } = request.thread;
  const onLines = sorted.onLines.slice(0, MOST_REMARKS);
  const rest = [...sorted.onLines.slice(MOST_REMARKS).map(({ finding }) => finding)];
  const inText = [...sorted.elsewhere, ...rest];
  try {
    return await github.createReview(number, {
      sha: target.sha,
      body: marker + reviewBody(summary, inText),
      remarks: onLines.map(({ remark }) => remark),
    });
  } catch (error) {
    // One line that GitHub does not find refuses them all: the head moved, or the diff is cut.
    if ((error as { status?: number }).status !== 422 || onLines.length === 0) throw error;
    const all = [...onLines.map(({ finding }) => finding), ...inText];
    const body = marker + reviewBody(summary, all);
    return github.createReview(number, { sha: target.sha, body, remarks: [] });
  }
}

function sort(
  findings: readonly Finding[],
  files: readonly PullRequestFile[],
  own: readonly ReviewRemark[],
  earlier: readonly string[],
): Sorted {
  const shown = new Map(files.map(({ path, patch = "" }) => [path, shownLines(patch)]));
  const sorted: Sorted = { onLines: [], elsewhere: [], known: [] };
  for (const finding of findings) {
    const { path, line, startLine } = finding;
    const hunk = shown.get(path)?.get(line);
    const mark = findingMarker(finding);
    const isSaid = own.some((remark) => isSame(remark, finding));
    if (isSaid || earlier.some((body) => body.includes(mark))) {
      sorted.known.push(finding);
    } else if (hunk === undefined) {
      sorted.elsewhere.push(finding);
    } else {
      const start = startLine ?? line;
      const isWhole = start < line && shown.get(path)?.get(start) === hunk;
      const remark = { path, line, body: findingRemark(finding, isWhole || start === line) };
      sorted.onLines.push({
        finding,
        remark: isWhole ? { ...remark, startLine: start } : remark,
      });
    }
  }
  return sorted;
}

/** Models say the same in other words the next time: on the same line it is the same. */
function isSame(remark: ReviewRemark, finding: Finding): boolean {
  if (remark.path !== finding.path) return false;
  return remark.line === finding.line || remark.body.includes(findingMarker(finding));
}
