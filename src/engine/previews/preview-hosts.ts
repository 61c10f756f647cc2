/** A Host header that stands for a port of a box. */
export interface PreviewHost {
  id: string;
  port: number;
  /** The operator's reverse proxy has sent it: what it says of the client is believed. */
  isProxied: boolean;
  protocol: "http" | "https";
}

const ID = "([a-z]+-[a-z]+-[0-9]{5})";
const PORT = "([0-9]{1,5})";
const LOCAL = new RegExp(`^${ID}-${PORT}\\.localhost$`);

type Pattern = Omit<PreviewHost, "id" | "port"> & { pattern: RegExp };

/** In the place of a label that has `{id}` or `{port}` in it. */
const ANY_LABEL = "[^.]+";

/** What a template is tried with; nobody has such a number in the name of a host. */
const EXAMPLE = { id: "right-flamingo-14486", port: 64_953 };
const NO_URL = { protocol: "", hostname: "", href: "", origin: "" };

/** The host names of public URLs on the engine's own port: `{id}-{port}.localhost`, and the operator's. */
export class PreviewHosts {
  readonly #template: string | undefined;
  readonly #reserved: RegExp | undefined;
  readonly #patterns: Pattern[] = [{ pattern: LOCAL, isProxied: false, protocol: "http" }];

  /**
   * @param template such as `https://{id}-{port}.preview.example.com`
   * @throws Error that says what is wrong with the template
   */
  constructor(template: string | undefined) {
    if (template === undefined) return;
    this.#template = requireTemplate(template);
    const protocol = template.startsWith("https:") ? "https" : "http";
    const { hostname } = new URL(fill(this.#template, EXAMPLE));
    this.#patterns.push({ pattern: patternOf(hostname), isProxied: true, protocol });
    this.#reserved = reservedBy(hostname);
  }

  /** The URL of the operator's form; undefined when there is none. */
  url(id: string, port: number): string | undefined {
    return this.#template === undefined ? undefined : fill(this.#template, { id, port });
  }

  /**
   * Whether a Host header is among the operator's names for public URLs, whatever it names. A wildcard
   * name leads all of them here, and none of them may lead to the API.
   */
  isReserved(host: string | undefined): boolean {
    return this.#reserved?.test(nameOf(host ?? "")) ?? false;
  }

  /** Whose port a Host header names. */
  find(host: string | undefined): PreviewHost | undefined {
    const name = nameOf(host ?? "");
    for (const { pattern, isProxied, protocol } of this.#patterns) {
      const groups = pattern.exec(name)?.slice(1);
      if (groups === undefined) continue;
      // Whichever comes first in the template: an id has letters.
      const [id = "", port = ""] = /^[0-9]/.test(groups[0] ?? "") ? groups.reverse() : groups;
      return { id, port: Number(port), isProxied, protocol };
    }
    return undefined;
  }
}

function requireTemplate(template: string): string {
  const example = fill(template, EXAMPLE);
  const { protocol, hostname, href, origin } = URL.canParse(example) ? new URL(example) : NO_URL;
  const isWeb = protocol === "https:" || protocol === "http:";
  const hasBoth = hostname.includes(EXAMPLE.id) && hostname.includes(String(EXAMPLE.port));
  const isOnceEach = [...template.matchAll(/\{(id|port)\}/g)].length === 2;
  if (isWeb && hasBoth && isOnceEach && href === `${origin}/`) return template;
  throw new Error(
    `The form of public URLs must be an http or https origin with {id} and {port} in its host name, such as https://{id}-{port}.preview.example.com, got ${template}.`,
  );
}

function fill(template: string, { id, port }: { id: string; port: number }): string {
  return template.replace("{id}", id).replace("{port}", String(port)).replace(/\/$/, "");
}

function patternOf(hostname: string): RegExp {
  const text = escaped(hostname).replace(EXAMPLE.id, ID).replace(String(EXAMPLE.port), PORT);
  return new RegExp(`^${text}$`);
}

function reservedBy(hostname: string): RegExp {
  const varies = (label: string) =>
    label.includes(EXAMPLE.id) || label.includes(String(EXAMPLE.port));
  const labels = hostname.split(".").map((label) => (varies(label) ? ANY_LABEL : escaped(label)));
  return new RegExp(`^${labels.join("\\.")}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Without a port and a root's dot, in lower case. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:[0-9]*$/, "")
    .replace(/\.$/, "");
}
