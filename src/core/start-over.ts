/**
 * What the finished steps had made is gone, or cannot be trusted: the job begins again with a new box, at
 * the commit that it was pinned to.
 */
export class StartOver extends Error {
  override readonly name = "StartOver";
}
