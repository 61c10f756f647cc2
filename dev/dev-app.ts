import type { AppConfig } from "../src/app/config.ts";
import type { App, DevGitHub } from "./github/index.ts";

/** Registers the App on a development GitHub with what `app.yml` asks for. */
export function registerApp(github: DevGitHub, slug = "box-action"): App {
  return github.createApp({
    slug,
    permissions: {
      actions: "read",
      checks: "write",
      contents: "write",
      issues: "write",
      metadata: "read",
      pull_requests: "write",
    },
    events: [
      "check_run",
      "issue_comment",
      "issues",
      "pull_request",
      "pull_request_review",
      "pull_request_review_comment",
      "repository",
    ],
    webhookSecret: crypto.randomUUID(),
  });
}

/** The configuration of an App that works on a development GitHub, with an engine of its own. */
export function devAppConfig(
  github: DevGitHub,
  app: App,
  own: Pick<AppConfig, "agent" | "data"> & Partial<AppConfig>,
): AppConfig {
  return {
    appId: app.appId,
    privateKey: app.privateKey,
    webhookSecret: app.webhookSecret ?? "",
    host: "127.0.0.1",
    port: 0,
    apiUrl: github.apiUrl,
    gitHost: new URL(github.url).host,
    webhookProxy: null,
    boxService: null,
    databaseUrl: null,
    concurrency: 3,
    installationConcurrency: 3,
    daily: { jobs: Number.POSITIVE_INFINITY, costUsd: Number.POSITIVE_INFINITY },
    metricsToken: null,
    retentionDays: 30,
    keepBoxHours: 0,
    graceSeconds: 0,
    logLevel: "fatal",
    ...own,
  };
}
