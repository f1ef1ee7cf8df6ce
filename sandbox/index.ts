import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBeyondIdentity, type BeyondIdentityOptions } from './beyond-identity';
import { startBeyondTrustRest, type BeyondTrustRestOptions } from './beyondtrust-rest';
import { startBeyondTrustScim, type BeyondTrustScimOptions } from './beyondtrust-scim';
import { Keeper, type StandIn, type StandInOptions } from './core';
import { startCyberArkIdentityScim, type CyberArkIdentityScimOptions } from './cyberark-identity-scim';
import { startCyberArkPamSelfHosted, type CyberArkPamSelfHostedOptions } from './cyberark-pam-self-hosted';
import { startCyberArkPrivilegeCloud, type CyberArkPrivilegeCloudOptions } from './cyberark-privilege-cloud';
import { startDelineaRest, type DelineaRestOptions } from './delinea-rest';
import { startDelineaScim, type DelineaScimOptions } from './delinea-scim';
import { DelineaTenant } from './delinea-tenant';
import { seedFrom, standInTypes, type Person, type StandInType } from './people';

export type {
  Chaos,
  Fault,
  FaultKind,
  LoggedRequest,
  SeedPerson,
  StandIn,
  StandInAccount,
  StandInOptions,
} from './core';
export { faultKinds } from './core';
export { secondUsername, seedFrom, standInTypes, type Person, type StandInType } from './people';

/** What each stand-in may be told. */
export interface OptionsOf {
  'beyondtrust-rest': BeyondTrustRestOptions;
  'beyondtrust-scim': BeyondTrustScimOptions;
  'beyond-identity': BeyondIdentityOptions;
  'cyberark-privilege-cloud': CyberArkPrivilegeCloudOptions;
  'cyberark-pam-self-hosted': CyberArkPamSelfHostedOptions;
  'cyberark-identity-scim': CyberArkIdentityScimOptions;
  'delinea-rest': DelineaRestOptions;
  'delinea-scim': DelineaScimOptions;
}

const starters: { readonly [T in StandInType]: (options: OptionsOf[T]) => Promise<StandIn> } = {
  'beyondtrust-rest': startBeyondTrustRest,
  'beyondtrust-scim': startBeyondTrustScim,
  'beyond-identity': startBeyondIdentity,
  'cyberark-privilege-cloud': startCyberArkPrivilegeCloud,
  'cyberark-pam-self-hosted': startCyberArkPamSelfHosted,
  'cyberark-identity-scim': startCyberArkIdentityScim,
  'delinea-rest': startDelineaRest,
  'delinea-scim': startDelineaScim,
};

export function startStandIn<T extends StandInType>(type: T, options: OptionsOf[T]): Promise<StandIn> {
  return starters[type](options);
}

export interface AllOptions {
  /** Everybody gets accounts everywhere, unless a state is found in `persistDir`. */
  readonly people?: readonly Person[];
  /** Where the states and the private CA live from start to start; made when it is not there. */
  readonly persistDir?: string;
  /** Options of single stand-ins. */
  readonly options?: { readonly [T in StandInType]?: OptionsOf[T] };
}

export interface All {
  readonly standIns: Readonly<Record<StandInType, StandIn>>;
  /** PEM file of the private CA in front of `cyberark-pam-self-hosted`, the one that speaks HTTPS. */
  readonly caFile: string;
  /** True: the states of an earlier start were found, and `people` were not seeded again. */
  readonly restored: boolean;
  stop(): Promise<void>;
}

/** Starts all eight, the two Delinea surfaces as one tenant. Either all of them run afterwards, or none. */
export async function startAll({ people = [], persistDir, options = {} }: AllOptions = {}): Promise<All> {
  const directory = persistDir ?? mkdtempSync(join(tmpdir(), 'stand-ins-'));
  const seeds = seedFrom(people);
  const tenant = new DelineaTenant({ ...options['delinea-scim'], ...options['delinea-rest'] });
  const keeper = persistDir === undefined ? undefined : new Keeper(join(persistDir, 'delinea-tenant.json'), tenant);
  const shared = { tenant, ...(keeper ? { keeper } : {}) };
  const own = (type: StandInType): StandInOptions => ({
    people: seeds[type],
    ...(persistDir === undefined ? {} : { persistTo: join(persistDir, `${type}.json`) }),
  });
  const given: { readonly [T in StandInType]: OptionsOf[T] } = {
    'beyondtrust-rest': own('beyondtrust-rest'),
    'beyondtrust-scim': own('beyondtrust-scim'),
    'beyond-identity': own('beyond-identity'),
    'cyberark-privilege-cloud': own('cyberark-privilege-cloud'),
    'cyberark-pam-self-hosted': { ...own('cyberark-pam-self-hosted'), tls: { directory } },
    'cyberark-identity-scim': own('cyberark-identity-scim'),
    'delinea-rest': { ...shared, people: seeds['delinea-rest'] },
    'delinea-scim': shared,
  };
  const forget = () => persistDir ?? rmSync(directory, { recursive: true, force: true });
  const start = <T extends StandInType>(type: T) => startStandIn(type, { ...given[type], ...options[type] });
  const standIns = await allOrNone(standInTypes.map((type) => start(type))).catch((error: unknown) => {
    forget();
    throw error;
  });
  const caFile = join(directory, 'play-ca.pem');
  return {
    standIns: Object.fromEntries(standIns.map((one) => [one.type, one])) as Record<StandInType, StandIn>,
    caFile,
    restored: keeper?.found ?? false,
    stop: async () => {
      await Promise.all(standIns.map((one) => one.stop()));
      forget();
    },
  };
}

async function allOrNone(starting: readonly Promise<StandIn>[]): Promise<readonly StandIn[]> {
  const settled = await Promise.allSettled(starting);
  const running = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed === undefined) return running;
  await Promise.all(running.map((one) => one.stop()));
  throw failed.reason;
}
