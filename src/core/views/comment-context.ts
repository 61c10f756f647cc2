/** What a comment needs to know beside the job's state. All of it is ours or checked. */
export interface CommentContext {
  /** The job's marker (`jobMarker`), the comment's first line. Only a comment needs one. */
  marker?: string;
  /** For links to commits, e.g. `https://github.com/acme/site`. */
  repositoryUrl: string;
  /** Where the whole log is: the App's live page or the workflow run. */
  logUrl?: string;
  /** Milliseconds since 1970; elapsed time counts up to here. Default: the last event's time. */
  now?: number;
}
