import type { SeedPerson, StandIn, StandInType } from '../sandbox';
import { standInTypes, startStandIn } from '../sandbox';
import { DelineaTenant } from '../sandbox/delinea-tenant';

/** How long the stand-in of Delinea takes to end a session: less than the bench's poll, so that polls are counted alike. */
const TERMINATE_MS = 20;

/** The eight systems on this machine, one target each. */
export interface VendorHouse {
  /** By target id, which is the type. */
  readonly standIns: ReadonlyMap<StandInType, StandIn>;
  /** The other surface of the tenant behind `delinea-rest`, through which groups are taken away. */
  readonly delineaScim: StandIn;
  seed(people: readonly SeedPerson[]): void;
  stop(): Promise<void>;
}

/**
 * Each target has a system of its own, the two Delinea ones too: on one tenant the second to act finds the work done.
 * Without the filters that a vendor ignores now and then, because requests are counted here.
 */
export async function openVendors(): Promise<VendorHouse> {
  const tenant = new DelineaTenant({ terminateMs: TERMINATE_MS });
  const dialect = { filterIgnoredEvery: 0 };
  const delineaScim = await startStandIn('delinea-scim', { tenant, dialect });
  const standIns = new Map<StandInType, StandIn>();
  for (const type of standInTypes) {
    if (type === 'delinea-rest') standIns.set(type, await startStandIn(type, { tenant, ...dialect }));
    else if (type === 'delinea-scim') standIns.set(type, await startStandIn(type, { dialect }));
    else standIns.set(type, await startStandIn(type, {}));
  }
  return {
    standIns,
    delineaScim,
    seed: (people) => {
      for (const standIn of standIns.values()) standIn.seed(people);
    },
    stop: async () => {
      await Promise.all([...standIns.values(), delineaScim].map((one) => one.stop()));
    },
  };
}
