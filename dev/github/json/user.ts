import type { UserRecord } from "../store/records.ts";
import { isoTime, type World } from "../world.ts";

export type Json = Record<string, unknown>;

/** A user as it appears inside other objects. */
export function userJson(world: World, user: UserRecord): Json {
  const url = `${world.apiUrl}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("User", user.id),
    avatar_url: `${world.url}/avatars/${user.id}`,
    gravatar_id: "",
    url,
    html_url:
      user.type === "Bot"
        ? `${world.url}/apps/${user.login.replace("[bot]", "")}`
        : `${world.url}/${user.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** A user's own page: what `GET /users/{username}` answers. */
export function profileJson(world: World, user: UserRecord): Json {
  return {
    ...userJson(world, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: isoTime(user.createdAt),
    updated_at: isoTime(user.createdAt),
  };
}

export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString("base64");
}
