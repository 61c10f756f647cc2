import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { Delivery, DeliveryEvent } from "../../../src/app/deliveries/delivery.ts";
import { DeliveryInbox } from "../../../src/app/deliveries/delivery-inbox.ts";
import { listDeliveries, retryDelivery } from "../../../src/app/deliveries/delivery-list.ts";
import { DeliveryWorker } from "../../../src/app/deliveries/delivery-worker.ts";
import type { Store } from "../../../src/app/store/store.ts";
import { testStore } from "../../support/test-store.ts";

const WAIT = { timeout: 30_000, interval: 20 };

const aDelivery = (id: string, payload: object = { words: id }): Delivery => ({
  id,
  name: "issue_comment",
  payload,
});

/** An inbox with its worker, as one App has them. */
function app(store: Store, handle: (delivery: Delivery) => Promise<string>) {
  const events: DeliveryEvent[] = [];
  const onEvent = (event: DeliveryEvent) => void events.push(event);
  const worker = new DeliveryWorker({ store, handle, onEvent, onError: () => {} });
  const inbox = new DeliveryInbox({
    store,
    triage: ({ payload }) => ("ignore" in (payload as object) ? "it says so" : null),
    work: (delivery) => worker.add(delivery),
    onEvent,
  });
  const accept = (delivery: Delivery) => inbox.accept(delivery, JSON.stringify(delivery.payload));
  return { worker, accept, events };
}

