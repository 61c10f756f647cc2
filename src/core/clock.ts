/** Time as core sees it, so that tests need not wait for it. Milliseconds throughout. */
export interface Clock {
  now(): number;
  /** Calls back once after `delay`; the result cancels it. */
  after(delay: number, callback: () => void): () => void;
}

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};
