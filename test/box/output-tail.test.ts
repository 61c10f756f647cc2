import fc from "fast-check";
import { expect, it } from "vitest";
import { OutputTail } from "../../src/box/output-tail.ts";

it("keeps the end of what was appended, whenever it is looked at", () => {
  const step = fc.oneof(fc.string({ maxLength: 30 }), fc.constant(undefined));
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.integer({ min: 1, max: 40 }),
      (steps, limit) => {
        const tail = new OutputTail(limit);
        let whole = "";
        for (const text of steps) {
          if (text === undefined) expect(tail.toString()).toBe(whole.slice(-limit));
          else {
            whole += text;
            tail.append(text);
          }
        }
        expect(tail.toString()).toBe(whole.slice(-limit));
        expect(tail.truncated).toBe(whole.length > limit);
      },
    ),
  );
});

it("keeps everything without a limit", () => {
  const tail = new OutputTail(Number.POSITIVE_INFINITY);
  tail.append("a");
  tail.append("b");
  expect(`${tail}${tail}`).toBe("abab");
  expect(tail.truncated).toBe(false);
});
