import type { html } from "hono/html";

/** Text that is escaped already. */
export type Html = ReturnType<typeof html>;
