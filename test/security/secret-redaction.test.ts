import { expect, it } from "vitest";
import { createRedactor } from "../../src/core/redact.ts";

const redact = createRedactor();
const filler = "Ab1".repeat(14);

// Put together here, so that no scanner finds a secret in this file.
it.each([
  ["an installation token", `gh${"s"}_${filler}`],
  [
    "an installation token of 2026",
    `gh${"s"}_123456_ey${"J"}${filler}.${filler}.${"x_-".repeat(100)}`,
  ],
  ["a personal token", `gh${"p"}_${filler}`],
  ["an OAuth token", `gh${"o"}_${filler}`],
  ["a user token", `gh${"u"}_${filler}`],
  ["a fine-grained token", `github${"_pat"}_${filler}_${filler}`],
  ["an Anthropic key", `sk${"-ant"}-api03-${filler}`],
  ["an OpenAI key", `sk${"-"}${filler}`],
  ["an AWS key id", `AK${"IA"}${"Q7".repeat(8)}`],
  ["a temporary AWS key id", `AS${"IA"}${"Q7".repeat(8)}`],
  ["a Slack token", `xo${"xb"}-${filler}`],
  ["a JSON Web Token", `ey${"J"}${filler}.${filler}.${filler}`],
  ["a Box key", `bo${"x"}_${filler}`],
  ["an engine key", `ab${"x"}_${filler}`],
  [
    "a private key",
    `-----BEGIN RSA PRIVATE ${"KEY"}-----\n${filler}\n${filler}\n-----END RSA PRIVATE ${"KEY"}-----`,
  ],
  ["a private key without its end", `-----BEGIN PRIVATE ${"KEY"}-----\n${filler}\n${filler}`],
  [
    "a private key in JSON",
    `-----BEGIN PRIVATE ${"KEY"}-----\\n${filler}\\n-----END PRIVATE ${"KEY"}-----`,
  ],
])("%s does not go out although nobody named it", (_what, secret) => {
  expect(redact(`before ${secret}`)).toBe("before [redacted]");
  expect(redact(`"${secret}"`)).not.toContain(filler);
});

it("a credential in an address does not go out, the address does", () => {
  const url = `https://x-access-token:${filler}@example.com/acme/site.git`;
  expect(redact(`fatal: unable to access '${url}'`)).toBe(
    "fatal: unable to access 'https://[redacted]@example.com/acme/site.git'",
  );
});

it.each([
  "task-box_model",
  "https://example.com:8080/a@b",
  "skeleton-key-with-a-long-name-in-it",
  "git@github.com:acme/site.git",
  "sha512-abcdefghijklmnop",
])("ordinary text stays: %s", (text) => {
  expect(redact(text)).toBe(text);
});
