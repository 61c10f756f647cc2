interface Dispatcher {
  dispatch(options: object, handler: unknown): boolean;
}

/** Where Node's own fetch keeps its connection pool, and npm's undici its replacement. */
const GLOBAL_DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/**
 * What to add to a `fetch` so that a silent connection is not given up: Node cuts one after 300 s
 * without a header or a byte, and tests that print nothing, or an agent that thinks, take longer.
 * The limits are the caller's `timeout` and `signal` instead. Requests still go through the
 * dispatcher that the process has set, with its proxy and certificates; elsewhere than in Node this
 * is nothing.
 */
export function withoutIdleLimit(): object {
  // Touching Headers makes Node load its fetch, and with it the dispatcher.
  void Headers.name;
  const found = (globalThis as Record<symbol, unknown>)[GLOBAL_DISPATCHER] as
    | Dispatcher
    | undefined;
  if (typeof found?.dispatch !== "function") return {};
  const dispatcher: Dispatcher = {
    dispatch: (options, handler) =>
      found.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler),
  };
  return { dispatcher };
}
