import { expect, it } from "vitest";
import { type InLine, queuePlaces } from "../../../src/app/jobs/queue-places.ts";

function live(id: string, own: Partial<InLine> = {}): InLine {
  return { id, state: "queued", threadKey: id, branchKey: id, ...own };
}

it("a job is behind those of its thread or branch, or behind those that wait for room as it does", () => {
  const places = queuePlaces([
    live("runs", { state: "running", threadKey: "t" }),
    live("a", { threadKey: "t" }),
    live("b"),
    live("c", { branchKey: "b" }),
    live("d", { threadKey: "t" }),
    live("e"),
  ]);
  expect([...places]).toEqual([
    ["a", { because: "thread", before: 1 }],
    ["b", { because: "room", before: 0 }],
    ["c", { because: "thread", before: 1 }],
    ["d", { because: "thread", before: 2 }],
    ["e", { because: "room", before: 1 }],
  ]);
});

it("places far back are told in steps, so that each job that ends does not change every comment", () => {
  const line = Array.from({ length: 1_000 }, (_, index) => live(`${index}`));
  const places = queuePlaces(line);
  expect(places.get("4")?.before).toBe(4);
  expect(places.get("17")?.before).toBe(10);
  expect(places.get("999")?.before).toBe(500);
});
