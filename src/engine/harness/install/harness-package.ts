/** What of this machine decides which edition of a program runs on it. */
export interface HostKind {
  architecture: "x64" | "arm64";
  hasAvx2: boolean;
}

/** An agent program as it comes from npm: the package with the program itself, and nothing around it. */
export interface HarnessPackage {
  /** Pinned: flags and output change without notice. */
  version: string;
  /** What npm is asked for. */
  spec(version: string, host: HostKind): string;
  /** The program, below `node_modules`. */
  program(host: HostKind): string;
}
