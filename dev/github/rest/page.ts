import type { Call } from "./route.ts";

const MOST_PER_PAGE = 100;
const USUAL_PER_PAGE = 30;

/** Which part of a list a request asks for. */
export function pageOf(call: Call): { page: number; perPage: number; skip: number } {
  const page = Math.max(1, Number(call.query.get("page")) || 1);
  const asked = Number(call.query.get("per_page")) || USUAL_PER_PAGE;
  const perPage = Math.min(MOST_PER_PAGE, Math.max(1, asked));
  return { page, perPage, skip: (page - 1) * perPage };
}

/** One page of a list that is in memory, and the `Link` header that leads to the others. */
export function paged<T>(call: Call, items: T[]): { items: T[]; headers: Record<string, string> } {
  const { page, perPage, skip } = pageOf(call);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  return { items: items.slice(skip, skip + perPage), headers: linkHeader(call, page, last) };
}

export function linkHeader(call: Call, page: number, last: number): Record<string, string> {
  const to = (number: number, relation: string) => {
    const url = new URL(call.url);
    url.searchParams.set("page", String(number));
    return `<${url}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, "prev")] : []),
    ...(page < last ? [to(page + 1, "next"), to(last, "last")] : []),
    ...(page > 1 ? [to(1, "first")] : []),
  ];
  return links.length > 0 ? { link: links.join(", ") } : {};
}
