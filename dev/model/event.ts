/** A server-sent event. OpenAI's Chat Completions has no names for its own. */
export interface ModelEvent {
  name?: string;
  data: unknown;
}

/** As it goes over the wire. */
export function eventText({ name, data }: ModelEvent): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`;
}
