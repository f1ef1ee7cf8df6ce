import fs from 'node:fs';
import path from 'node:path';
import { parseEventFile } from '../../client/event-file';
import { signWebhook } from '../../client/sources/standard-webhooks';
import type { HrEvent } from '../../domain/event';
import { writeWhole } from '../data-dir';
import { eventsOf } from '../event';
import { Complaint } from '../exit';
import { sampleCompany, sampleFolder } from './company';
import { daysSince, shiftDays } from './days';

const SAMPLE = 'hr-events.ndjson';
/** The HR system of the sample company. */
export const sampleSource = '/hr/acme';
const PLAYED = 'played-events.json';

interface Played {
  readonly events: readonly HrEvent[];
  /** The gateway has accepted all of them. */
  readonly isAccepted: boolean;
}

/** The sample's events, moved to today once and kept, so that a second start sends the same or nothing. */
export function sampleEvents(dataDir: string): Played {
  const kept = path.join(dataDir, PLAYED);
  if (fs.existsSync(kept)) return JSON.parse(fs.readFileSync(kept, 'utf8')) as Played;
  const file = path.join(sampleFolder, SAMPLE);
  const written = eventsOf(parseEventFile({ name: file, bytes: fs.readFileSync(file) }), file);
  const events = shiftDays(written, daysSince(sampleCompany().asOf, new Date()));
  const played = { events, isAccepted: false };
  keep(dataDir, played);
  return played;
}

/** Events of another file become part of what a demo on this folder shows. */
export function rememberOthers(dataDir: string, events: readonly HrEvent[]): void {
  const kept = path.join(dataDir, PLAYED);
  const before = fs.existsSync(kept) ? (JSON.parse(fs.readFileSync(kept, 'utf8')) as Played).events : [];
  rememberAccepted(dataDir, [...before, ...events]);
}

export function rememberAccepted(dataDir: string, events: readonly HrEvent[]): void {
  keep(dataDir, { events, isAccepted: true });
}

/** They may be events of real people: `--once` plays a file of one's own. */
function keep(dataDir: string, played: Played): void {
  writeWhole(path.join(dataDir, PLAYED), JSON.stringify(played), 0o600);
}

/** Sends events as an HR system does: one signed request each, and again while it is told to come again. */
export async function sendByWebhook({
  gatewayUrl,
  secret,
  events,
  sending,
}: {
  readonly gatewayUrl: string;
  readonly secret: string;
  readonly events: readonly HrEvent[];
  /** Told before each event goes out. */
  readonly sending: (event: HrEvent) => void;
}): Promise<void> {
  for (const event of events) {
    sending(event);
    await send({ gatewayUrl, secret, event });
  }
}

const TRIES = 10;

async function send({ gatewayUrl, secret, event }: { gatewayUrl: string; secret: string; event: HrEvent }) {
  const body = JSON.stringify(event);
  for (let tries = 1; ; tries += 1) {
    const headers = signWebhook({ secret, id: event.id, timestamp: new Date(), body });
    const answer = await fetch(`${gatewayUrl}/hr/events`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    if (answer.status === 202) return;
    const words = (await answer.text()).slice(0, 300);
    if (answer.status !== 503 || tries === TRIES) {
      throw new Complaint(`The gateway answered ${answer.status} to HR event ${event.id}: ${words}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
