import type { Progress } from '../../../domain/flow';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { seedFrom, standInTypes, type Person } from '../../../sandbox';
import { startNotices, type NoticeReceiver } from '../../../sandbox/notices';
import { pasteIn } from '../../rig/notices';
import { hrEvent, Rig } from '../../rig/tenure';

const people: readonly Person[] = [
  person('e1042', 'Anna', 'Eriksen'),
  person('e1043', 'Marco', 'Rossi'),
  person('e1044', 'Priya', 'Nair'),
  person('e1045', 'Tom', 'Becker'),
  person('e1046', 'Lena', 'Vogt'),
];
const seeds = seedFrom(people);

/** The targets of the sample company, by the type of their stand-in. */
const targets = {
  'beyondtrust-rest': { id: 'beyondtrust', correlation: { extraUsernames: ['{username}-adm'] } },
  'beyondtrust-scim': { id: 'beyondtrust-directory' },
  'beyond-identity': { id: 'passkeys' },
  'cyberark-privilege-cloud': { id: 'vault-eu', correlation: { extraUsernames: ['{username}-adm'] } },
  'cyberark-pam-self-hosted': { id: 'vault-dc1', correlation: { extraUsernames: ['{username}-adm'] } },
  'cyberark-identity-scim': { id: 'cyberark-directory' },
  'delinea-rest': { id: 'delinea' },
  'delinea-scim': { id: 'delinea-directory' },
};

export const approvers = ['ann.berg@acme.test', 'ben.okafor@acme.test'] as const;

const policy = {
  leaver: {
    retention: 'PT20S',
    // vault-dc1 is left out, as in the demo: its records are kept for the auditors.
    deletion: {
      mode: 'approval',
      targets: Object.values(targets)
        .map(({ id }) => id)
        .filter((id) => id !== 'vault-dc1'),
      window: 'P7D',
      approvers: { count: 2, allowed: approvers, minStrength: 'asserted' },
    },
    sessions: { poll: 'PT0.2S', quiet: 'PT1S', deadline: 'PT1H' },
  },
};

/** A company whose leavers wait for approval, on all eight stand-ins, with the stock Web UI in front. */
export interface Scene {
  readonly rig: Rig;
  readonly uiUrl: string;
  /** Sends the HR event that makes somebody leave at once. */
  leave(id: string): Promise<void>;
  /** The progress of a leaver that is asking for approval. */
  asking(id: string): Promise<Progress>;
  /** What the second approver got on their own channel to paste for this plan. */
  personal(planHash: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** The second approver has a channel of their own, and with it a personal token for each plan. */
const notifications = {
  channels: [{ id: 'ben-slack', type: 'slack', url: '${file:ben.url}', kinds: ['approval-needed'] }],
  approvers: [{ approver: approvers[1], channel: 'ben-slack' }],
  tokenKey: '${file:token.key}',
};

async function writeSecrets(folder: string, boxes: NoticeReceiver): Promise<void> {
  await writeFile(path.join(folder, 'ben.url'), boxes.slackUrl('ben'));
  await writeFile(path.join(folder, 'token.key'), 'a key for the tokens of the browser test');
}

export async function startScene(): Promise<Scene> {
  const rig = await Rig.start({
    types: standInTypes,
    people: [],
    targets,
    config: { policy, notifications, defaultTimeZone: 'Europe/Oslo' },
    webUi: true,
  });
  const boxes = await startNotices();
  await writeSecrets(rig.folder, boxes);
  for (const type of standInTypes) rig.standIn(type).seed(seeds[type]);
  const { uiUrl } = rig.engine;
  if (uiUrl === undefined) throw new Error('the engine has no Web UI');
  return {
    rig,
    uiUrl,
    leave: async (id) => {
      const found = seeds['beyondtrust-rest'].find((one) => one.id === id);
      if (found === undefined) throw new Error(`nobody here is ${id}`);
      await rig.send(hrEvent(found, 'tenure.leaver', { urgent: true, reason: 'resignation' }));
    },
    asking: async (id) =>
      await rig.untilProgress(id, (seen) => seen.approval !== undefined, `the removal plan of ${id}`),
    personal: async (planHash) => {
      const pasted = await rig.until(
        async () =>
          boxes
            .taken('ben')
            .map(pasteIn)
            .find((one) => one['planHash'] === planHash),
        (found) => found !== undefined,
        'the personal token',
      );
      return pasted ?? {};
    },
    stop: async () => {
      await rig.stop();
      await boxes.stop();
    },
  };
}

function person(id: string, givenName: string, familyName: string): Person {
  const username = `${givenName[0] ?? ''}${familyName}`.toLowerCase();
  const email = `${givenName}.${familyName}@acme.test`.toLowerCase();
  return { id, username, email, givenName, familyName };
}
