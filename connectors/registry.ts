import { beyondIdentity } from './beyond-identity';
import { beyondTrustRest } from './beyondtrust-rest';
import { beyondTrustScim } from './beyondtrust-scim';
import type { Connector } from './connector';
import { cyberArkIdentityScim } from './cyberark-identity-scim';
import { cyberArkPamSelfHosted } from './cyberark-pam-self-hosted';
import { cyberArkPrivilegeCloud } from './cyberark-privilege-cloud';
import { delineaRest } from './delinea-rest';
import { delineaScim } from './delinea-scim';
import { TargetMisconfigured } from './errors';
import type { Target } from './target';
import type { Vendor } from './vendor';

/** Every vendor, by the `type` of its targets. A new vendor is one more line. */
export const vendors = {
  'beyondtrust-rest': beyondTrustRest,
  'beyondtrust-scim': beyondTrustScim,
  'beyond-identity': beyondIdentity,
  'cyberark-privilege-cloud': cyberArkPrivilegeCloud,
  'cyberark-pam-self-hosted': cyberArkPamSelfHosted,
  'cyberark-identity-scim': cyberArkIdentityScim,
  'delinea-rest': delineaRest,
  'delinea-scim': delineaScim,
} satisfies Record<string, Vendor>;

export function vendorOf(type: string): Vendor | undefined {
  return Object.hasOwn(vendors, type) ? vendors[type as keyof typeof vendors] : undefined;
}

/** Opens no connection. Throws `TargetMisconfigured` when the target cannot work: unknown type, CA file, pin, address. */
export function openConnector(target: Target): Connector {
  const vendor = vendorOf(target.type);
  if (vendor !== undefined) return vendor.open(target);
  throw new TargetMisconfigured(`no connector is called ${target.type}; known are ${Object.keys(vendors).join(', ')}`, {
    ...{ target: target.id, operation: 'open target' },
  });
}
