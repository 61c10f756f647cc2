import type { UserRecord } from "../store/records.ts";

/** A picture for a user: the first letter on a colour that comes from the id. */
export function avatarSvg(user: UserRecord): string {
  const hue = (user.id * 137) % 360;
  const letter = (user.login.match(/[a-z0-9]/i)?.[0] ?? "?").toUpperCase();
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="hsl(${hue} 52% 46%)"/><text x="20" y="27.5" font-family="system-ui,sans-serif" font-size="21" font-weight="600" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
}
