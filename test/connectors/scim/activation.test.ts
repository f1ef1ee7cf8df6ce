import { openConnector } from '../../../connectors/registry';
import { startBeyondTrustScim } from '../../../sandbox/beyondtrust-scim';
import { startCyberArkIdentityScim } from '../../../sandbox/cyberark-identity-scim';
import { startDelineaScim } from '../../../sandbox/delinea-scim';
import type { ScimDialect } from '../../../sandbox/scim/dialect';
import { anna, failureOf, neighbour } from '../conformance';
import { recordedCall, targetAt } from '../stand-in-target';
import { bareServer } from './bare-server';
import { accountOf, rig } from './rig';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});
/** Answers each PATCH with the user, unless the dialect says otherwise. */
const started = async (dialect: Partial<ScimDialect>, options: Readonly<Record<string, unknown>> = {}) => {
  const made = await rig({ options, dialect: { patchAnswer: 200, ...dialect } });
  running.push(made.standIn);
  const disable = async () => made.connector.setAccountEnabled(await made.account(), false, made.call);
  const enable = async () => made.connector.setAccountEnabled(await made.account(), true, made.call);
  const isEnabled = () => made.standIn.account(anna.username)?.enabled;
  let seen = 0;
  /** Statuses of the PATCHes since the last look. */
  const patches = (): readonly unknown[] => {
    const fresh = made.standIn.requests.slice(seen);
    seen += fresh.length;
    return fresh.filter(({ method }) => method === 'PATCH').map(({ status }) => status);
  };
  return { ...made, disable, enable, isEnabled, patches };
};
const pathless = { patchForms: ['pathless'] } as const;

describe('a server that reads a change of active in another form', () => {
  test.each([
    ['ignored', 200],
    ['invalidPath', 400],
    ['not-implemented', 501],
  ] as const)('the first is %s: the pathless one follows, and is the first from then on', async (other, status) => {
    const { disable, enable, isEnabled, patches } = await started({ ...pathless, otherPatchForms: other });
    expect(await disable()).toMatchObject({ change: 'done', after: { enabled: false } });
    expect([isEnabled(), patches()]).toEqual([false, [status, 200]]);
    expect(await enable()).toMatchObject({ change: 'done', after: { enabled: true } });
    expect([isEnabled(), patches()]).toEqual([true, [200]]);
  });

  test.each(['ignored', 'invalidPath'] as const)('booleans are %s everywhere: text comes last', async (other) => {
    const { disable, isEnabled, patches } = await started({ patchForms: ['string'], otherPatchForms: other });
    expect((await disable()).after.enabled).toBe(false);
    expect([isEnabled(), patches()]).toMatchObject([false, { length: 3 }]);
  });

  test('an answer that says nothing: the step is repeated, and begins with the next form', async () => {
    const { disable, isEnabled, patches } = await started({ ...pathless, patchAnswer: 204 });
    expect((await failureOf(disable())).name).toBe('VendorIgnoredWrite');
    expect([isEnabled(), patches()]).toEqual([true, [204]]);
    expect((await disable()).change).toBe('done');
    expect([isEnabled(), patches()]).toEqual([false, [204]]);
  });

  test('every form carries the external id', async () => {
    const { disable, standIn } = await started({ ...pathless, missingExternalId: 'duplicates-on-write' });
    await disable();
    expect(standIn.accounts()).toHaveLength(3);
  });

  test('the forms before the one that the options name are not tried', async () => {
    const { disable, patches } = await started({ patchForms: ['path'] }, { activeStyle: 'pathless' });
    expect((await failureOf(disable())).name).toBe('VendorIgnoredWrite');
    expect(patches()).toEqual([200, 200]);
  });
});

