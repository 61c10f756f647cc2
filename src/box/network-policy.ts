import type { NetworkPolicyOptions } from "./options.ts";
import type { NetworkPolicy } from "./wire.ts";

/** A policy as the service takes it. */
export function policyToWire(policy: NetworkPolicyOptions): NetworkPolicy {
  return {
    mode: policy.mode,
    ...(policy.allowedDomains && { allowed_domains: policy.allowedDomains }),
    ...(policy.allowedCidrs && { allowed_cidrs: policy.allowedCidrs }),
    ...(policy.deniedCidrs && { denied_cidrs: policy.deniedCidrs }),
  };
}

/** A policy as the SDK shows it; a service that names none allows everything public. */
export function policyFromWire(policy: NetworkPolicy | null | undefined): NetworkPolicyOptions {
  if (!policy) return { mode: "allow-all" };
  return {
    mode: policy.mode,
    ...(policy.allowed_domains && { allowedDomains: policy.allowed_domains }),
    ...(policy.allowed_cidrs && { allowedCidrs: policy.allowed_cidrs }),
    ...(policy.denied_cidrs && { deniedCidrs: policy.denied_cidrs }),
  };
}
