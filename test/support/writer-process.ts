import { DeliveryInbox } from "../../src/app/deliveries/delivery-inbox.ts";
import { openStore } from "../../src/app/store/open-store.ts";

/** Keeps deliveries until it is killed, and prints the GUID of each that it would have acknowledged. */
const [data = "", run = ""] = process.argv.slice(2);
const store = await openStore({ data, databaseUrl: null, onError: () => {} });
const inbox = new DeliveryInbox({ store, triage: () => null, work: () => {} });

async function write(writer: number): Promise<void> {
  for (let number = 0; ; number++) {
    const id = `${run}-${writer}-${number}`;
    await inbox.accept({ id, name: "ping", payload: {} }, "{}");
    process.stdout.write(`${id}\n`);
  }
}

await Promise.all([write(1), write(2), write(3), write(4)]);
