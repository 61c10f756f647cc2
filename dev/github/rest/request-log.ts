export interface LoggedRequest {
  method: string;
  /** Without `/api/v3`. */
  path: string;
  query: string;
  /** As GitHub's description names it; `null` for an unknown route. */
  operation: string | null;
  /** The login, or the slug for a request with an App's JWT; `null` for nobody. */
  actor: string | null;
  status: number;
  /** Milliseconds. */
  duration: number;
}

/** What was asked of the REST API, oldest first. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
  }
}