describe('no form has an effect', () => {
  test.each([
    ['ignored', 'VendorIgnoredWrite', 'still has its old active'],
    ['invalidPath', 'VendorRejected', 'active as path'],
  ] as const)('%s: what came of the first is said, and nothing is claimed', async (other, name, words) => {
    const { disable, isEnabled, patches } = await started({ patchForms: [], otherPatchForms: other });
    expect(await failureOf(disable())).toMatchObject({ name, message: expect.stringContaining(words) });
    expect([isEnabled(), patches()]).toMatchObject([true, { length: 3 }]);
  });

  test('answers that say nothing: so too each time it is repeated, also where other forms are refused', async () => {
    const { disable, isEnabled } = await started({ patchAnswer: 204, patchForms: [] });
    for (const _ of [1, 2, 3]) expect((await failureOf(disable())).name).toBe('VendorIgnoredWrite');
    expect(isEnabled()).toBe(true);
    const last = await bareServer(({ path, body }) => {
      const user = { id: 'u1', userName: anna.username, active: true };
      if (body === undefined) return [200, path === '/Users' ? { totalResults: 1, Resources: [user] } : user];
      return JSON.stringify(body).includes('"path":"active","value":false')
        ? [204, '']
        : [400, { scimType: 'invalidPath' }];
    });
    running.push(last);
    for (const _ of [1, 2, 3]) {
      const target = await accountOf(last.connector);
      expect((await failureOf(last.connector.setAccountEnabled(target, false, last.call))).name).toBe(
        'VendorIgnoredWrite',
      );
    }
  });

  test('an answer that shows the new state was no matter of the form: no other is tried', async () => {
    const { disable, isEnabled, patches, standIn } = await started({});
    standIn.faults.add({ kind: 'no-effect' });
    expect((await failureOf(disable())).name).toBe('VendorIgnoredWrite');
    expect([isEnabled(), patches()]).toEqual([true, [200]]);
  });

  test.each([
    [400, 'mutability', 1],
    [403, undefined, 1],
    [400, 'invalidValue', 3],
  ])('%d %s is asked %d times', async (status, scimType, times) => {
    const user = { id: 'u1', userName: anna.username, active: true };
    const { connector, call, stop, asked } = await bareServer(({ method, path }) => {
      if (method === 'PATCH') return [status, { scimType, detail: 'kept elsewhere' }];
      return [200, path === '/Users' ? { totalResults: 1, Resources: [user] } : user];
    });
    running.push({ stop });
    const error = await failureOf(connector.setAccountEnabled(await accountOf(connector), false, call));
    expect(error).toMatchObject({ name: 'VendorRejected', message: expect.stringContaining('kept elsewhere') });
    expect(asked().filter((one) => one.startsWith('PATCH'))).toHaveLength(times);
  });

  test('a form that crashes the server is no outage; an outage is one', async () => {
    const user = { id: 'u1', userName: anna.username, active: true };
    for (const [first, name] of [
      [400, 'VendorRejected'],
      [500, 'VendorUnavailable'],
    ] as const) {
      const { connector, call, stop } = await bareServer(({ method, path, body }) => {
        if (method === 'PATCH')
          return [JSON.stringify(body).includes('"path"') ? first : 500, { scimType: 'invalidPath' }];
        return [200, path === '/Users' ? { totalResults: 1, Resources: [user] } : user];
      });
      running.push({ stop });
      const error = await failureOf(connector.setAccountEnabled(await accountOf(connector), false, call));
      expect(error).toMatchObject({ name, context: { status: first } });
    }
  });
});

test.each([startBeyondTrustScim, startDelineaScim, startCyberArkIdentityScim])(
  'a server that reads the first form is sent one PATCH (%p)',
  async (start) => {
    const standIn = await start({ people: [neighbour, anna] });
    running.push(standIn);
    const connector = openConnector(targetAt(standIn));
    const { after } = await connector.setAccountEnabled(await accountOf(connector), false, recordedCall());
    await connector.setAccountEnabled(after, true, recordedCall());
    expect(standIn.requests.filter(({ write }) => write)).toHaveLength(2);
  },
);

describe('a server that leaves bodies of application/scim+json empty', () => {
  const unread = { scimBodies: 'left-empty' } as const;

  test('is written to in plain JSON after one refusal, and from then on at once', async () => {
    const { disable, enable, isEnabled, patches } = await started(unread);
    await disable();
    expect([isEnabled(), patches()]).toEqual([false, [400, 200]]);
    await enable();
    expect(patches()).toEqual([200]);
  });

  test('and wants another form of active as well', async () => {
    const { disable, isEnabled, patches } = await started({
      ...{ ...unread, ...pathless, otherPatchForms: 'invalidPath' as const },
    });
    await disable();
    expect([isEnabled(), patches()]).toEqual([false, [400, 400, 200]]);
  });

  test('groups too', async () => {
    const { connector, call, account, standIn } = await started(unread);
    const target = await account();
    await connector.revoke(target, await connector.listGrants(target, call), call);
    expect(standIn.account(anna.username)?.groups).toEqual([]);
  });

  test('a refusal that stays the same is no matter of the type: the type is kept, and not asked for again', async () => {
    const { disable, patches } = await started({ patchForms: [], otherPatchForms: 'bare' });
    expect((await failureOf(disable())).message).toContain('active as path');
    expect(patches()).toEqual([400, 400, 400, 400]);
    await failureOf(disable());
    expect(patches()).toEqual([400, 400, 400]);
  });
});
