import { html, raw } from "hono/html";
import type { RepositoryRecord, UserRecord } from "../store/records.ts";
import type { World } from "../world.ts";

export type Html = ReturnType<typeof html>;

/** A whole page; `repository` is what its live update listens to. */
export function layout(title: string, repository: RepositoryRecord | null, main: Html): Html {
  const name = repository?.fullName ?? "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/markdown.css">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/live.js" defer></script>
</head>
<body data-repository="${name}">
<header class="top">
<a class="home" href="/" aria-label="All repositories"><span class="mark"></span></a>
${repository ? html`<nav>${crumbs(repository)}</nav>` : html`<nav><strong>Development GitHub</strong></nav>`}
<span class="live" hidden><span class="dot"></span>live</span>
</header>
<main>${main}</main>
</body>
</html>`;
}

export function avatar(user: UserRecord, size = 40): Html {
  const kind = user.type === "Bot" ? "avatar bot" : "avatar";
  return html`<img class="${kind}" src="/avatars/${user.id}" alt="" width="${size}" height="${size}">`;
}

export function author(user: UserRecord): Html {
  const bot = user.type === "Bot";
  return html`<span class="author">${user.login.replace("[bot]", "")}</span>${
    bot ? html` <span class="badge">bot</span>` : ""
  }`;
}

/** A moment, in words; the script keeps them right. */
export function moment(world: World, at: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${ago(world.clock.now() - at)}</time>`;
}

export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 45) return "now";
  for (const [name, length] of UNITS) {
    const count = Math.round(seconds / length);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  }
  return "1 minute ago";
}

const UNITS: [string, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function stateBadge(state: "open" | "closed" | "merged" | "draft", pull: boolean): Html {
  const word = { open: "Open", closed: "Closed", merged: "Merged", draft: "Draft" }[state];
  // A closed issue is done; a pull request that is closed without a merge is not.
  const kind = state === "closed" && !pull ? "done" : state;
  return html`<span class="state ${kind}">${raw(pull ? BRANCH : RING)}${word}</span>`;
}

const RING = `<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"/><circle cx="8" cy="8" r="1.8" fill="currentColor"/></svg>`;
const BRANCH = `<svg viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6"><circle cx="4" cy="3.4" r="1.7"/><circle cx="4" cy="12.6" r="1.7"/><circle cx="12" cy="12.6" r="1.7"/><path d="M4 5.2v5.6M12 10.8V6.4a2.4 2.4 0 0 0-2.4-2.4H7.6M9.6 2 7.4 4l2.2 2"/></svg>`;

function crumbs(repository: RepositoryRecord): Html {
  const { owner, name, fullName } = repository;
  return html`<span>${owner.login}</span><span class="slash">/</span><a class="crumb" href="/${fullName}"><strong>${name}</strong></a>${
    repository.private ? html`<span class="badge">Private</span>` : ""
  }`;
}
