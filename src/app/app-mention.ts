import type { Probot } from "probot";

/** Before GitHub is asked again what the App is called. */
const PAUSE_MS = 60_000;

/** The name by which people mention the App; GitHub is asked for it until it answers. */
export class AppMention {
  readonly #probot: Probot;
  readonly #onError: (error: unknown) => void;
  #slug: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(probot: Probot, onError: (error: unknown) => void) {
    this.#probot = probot;
    this.#onError = onError;
  }

  /** Null while it is not known: then only `/box` is a command. */
  get slug(): string | null {
    return this.#slug;
  }

  async start(): Promise<void> {
    try {
      const octokit = await this.#probot.auth();
      const { data } = await octokit.rest.apps.getAuthenticated({ request: { retries: 0 } });
      this.#slug = data?.slug ?? null;
    } catch (error) {
      this.#onError(error);
      this.#timer = setTimeout(() => void this.start(), PAUSE_MS);
      this.#timer.unref();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
