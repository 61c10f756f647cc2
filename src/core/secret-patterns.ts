/**
 * What has the shape of a secret, for those that nobody told us about. Second to exact values:
 * shapes change (installation tokens grew to some 520 characters in 2026), so no length is assumed.
 *
 * Every pattern is linear: one run of one character class behind a fixed beginning.
 */
export const secretPatterns: readonly RegExp[] = [
  // GitHub: classic, OAuth, user, server, refresh and fine-grained tokens, of any length.
  /(?<![A-Za-z0-9])gh[oprsu]_[A-Za-z0-9._-]{16,}/g,
  /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{16,}/g,
  // Anthropic, OpenAI and all who copied `sk-`; also `sk_live_…` and its relatives.
  /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  // Upstash Box and the engine's own.
  /(?<![A-Za-z0-9])(?:box|abx)_[A-Za-z0-9_-]{16,}/g,
  // AWS key ids.
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  // Slack.
  /(?<![A-Za-z0-9])xox[a-z]-[A-Za-z0-9-]{10,}/g,
  // npm, GitLab, Google.
  /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/g,
  /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{16,}/g,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/g,
  // JSON Web Tokens: two parts that are base64url of `{"…`, with or without a signature.
  /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)?/g,
  // Private keys, also one that was cut off before its end. `\\n` is what JSON makes of a line feed.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s:,.-]|\\[nr])*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?![A-Za-z0-9+/=\s:,.\\-])|$)/g,
  // The credential of a URL; the address itself stays readable.
  /(?<=:\/\/)[^\s/@:"'<>`]{0,256}:[^\s/@"'<>`]+(?=@)/g,
  /(?<=:\/\/)[^\s/@:"'<>`]{20,}(?=@)/g,
];
