/**
 * The first line of a job's comment, by which the comment is found again after a crash. Invisible
 * on the page.
 */
export function jobMarker(jobId: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(jobId)) throw new TypeError(`not a job's id: "${jobId}"`);
  return `<!-- box-action:job:${jobId} -->`;
}
