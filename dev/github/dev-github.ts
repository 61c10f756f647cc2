import { addApp, addUser, type NewApp, type NewUser } from "./acts/accounts.ts";
import { install } from "./acts/installations.ts";
import { removeFromInstallation, uninstall } from "./acts/lifecycle.ts";
import { addRepository, forkRepository } from "./acts/repositories.ts";
import { issueToken } from "./auth.ts";
import type { Faults, Hold, HoldOptions, Outage } from "./faults.ts";
import type { Files } from "./git/fast-import.ts";
import type { ContractViolation } from "./openapi/check.ts";
import { RepositoryHandle } from "./repository-handle.ts";
import type { ApiParts } from "./rest/api.ts";
import type { InjectedFailure } from "./rest/injected-failures.ts";
import type { LoggedRequest } from "./rest/request-log.ts";
import type {
  AppRecord,
  InstallationRecord,
  Permissions,
  RepositoryRecord,
  UserRecord,
} from "./store/records.ts";
import type { Delivery } from "./webhooks/webhooks.ts";
import type { DevGitHubEvents, World } from "./world.ts";

export type { CommentResult } from "./repository-handle.ts";

export interface User {
  login: string;
  id: number;
  type: "User" | "Bot" | "Organization";
  /** A personal token; it may do what the user may. */
  token: string;
}

export interface App {
  appId: number;
  clientId: string;
  slug: string;
  /** PEM, PKCS#1; made at run time. */
  privateKey: string;
  webhookSecret: string | undefined;
  botUser: { login: string; id: number };
}

/** Stands before every workflow's own token; its id is the real one's. */
const ACTIONS_BOT = { login: "github-actions[bot]", id: 41_898_282 };

/** A running development GitHub: what a test seeds, inspects and closes. */
export class DevGitHub implements AsyncDisposable {
  readonly #parts: ApiParts;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #stop: () => Promise<void>;
  #closed: Promise<void> | undefined;

  constructor(parts: ApiParts, faults: Faults, stop: () => Promise<void>) {
    this.#parts = parts;
    this.#faults = faults;
    this.#world = parts.world;
    this.#stop = stop;
  }

  /** The web and git host: `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#world.url;
  }

  /** `${url}/api/v3`; the same API is at the root too. */
  get apiUrl(): string {
    return this.#world.apiUrl;
  }

  /** Every REST request so far. */
  get requests(): LoggedRequest[] {
    return this.#parts.requests.entries;
  }

  /** Every webhook delivery so far, redeliveries included. */
  get deliveries(): Delivery[] {
    return this.#world.webhooks.log;
  }

  /** What was said over REST that GitHub's OpenAPI description does not allow; should stay empty. */
  get contractViolations(): ContractViolation[] {
    return this.#parts.contract.violations;
  }

