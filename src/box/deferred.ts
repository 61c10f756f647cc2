/** A promise and its ends: `Promise.withResolvers`, which came with Node 22. */
export interface Deferred<Value> {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

/** Makes one whose rejection is no unhandled one when nobody waits for it. */
export function deferred<Value>(): Deferred<Value> {
  const ends = {} as Omit<Deferred<Value>, "promise">;
  const promise = new Promise<Value>((resolve, reject) => Object.assign(ends, { resolve, reject }));
  promise.catch(() => {});
  return { promise, ...ends };
}
