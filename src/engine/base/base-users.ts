/**
 * Who the users of boxes on a base are on the host of a root engine: user n is this one plus n. Above
 * the users of its other boxes, below 2^31, where programs begin to take them for negative. All boxes
 * on a base have the same (docs/decisions/2026-11-25-debian-base.md).
 */
export const BASE_USERS = { first: 2_000_000_000, count: 65_536 } as const;
