import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { All, StandIn, StandInType } from '../../sandbox';
import { freePorts, isPortTaken } from '../../workers/engine/ports';
import { writeWhole } from '../data-dir';
import { sampleFolder } from './company';
import type { PlayTarget } from './stand-ins';

interface PlayConfig {
  readonly targets: readonly (PlayTarget & Readonly<Record<string, unknown>>)[];
  readonly policyFile: string;
  readonly gateway?: { readonly port?: number };
  readonly [field: string]: unknown;
}

const CONFIG_FILE = 'demo.yaml';
const HR_SECRET = 'secrets/hr-webhook';
const HEADING = `# Written by \`tenure start\` for its stand-ins, out of examples/acme/tenure.yaml, and written anew at every start.
# The secrets that it refers to are play credentials.
`;

export function playTargets(): readonly PlayTarget[] {
  return readSample().targets.map(({ id, type }) => ({ id, type }));
}

/**
 * The sample configuration with the stand-ins' addresses and credentials filled in, in the data folder, so that every
 * other command can use it. Secrets are files beside it that only their owner can read.
 */
export async function writePlayConfig({
  dataDir,
  house,
}: {
  readonly dataDir: string;
  readonly house: All;
}): Promise<{ readonly file: string; readonly hrSecret: string }> {
  const file = path.join(dataDir, CONFIG_FILE);
  const sample = readSample();
  const hrSecret = keepSecret(dataDir, HR_SECRET, () => `whsec_${randomBytes(24).toString('base64')}`);
  const config = {
    store: { url: 'sqlite:tenure.db' },
    gateway: { host: '127.0.0.1', port: await gatewayPort(file), hrWebhookSecrets: [referTo(HR_SECRET)] },
    ...sample,
    // The data folder lies elsewhere.
    policyFile: path.resolve(sampleFolder, sample.policyFile),
    targets: sample.targets.map((target) => ({ ...target, ...accessTo(target, { dataDir, house }) })),
  };
  writeWhole(file, HEADING + stringify(config, { lineWidth: 0 }));
  return { file, hrSecret };
}

function readSample(): PlayConfig {
  return parse(fs.readFileSync(path.join(sampleFolder, 'tenure.yaml'), 'utf8')) as PlayConfig;
}

interface Access {
  readonly dataDir: string;
  readonly house: All;
}

function accessTo({ type }: PlayTarget, { dataDir, house }: Access): Record<string, unknown> {
  const standIn = house.standIns[type as StandInType];
  const { 'delinea-scim': tenant } = house.standIns;
  return {
    baseUrl: standIn.baseUrl,
    auth: authOf(dataDir, standIn),
    // Stand-ins on this machine need no mercy.
    limits: { requestsPerSecond: 500, concurrency: 16 },
    ...(standIn.ca === undefined ? {} : { tls: { caFile: house.caFile } }),
    // This vendor's REST API cannot change group memberships; the tenant's other surface can.
    ...(type === 'delinea-rest' ? { scim: { baseUrl: tenant.baseUrl, auth: authOf(dataDir, tenant) } } : {}),
  };
}

const secretFields = ['clientSecret', 'password', 'token'];

function authOf(dataDir: string, { type, auth }: StandIn): Record<string, string> {
  const withReferences = Object.entries(auth).map(([field, value]) => {
    if (!secretFields.includes(field)) return [field, value];
    const place = `secrets/${type}`;
    keepSecret(dataDir, place, () => value);
    return [field, referTo(place)];
  });
  return Object.fromEntries(withReferences) as Record<string, string>;
}

function referTo(place: string): string {
  return `\${file:${place}}`;
}

/** The secret of last time, else a new one. */
function keepSecret(dataDir: string, place: string, make: () => string): string {
  const file = path.join(dataDir, place);
  if (place === HR_SECRET && fs.existsSync(file)) return fs.readFileSync(file, 'utf8');
  const secret = make();
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, secret, 0o600);
  return secret;
}

/** The port of last time if it is free: whoever wrote it down finds the gateway again. */
async function gatewayPort(file: string): Promise<number> {
  const before = fs.existsSync(file) ? (parse(fs.readFileSync(file, 'utf8')) as PlayConfig).gateway?.port : undefined;
  if (before !== undefined && !(await isPortTaken(before))) return before;
  const [free = 0] = await freePorts(1);
  return free;
}
