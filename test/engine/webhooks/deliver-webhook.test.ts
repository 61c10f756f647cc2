import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type DeliverWebhookOptions,
  deliverWebhook,
} from "../../../src/engine/webhooks/deliver-webhook.ts";
import { webhookSecret } from "../../../src/engine/webhooks/webhook-secret.ts";
import { Webhooks } from "../../../src/engine/webhooks/webhooks.ts";
import { webhookReceiver } from "../../support/webhook-receiver.ts";

const EVENT = { box_id: "box", status: "completed", run_id: "run", output: "dönè" } as const;
const SECRET = webhookSecret(undefined, "the key");

/** Options whose waiting takes no time; `waited` fills with what it would have been. */
function patient(allowed: string, options: Partial<DeliverWebhookOptions> = {}) {
  const waited: number[] = [];
  return {
    waited,
    secret: SECRET,
    allowedHosts: new Set([allowed]),
    signal: new AbortController().signal,
    sleep: async (milliseconds: number) => waited.push(milliseconds),
    ...options,
  };
}

describe("deliverWebhook", () => {
  it("posts the event as JSON with the client's headers and its own, which win", async () => {
    await using receiver = await webhookReceiver();
    const headers = { Authorization: "Bearer abc", "Content-Type": "text/plain" };
    await deliverWebhook({ url: receiver.url, headers }, EVENT, patient(receiver.host));
    const [delivery] = receiver.deliveries;
    expect(JSON.parse(delivery?.body ?? "")).toEqual(EVENT);
    expect(delivery?.headers).toMatchObject({
      authorization: "Bearer abc",
      "content-type": "application/json",
      "x-box-delivery": delivery?.headers["webhook-id"],
    });
  });

  it("is verified by the lines of docs/webhooks.md, and not when anything was changed", async () => {
    await using receiver = await webhookReceiver();
    await deliverWebhook({ url: receiver.url }, EVENT, patient(receiver.host));
    const [{ headers, body } = { headers: {}, body: "" }] = receiver.deliveries;
    const [{ verifyWebhook }, { secretOf }] = await Promise.all(documentedModules());
    const secret = secretOf("the key");
    expect(secret).toBe(SECRET);
    verifyWebhook(secret, headers, body);
    expect(() => verifyWebhook(secret, headers, `${body} `)).toThrow("not signed");
    expect(() => verifyWebhook(secretOf("other"), headers, body)).toThrow("not signed");
    const old = { ...headers, "webhook-timestamp": "1000000000" };
    expect(() => verifyWebhook(secret, old, body)).toThrow("too old");
    const other = { ...headers, "webhook-id": "another" };
    expect(() => verifyWebhook(secret, other, body)).toThrow("not signed");
  });

  it("takes the operator's own secret as it is, or as text", () => {
    expect(webhookSecret("whsec_MTIz", "key")).toBe("whsec_MTIz");
    expect(webhookSecret("123", "key")).toBe("whsec_MTIz");
  });

  it("tries again with one id until it is taken, and waits longer each time", async () => {
    const answers = [503, "reset", 429] as const;
    await using receiver = await webhookReceiver((_, index) => answers[index] ?? 200);
    const options = patient(receiver.host);
    await deliverWebhook({ url: receiver.url }, EVENT, options);
    expect(receiver.deliveries).toHaveLength(4);
    expect(new Set(receiver.deliveries.map(({ headers }) => headers["x-box-delivery"])).size).toBe(
      1,
    );
    expect(options.waited).toEqual([5_000, 30_000, 120_000]);
  });

  it("gives up after five tries, without telling what stood in the URL", async () => {
    await using receiver = await webhookReceiver(() => 500);
    const failure = await deliverWebhook(
      { url: receiver.url },
      EVENT,
      patient(receiver.host),
    ).catch((error: Error) => error.message);
    expect(receiver.deliveries).toHaveLength(5);
    expect(failure).toContain(
      `${receiver.host} was not delivered: the receiver answered 500 (5 tries)`,
    );
    expect(failure).not.toContain("in-the-url");
  });

  it.each([400, 404, 410, 302, 307])("does not send again after a %i", async (status) => {
    await using receiver = await webhookReceiver(() => status);
    await expect(
      deliverWebhook({ url: receiver.url }, EVENT, patient(receiver.host)),
    ).rejects.toThrow(`answered ${status}`);
    expect(receiver.deliveries).toHaveLength(1);
  });

  it("does not wait for a receiver that never answers", async () => {
    await using receiver = await webhookReceiver(() => "hang");
    const options = patient(receiver.host, { delays: [1], tryTimeout: 50 });
    await expect(deliverWebhook({ url: receiver.url }, EVENT, options)).rejects.toThrow(
      "did not answer in 50 ms (2 tries)",
    );
  });

  it.each(["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "http://0x7f.1:9"])(
    "does not connect to %s, which is the operator's own",
    async (url) => {
      const options = patient("other");
      await expect(deliverWebhook({ url }, EVENT, options)).rejects.toThrow("private network");
      expect(options.waited).toEqual([]);
    },
  );

  it("sends the end of an output that is too long", async () => {
    await using receiver = await webhookReceiver();
    const output = `${"x".repeat(300_000)}end`;
    await deliverWebhook({ url: receiver.url }, { ...EVENT, output }, patient(receiver.host));
    const sent = JSON.parse(receiver.deliveries[0]?.body ?? "").output;
    expect([sent.length, sent.endsWith("xend")]).toEqual([262_144, true]);
  });
});

describe("Webhooks", () => {
  it("refuses what could never be delivered, and names it without its value", async () => {
    const webhooks = new Webhooks({ secret: SECRET, allowedHosts: new Set() });
    const refusal = (headers: Record<string, string>, url = "https://192.0.2.1/") =>
      webhooks.check({ url, headers }).then(
        () => "",
        (error) => `${error.status} ${error.message}`,
      );
    expect(await refusal({ "X-Ok": "fine" })).toBe("");
    const injected = await refusal({ "X-Bad": "secret\r\nHost: evil" });
    expect(injected).toMatch(/^400 webhook.headers: "X-Bad"/);
    expect(injected).not.toContain("secret");
    expect(await refusal({ "X Bad:": "1" })).toMatch(/^400 webhook.headers: "X Bad:"/);
    for (const name of ["Host", "Transfer-Encoding", "X-Box-Delivery", "Webhook-Signature"]) {
      expect(await refusal({ [name]: "1" })).toMatch(`400 webhook.headers: ${name}`);
    }
    expect(await refusal({ a: "x".repeat(9_000) })).toMatch(/^400 webhook.headers: more than/);
    expect(await refusal({}, "http://10.0.0.1/")).toMatch(/^400 webhook.url: .*--allow-host/);
    expect(await refusal({}, "https://user:pass@192.0.2.1/")).toMatch(/^400 webhook.url: holds/);
    expect(await refusal({}, "https://no-such-host.invalid/")).toBe("");
  });

  it("ends its waiting when the engine stops, and says so", async () => {
    await using receiver = await webhookReceiver(() => 503);
    const webhooks = new Webhooks({ secret: SECRET, allowedHosts: new Set([receiver.host]) });
    const messages: string[] = [];
    webhooks.deliver({ url: receiver.url }, EVENT, (message) => messages.push(message));
    await receiver.received(1);
    await webhooks.close();
    expect(messages).toEqual([expect.stringContaining("the engine stopped before")]);
  });
});

/** The JavaScript of the page, as a reader would take it over. */
function documentedModules() {
  const page = readFileSync(new URL("../../../docs/webhooks.md", import.meta.url), "utf8");
  return [...page.matchAll(/```js\n(.*?)```/gs)].map(
    ([, code = ""]) => import(`data:text/javascript,${encodeURIComponent(code)}`),
  );
}
