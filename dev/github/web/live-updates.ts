import type { RepositoryRecord } from "../store/records.ts";
import type { DevGitHubEvents, World } from "../world.ts";

/** Server-sent events: one empty message for each change of the repository. */
export function liveUpdates(world: World, repository: RepositoryRecord): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream({
    start(controller) {
      const tell = (...[event]: DevGitHubEvents["changed"]) => {
        if (event.repository !== repository.fullName) return;
        controller.enqueue(encoder.encode(`data: ${event.number ?? ""}\n\n`));
      };
      stop = () => world.events.off("changed", tell);
      world.events.on("changed", tell);
      controller.enqueue(encoder.encode(": hello\n\n"));
    },
    cancel: () => stop(),
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
