import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";
import { type DescribedApi, describedApi } from "./described-api.ts";

let host: TestEngine;
let api: DescribedApi;
let response: Response;
let page: string;
beforeAll(async () => {
  host = await testEngine();
  api = await describedApi(host.engine.url);
  response = await fetch(host.engine.url);
  page = await response.text();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  expect(host.errors).toEqual([]);
});

describe("the reference page", () => {
  it("is what the root leads everybody to", () => {
    expect(response.url).toBe(`${host.engine.url}/reference`);
    expect(response.headers.get("content-type")).toMatch(/^text\/html/);
    expect(page).toMatch(/^<!doctype html>[\s\S]*<\/html>$/);
  });

  it("shows every operation with its path, its words and a command to copy", () => {
    for (const { operationId, path, summary, ...operation } of api.operations) {
      const [, article] = page.split(`<article id="${operationId}"`);
      const text = textOf(article?.split("</article>")[0] ?? "");
      expect(text).toContain(summary.replaceAll("'", "&#39;"));
      expect(text).toContain(path);
      expect(text).toContain(escaped(operation["x-codeSamples"][0]?.source ?? ""));
    }
    expect(page.split("<article id=").length - 1).toBeGreaterThan(api.operations.length);
  });

  it("has each id once, and every link of its own leads somewhere", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(100);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  it("loads nothing from anywhere, and its policy lets it run only what is its own", () => {
    const sources = [...page.matchAll(/\s(?:src|href)="([^"#]+)"/g)].map(([, source]) => source);
    expect(new Set(sources)).toEqual(new Set(["data:,", "/openapi.json"]));
    expect(page).not.toMatch(/\sstyle="|\son\w+="|@import|url\(/);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none';/);
    for (const tag of ["style", "script"]) {
      const [, content = "", ...more] = page.split(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`));
      const digest = createHash("sha256").update(content).digest("base64");
      expect(policy).toContain(`${tag}-src 'sha256-${digest}'`);
      expect(more.join("")).not.toContain(`<${tag}>`);
    }
  });

  it("has one heading of the first rank, and leaves out no rank below", () => {
    const ranks = [...page.matchAll(/<h([1-6])/g)].map(([, rank]) => Number(rank));
    const main = ranks.slice(ranks.indexOf(1));
    expect(main.filter((rank) => rank === 1)).toHaveLength(1);
    for (const [index, rank] of main.entries()) {
      expect(rank).toBeLessThanOrEqual((main[index - 1] ?? 0) + 1);
    }
  });

  it("is quick to load", () => {
    expect(page.length).toBeLessThan(250_000);
  });
});

function textOf(html: string): string {
  return html.replace(/<[^>]*>/g, "");
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<"']/g, (character) => entities[character] ?? character);
}
