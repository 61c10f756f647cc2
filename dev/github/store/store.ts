import type {
  AppRecord,
  InstallationRecord,
  LabelRecord,
  RepositoryRecord,
  TokenRecord,
  UserRecord,
} from "./records.ts";

/** Everything the REST layer remembers; refs, commits and files are in the bare repositories. */
export class Store {
  readonly users = new Map<string, UserRecord>();
  readonly apps = new Map<number, AppRecord>();
  readonly installations = new Map<number, InstallationRecord>();
  readonly tokens = new Map<string, TokenRecord>();
  readonly repositories = new Map<string, RepositoryRecord>();
  #lastId = new Map<string, number>();

  /** The next id of a kind. Comment ids start above 2³¹, as GitHub's do since 2025. */
  nextId(kind: string): number {
    const id = (this.#lastId.get(kind) ?? FIRST_ID[kind] ?? 1000) + 1;
    this.#lastId.set(kind, id);
    return id;
  }

  /** Logins and repository names are case-insensitive on GitHub. */
  user(login: string): UserRecord | undefined {
    return this.users.get(login.toLowerCase());
  }

  repository(fullName: string): RepositoryRecord | undefined {
    return this.repositories.get(fullName.toLowerCase());
  }

  repositoryById(id: number): RepositoryRecord | undefined {
    for (const repository of this.repositories.values()) {
      if (repository.id === id) return repository;
    }
    return undefined;
  }

  repositoriesOf(installation: InstallationRecord): RepositoryRecord[] {
    return [...this.repositories.values()].filter((repository) =>
      this.covers(installation, repository),
    );
  }

  covers(installation: InstallationRecord, repository: RepositoryRecord): boolean {
    if (installation.account.id !== repository.owner.id) return false;
    return installation.repositoryIds === null || installation.repositoryIds.has(repository.id);
  }

  /** The label of that name, made with GitHub's grey if it is new, as adding one to an issue does. */
  label(repository: RepositoryRecord, name: string): LabelRecord {
    const known = repository.labels.get(name.toLowerCase());
    if (known) return known;
    const label = { id: this.nextId("label"), name, color: "ededed", description: null };
    repository.labels.set(name.toLowerCase(), label);
    return label;
  }
}

const FIRST_ID: Record<string, number> = {
  app: 2_400_000,
  installation: 91_000_000,
  user: 190_000_000,
  repository: 1_040_000_000,
  issue: 3_300_000_000,
  pull: 2_700_000_000,
  comment: 3_200_000_000,
  reviewComment: 2_300_000_000,
  review: 3_100_000_000,
  checkRun: 47_000_000_000,
  reaction: 290_000_000,
  label: 8_900_000_000,
  delivery: 170_000_000_000,
};
