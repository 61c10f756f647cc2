import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, REDACTED } from "../../src/core/redact.ts";
import { redactData } from "../../src/core/redact-data.ts";
import { redactStream } from "../../src/core/redact-stream.ts";

// Nothing here looks like a real secret until it is put together.
const secret = ["Zq7", "pass", "word+with/odd?chars", "&more"].join("-");

describe("a known secret", () => {
  it("goes, and nothing else with it", () => {
    const redact = createRedactor([secret]);
    expect(redact(`a ${secret} b ${secret}`)).toBe(`a ${REDACTED} b ${REDACTED}`);
    expect(redact("nothing here")).toBe("nothing here");
  });

  it.each([
    ["base64", Buffer.from(secret).toString("base64")],
    ["base64 after one byte", Buffer.from(`x${secret}y`).toString("base64")],
    ["base64 after two bytes", Buffer.from(`xy${secret}z`).toString("base64")],
    ["URL-safe base64", Buffer.from(`user:${secret}`).toString("base64url")],
    ["hexadecimal", Buffer.from(secret).toString("hex")],
    ["a URL's component", encodeURIComponent(secret)],
    ["JSON", JSON.stringify({ [secret]: secret })],
  ])("goes as %s", (_form, text) => {
    const redacted = createRedactor([secret])(text);
    expect(redacted).toContain(REDACTED);
    expect(redacted).not.toContain(secret);
    // At most the two characters at the edges that also depend on the neighbours are left.
    expect(redacted.replaceAll(REDACTED, "").length).toBeLessThanOrEqual(9);
  });

  it("goes across the line breaks that base64 makes", () => {
    const long = secret.repeat(6);
    const lines = Buffer.from(long).toString("base64").replace(/.{76}/g, "$&\n");
    expect(createRedactor([long])(`x\n${lines}\ny`)).toMatch(/^x\n.?\[redacted\].{0,4}\ny$/);
  });

  it("goes line by line when it has several", () => {
    const key = ["first line of the key", "second line of the key", "x"].join("\n");
    expect(createRedactor([key])("> second line of the key")).toBe(`> ${REDACTED}`);
  });

  it("may be added later, and is refused with the reason when it is too short", () => {
    const redact = createRedactor(["short"]);
    expect(redact(`short ${secret}`)).toBe(`short ${secret}`);
    expect(redact.add(secret)).toEqual({ accepted: true });
    expect(redact.add("1234567")).toEqual({
      accepted: false,
      because: expect.stringContaining("7 characters"),
    });
    expect(redact(`short ${secret}`)).toBe(`short ${REDACTED}`);
  });
});

describe("a text in pieces", () => {
  const text = `one ${secret} two\nthree ${Buffer.from(secret).toString("base64")} four`;

  it("loses its secrets wherever it is cut", () => {
    const expected = createRedactor([secret])(text);
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 20 }), (sizes) => {
        const stream = redactStream(createRedactor([secret]));
        let out = "";
        let from = 0;
        for (const size of sizes) {
          out += stream.push(text.slice(from, from + size));
          from += size;
        }
        out += stream.push(text.slice(from)) + stream.end();
        expect(out).toBe(expected);
      }),
    );
  });

  it("loses a token of 520 characters that comes one by one", () => {
    const token = `gh${"s"}_${"a1B".repeat(173)}`;
    const stream = redactStream(createRedactor());
    const out = [...`x ${token} y`].map((character) => stream.push(character)).join("");
    expect(out + stream.end()).toBe(`x ${REDACTED} y`);
  });

  it("goes out line by line, so that progress is live", () => {
    const stream = redactStream(createRedactor([secret]));
    expect(stream.push("ok 1 - adds\n")).toBe("ok 1 - adds\n");
    expect(stream.push("Zq7 is no secret\n")).toBe("Zq7 is no secret\n");
  });

  it("holds no more than a part of an endless word", () => {
    const stream = redactStream(createRedactor());
    let out = 0;
    for (let at = 0; at < 64; at++) out += stream.push("x".repeat(4_096)).length;
    expect(64 * 4_096 - out).toBeLessThanOrEqual(32_768);
  });
});

it("redacts every text of plain data and keeps the rest", () => {
  const redact = createRedactor([secret]);
  expect(
    redactData({ at: 1, list: [secret, null, true], [secret]: { text: secret } }, redact),
  ).toEqual({
    at: 1,
    list: [REDACTED, null, true],
    [REDACTED]: { text: REDACTED },
  });
});

it("takes time in proportion to the text", () => {
  const redact = createRedactor([secret, "another secret"]);
  for (const piece of [
    "-----BEGIN PRIVATE KEY-----",
    "a",
    "eyJ",
    "://a:",
    "gh",
    "\n",
    "Zq7-",
    "-",
  ]) {
    const start = performance.now();
    redact(piece.repeat(500_000 / piece.length));
    expect(performance.now() - start).toBeLessThan(3_000);
  }
});
