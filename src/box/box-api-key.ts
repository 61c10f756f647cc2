/** Where the model provider's key comes from, instead of a key itself. */
export const BoxApiKey = {
  /** A key that the service manages and bills. */
  UpstashKey: "UPSTASH_KEY",
  /** The key that was stored for the account beforehand. */
  StoredKey: "STORED_KEY",
} as const;
export type BoxApiKey = (typeof BoxApiKey)[keyof typeof BoxApiKey];
