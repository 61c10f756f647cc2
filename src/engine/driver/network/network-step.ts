import { DESCRIPTORS } from "../bubblewrap/arguments.ts";
import type { StageStep } from "../bubblewrap/stage.ts";

/**
 * A network namespace with loopback up and the closed networks unreachable. It tells the engine first,
 * so that the way out is joined to it while the rest of the box is made. `ping` needs no capability: any
 * group of the box may open ICMP sockets; the kernel's range for a new namespace is empty.
 * @param groups how many there are in the user namespace; the box's own one is the first of them outside
 */
export function networkStep(closed: readonly string[], groups = 1): StageStep {
  return {
    unshare: ["--net"],
    script: SCRIPT,
    variables: {
      PING_GROUPS: `0 ${groups - 1}`,
      CLOSED_ROUTES: closed.map((network) => `route add unreachable ${network}`).join("\n"),
    },
  };
}

// A here-document, since a pipe would take a process more.
const SCRIPT = `
printf . >&${DESCRIPTORS.staged}
exec ${DESCRIPTORS.staged}>&-
ip -batch - <<END
link set lo up
$CLOSED_ROUTES
END
echo "$PING_GROUPS" 2>/dev/null >/proc/sys/net/ipv4/ping_group_range || true
`;