  createUser(wanted: NewUser): User {
    const user = addUser(this.#world, wanted);
    const { token } = issueToken(this.#world, { kind: "user", user });
    return { login: user.login, id: user.id, type: user.type, token };
  }

  createApp(wanted: NewApp): App {
    const { app, privateKey } = addApp(this.#world, wanted);
    return {
      appId: app.id,
      clientId: app.clientId,
      slug: app.slug,
      get privateKey() {
        return privateKey();
      },
      webhookSecret: app.webhookSecret,
      botUser: { login: app.bot.login, id: app.bot.id },
    };
  }

  /** Points an App's webhooks elsewhere, for a receiver that learns its port late. */
  setWebhook(app: { appId: number }, webhookUrl: string, webhookSecret?: string): void {
    const record = this.#app(app.appId);
    record.webhookUrl = webhookUrl;
    if (webhookSecret !== undefined) record.webhookSecret = webhookSecret;
  }

  /** Installs an App on an account, for all repositories or those named; returns the id. */
  installApp(
    app: { appId: number },
    wanted: { account: string; repositories?: string[]; permissions?: Permissions },
  ): number {
    const account = this.#user(wanted.account);
    const repositories = wanted.repositories?.map((name) =>
      this.#repository(name.includes("/") ? name : `${account.login}/${name}`),
    );
    const record = this.#app(app.appId);
    return install(this.#world, record, account, repositories, wanted.permissions).id;
  }

  /** Takes an App off an account. */
  uninstallApp(installationId: number): Promise<Delivery[]> {
    return uninstall(this.#world, this.#installation(installationId));
  }

  removeFromInstallation(installationId: number, fullName: string): Promise<Delivery[]> {
    const installation = this.#installation(installationId);
    return removeFromInstallation(this.#world, installation, this.#repository(fullName));
  }

  /** Mints an installation token without the JWT round, for tests about something else. */
  createInstallationToken(
    installationId: number,
    narrowed: { permissions?: Permissions; repositories?: string[] } = {},
  ): string {
    const installation = this.#installation(installationId);
    return issueToken(this.#world, {
      kind: "installation",
      user: installation.app.bot,
      installation,
      permissions: narrowed.permissions ?? installation.permissions,
      ...(narrowed.repositories && {
        repositories: narrowed.repositories.map((name) => this.#repository(name)),
      }),
    }).token;
  }

  /** A workflow's `GITHUB_TOKEN`; what it pushes delivers no webhooks. */
  createActionsToken(fullName: string, options: { permissions?: Permissions } = {}): string {
    const user = this.#world.store.user(ACTIONS_BOT.login);
    return issueToken(this.#world, {
      kind: "actions",
      user: user ?? addUser(this.#world, { ...ACTIONS_BOT, type: "Bot" }),
      permissions: options.permissions ?? { contents: "read" },
      repositories: [this.#repository(fullName)],
    }).token;
  }

  async createRepository(wanted: {
    owner: string;
    name: string;
    private?: boolean;
    /** @default "main" */
    defaultBranch?: string;
    files?: Files;
  }): Promise<RepositoryHandle> {
    const owner = this.#user(wanted.owner);
    const repository = await addRepository(this.#world, owner, wanted.name, {
      private: wanted.private ?? false,
      defaultBranch: wanted.defaultBranch ?? "main",
      parent: null,
    });
    const handle = new RepositoryHandle(this.#world, repository);
    if (wanted.files) {
      await handle.commit(repository.defaultBranch, wanted.files, {
        message: "Initial commit",
        author: owner.login,
        quiet: true,
      });
    }
    return handle;
  }

  /** Copies a repository to another account, with all its branches. */
  async createFork(fullName: string, wanted: { owner: string }): Promise<RepositoryHandle> {
    const parent = this.#repository(fullName);
    const fork = await forkRepository(this.#world, parent, this.#user(wanted.owner));
    return new RepositoryHandle(this.#world, fork);
  }

  repository(fullName: string): RepositoryHandle {
    return new RepositoryHandle(this.#world, this.#repository(fullName));
  }

  /** Makes the next matching requests fail. */
  failNext(failure: InjectedFailure): void {
    this.#parts.failures.add(failure);
  }

  /** Holds the next matching request of REST or git, before it is carried out or before it is answered. */
  holdNext(options: HoldOptions): Hold {
    return this.#faults.hold(options);
  }

  /** From now on all REST and git requests are answered so; null: as they should be. */
  setOutage(outage: Outage | null): void {
    this.#faults.outage = outage;
  }

  /** Sends a delivery again with the same GUID. */
  redeliver(guid: string): Promise<Delivery> {
    const delivery = this.deliveries.findLast((one) => one.guid === guid);
    if (!delivery) throw new Error(`There is no delivery ${guid}`);
    return this.#world.webhooks.redeliver(delivery);
  }

  /** Waits until no webhook is under way. */
  settled(): Promise<void> {
    return this.#world.webhooks.settled();
  }

  /** Listens; returns what stops listening. */
  on<Name extends keyof DevGitHubEvents>(
    name: Name,
    listener: (...event: DevGitHubEvents[Name]) => void,
  ): () => void {
    const emitter = this.#world.events as NodeJS.EventEmitter;
    emitter.on(name, listener as (...event: unknown[]) => void);
    return () => emitter.off(name, listener as (...event: unknown[]) => void);
  }

  /** Ends every connection and process and removes the folder it made. */
  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #installation(id: number): InstallationRecord {
    const installation = this.#world.store.installations.get(id);
    if (!installation) throw new Error(`There is no installation ${id}`);
    return installation;
  }

  #user(login: string): UserRecord {
    const user = this.#world.store.user(login);
    if (!user) throw new Error(`There is no user ${login}: createUser({ login }) makes one`);
    return user;
  }

  #app(id: number): AppRecord {
    const app = this.#world.store.apps.get(id);
    if (!app) throw new Error(`There is no App ${id}`);
    return app;
  }

  #repository(fullName: string): RepositoryRecord {
    const repository = this.#world.store.repository(fullName);
    if (!repository) throw new Error(`There is no repository ${fullName}`);
    return repository;
  }
}
