import { relative } from "node:path";

/**
 * Mounts an overlay and goes on as another program. Names come in as parameters only. libmount's newer
 * way to mount takes no option longer than 255 bytes, which a dozen layers exceed.
 */
const SCRIPT = `
cd -- "$1" || exit
LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "$2" overlay "$3" || exit
cd / || exit
shift 3
exec "$@"
`;

/** What lies above what, all below one folder. */
export interface Overlay {
  /** Everything below is named relative to it: the kernel takes one page of options, no more. */
  root: string;
  /** Immutable, topmost first. */
  lower: readonly string[];
  /** Where changes go, and the folder of the same file system that overlayfs works in. */
  upper?: { changes: string; work: string } | undefined;
  /** An empty folder. The overlay is seen there by the started program alone. */
  mountPoint: string;
}

/**
 * The beginning of a command line: a program's name and arguments follow it, and that program takes
 * the place of the process and finds the overlay mounted. It is in a mount namespace of its own, so
 * that nothing is left on the host however the program ends.
 *
 * A root engine mounts as root, whose `trusted.*` attributes no box can forge, and moved folders stay
 * folders (`redirect_dir`). The kernel gives another user neither: a rename of a folder that comes
 * from a layer fails with EXDEV there, as in a Docker image, and programs copy.
 *
 * @param userNamespace how `unshare` makes the user namespace that it is mounted in
 */
export function overlayCommand(
  overlay: Overlay,
  isRoot: boolean,
  userNamespace: readonly string[] = isRoot ? [] : ["--user", "--map-root-user"],
): string[] {
  const { root, lower, upper, mountPoint } = overlay;
  const name = (path: string) => relative(root, path);
  const options = [
    `lowerdir=${lower.map(name).join(":")}`,
    ...(upper ? [`upperdir=${name(upper.changes)}`, `workdir=${name(upper.work)}`] : []),
    ...(isRoot ? ["redirect_dir=on", "metacopy=off"] : ["userxattr"]),
    "index=off",
  ];
  return [
    "unshare",
    ...userNamespace,
    ...["--mount", "--propagation", "private", "--"],
    ...["sh", "-c", SCRIPT, "overlay", root, options.join(","), mountPoint],
  ];
}