describe("a delivery", () => {
  it("is worked on once, however often and late it comes", async () => {
    await using database = await testStore();
    const handled: string[] = [];
    const { worker, accept } = app(database.store, async ({ id }) => {
      handled.push(id);
      return `job of ${id}`;
    });
    worker.start();
    const answers = await Promise.all([1, 2, 3].map(() => accept(aDelivery("same"))));
    expect(answers.sort()).toEqual(["accepted", "known", "known"]);
    await vi.waitUntil(() => handled.length > 0, WAIT);
    await worker.close();
    expect(await accept(aDelivery("same"))).toBe("known");
    expect(handled).toEqual(["same"]);
    expect(await listDeliveries(database.store, { limit: 10 })).toMatchObject([
      { id: "same", state: "done", outcome: "job of same", tries: 1 },
    ]);
  });

  it("that nothing will come of is kept as done, without its payload", async () => {
    await using database = await testStore();
    const { accept, events } = app(database.store, () => Promise.reject(new Error("never")));
    expect(await accept(aDelivery("idle", { ignore: true }))).toBe("accepted");
    expect(await accept(aDelivery("idle", { ignore: true }))).toBe("known");
    expect(events.map(({ type }) => type)).toEqual(["ignored", "known"]);
    const rows = await database.store.query("select state, payload, outcome from deliveries");
    expect(rows).toEqual([{ state: "done", payload: "", outcome: "ignored: it says so" }]);
  });

  it("whose words Postgres cannot hold does not spoil those that come with it", async () => {
    await using database = await testStore();
    const inbox = new DeliveryInbox({ store: database.store, triage: () => null, work: () => {} });
    // GitHub's own JSON has no such byte; a forged one with the right secret might.
    const bad = inbox.accept(aDelivery("bad"), '"\0"');
    const good = Array.from({ length: 20 }, (_, index) =>
      inbox.accept(aDelivery(`good-${index}`), "{}"),
    );
    await expect(bad).rejects.toThrow();
    expect(new Set(await Promise.all(good))).toEqual(new Set(["accepted"]));
  });

  it("is tried again after a failure, and put aside after eight tries until somebody has it retried", {
    timeout: 60_000,
  }, async () => {
    await using database = await testStore();
    const { store } = database;
    let isWell = false;
    let tries = 0;
    const { worker, accept, events } = app(store, async () => {
      tries++;
      if (isWell) return "job";
      throw new Error(`no luck with ghp_${"a".repeat(36)}`);
    });
    worker.start();
    await accept(aDelivery("poison"));
    for (let next = 1; next <= 8; next++) {
      await vi.waitUntil(() => tries === next && events.length === next + 1, WAIT);
      // The pauses between are long; they are not what this is about.
      await store.query("update deliveries set due_at = now() where state = 'waiting'");
    }
    const [poisoned] = await listDeliveries(store, { state: "poisoned", limit: 10 });
    expect(poisoned).toMatchObject({ id: "poison", tries: 8 });
    expect(poisoned?.outcome).toContain("no luck");
    expect(poisoned?.outcome).not.toContain("ghp_");
    expect(events.at(-1)).toMatchObject({ type: "poisoned" });

    isWell = true;
    expect(await retryDelivery(store, "another")).toBe(false);
    expect(await retryDelivery(store, "poison")).toBe(true);
    await vi.waitUntil(() => tries === 9, WAIT);
    await worker.close();
    expect(await listDeliveries(store, { limit: 10 })).toMatchObject([{ state: "done" }]);
  });

  it("that GitHub delivers again after it was put aside is tried again", async () => {
    await using database = await testStore();
    const { store } = database;
    const { worker, accept } = app(store, async () => "job");
    await accept(aDelivery("one"));
    await store.query("update deliveries set state = 'poisoned', tries = 8");
    expect(await accept(aDelivery("one"))).toBe("accepted");
    worker.start();
    await vi.waitUntil(
      async () => (await listDeliveries(store, { state: "done", limit: 1 })).length === 1,
      WAIT,
    );
    await worker.close();
  });

  it("of a process that died is taken by another when its lease is over, and not before", async () => {
    await using database = await testStore();
    const { store } = database;
    // Kept for a worker that never comes to it.
    const dead = new DeliveryInbox({ store, triage: () => null, work: () => {} });
    await dead.accept(aDelivery("left"), "{}");
    const handled: number[] = [];
    const kept = performance.now();
    const living = app(await database.another(), async () => {
      handled.push(performance.now() - kept);
      return "job";
    });
    living.worker.start();
    await vi.waitUntil(() => handled.length > 0, WAIT);
    await living.worker.close();
    expect(handled[0]).toBeGreaterThan(4_000);
    expect(handled[0]).toBeLessThan(10_000);
  });

  it("that takes long stays with who works on it; at the end it is given back at once", async () => {
    await using database = await testStore();
    const begun: string[] = [];
    const never = new Promise<string>(() => {});
    const slow = app(database.store, ({ id }) => {
      begun.push(`slow ${id}`);
      return never;
    });
    const other = app(await database.another(), async ({ id }) => {
      begun.push(`other ${id}`);
      return "job";
    });
    slow.worker.start();
    other.worker.start();
    await slow.accept(aDelivery("long"));
    await sleep(7_000);
    expect(begun).toEqual(["slow long"]);
    await slow.worker.close();
    await vi.waitUntil(() => begun.includes("other long"), { timeout: 3_000, interval: 20 });
    await other.worker.close();
  });
});

it("a burst to two processes is all kept, and each is worked on once", async () => {
  await using database = await testStore();
  const handled: string[] = [];
  const handle = async ({ id }: Delivery) => {
    handled.push(id);
    await sleep(Math.random() * 10);
    return "job";
  };
  const [one, two] = [app(database.store, handle), app(await database.another(), handle)];
  one.worker.start();
  two.worker.start();
  const ids = Array.from({ length: 500 }, (_, index) => `delivery-${index}`);
  // Each to both: a proxy that did not hear the first answer.
  await Promise.all(ids.flatMap((id) => [one.accept(aDelivery(id)), two.accept(aDelivery(id))]));
  await vi.waitUntil(() => handled.length >= ids.length, WAIT);
  await one.worker.close();
  await two.worker.close();
  expect(handled.sort()).toEqual([...ids].sort());
});
