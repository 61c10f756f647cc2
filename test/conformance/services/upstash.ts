import type { Service } from "../service.ts";

const DEFAULT_URL = "https://us-east-1.box.upstash.com";

/** Upstash Box, with the account of `UPSTASH_BOX_API_KEY`; it costs what boxes cost. */
export const upstash: Service = {
  title: "Upstash Box",
  lacks: {
    "making schedules due": { why: "its clock is its own" },
    "this machine's services": { why: "it cannot reach them" },
    "an address to reach": { why: "this suite has no server on the public net" },
  },

  async start() {
    const apiKey = process.env.UPSTASH_BOX_API_KEY;
    if (!apiKey) throw new Error("Set UPSTASH_BOX_API_KEY: the account that boxes are made in.");
    const baseUrl = (process.env.UPSTASH_BOX_BASE_URL ?? DEFAULT_URL).replace(/\/+$/, "");
    return { connection: { baseUrl, apiKey }, [Symbol.asyncDispose]: async () => {} };
  },
};
