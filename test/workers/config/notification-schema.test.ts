import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { ConfigProblems, loadConfig, settingsOf } from '../../../workers/config';

const root = path.resolve(__dirname, '../../..');
const channels = [
  { id: 'ops', type: 'webhook', url: '${env:A}', secret: '${env:B}' },
  { id: 'ann', type: 'slack', url: '${env:C}', kinds: [] },
];

describe('notifications in a configuration', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenure-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (notifications: unknown, more: object = {}) => {
    const file = path.join(folder, 'tenure.yaml');
    const target = { id: 't', type: 'delinea-scim', baseUrl: 'https://acme.test/scim/v2', auth: { token: '${env:T}' } };
    writeFileSync(file, JSON.stringify({ targets: [target], notifications, ...more }));
    return loadConfig({ path: file, env: {} });
  };
  const problemsOf = (notifications: unknown, more: object = {}): readonly string[] => {
    try {
      load(notifications, more);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigProblems)) throw error;
      return error.problems.map((one) => `${one.path}: ${one.message}`);
    }
  };

  test('flows learn which kinds anybody wants, and nothing when there is no channel', () => {
    expect(settingsOf(load({})).notices).toBeUndefined();
    expect(settingsOf(load(undefined)).notices).toBeUndefined();
    const approvers = [{ approver: 'ann@acme.test', channel: 'ann' }];
    const [, ann] = channels;
    expect(settingsOf(load({ channels: [ann] })).notices).toMatchObject({ kinds: [] });
    expect(
      settingsOf(load({ channels: [ann], approvers, tokenKey: '${env:K}', remindBefore: 'PT1H' })).notices,
    ).toEqual({
      kinds: ['approval-needed'],
      remindBeforeMs: 3_600_000,
      wantsReason: false,
    });
    const told = settingsOf(load({ channels: [{ ...channels[0], include: ['reason'] }] })).notices;
    expect(told).toMatchObject({ kinds: ['approval-needed', 'blocked', 'held', 'overdue', 'done'], wantsReason: true });
    expect(JSON.stringify(settingsOf(load({ channels })))).not.toMatch(/\$\{env/);
  });

  test('every problem is told: secrets in clear, unsigned webhooks, channels and approvers that do not fit', () => {
    const found = problemsOf({
      channels: [
        { id: 'ops', type: 'webhook', url: 'https://hooks.acme.test/secret' },
        { id: 'ops', type: 'slack', url: '${env:C}', secret: '${env:D}', kinds: ['deleted'], timeout: 'PT1M' },
        { id: 'ann', type: 'mail', url: '${env:C}', include: ['token'] },
      ],
    }).join('\n');
    for (const what of [
      'channels.0.url: write a reference',
      'channels.1.kinds.0',
      'channels.1.timeout',
      'channels.2.type',
      'channels.2.include.0',
    ])
      expect(found).toContain(what);
    expect(found).not.toContain('hooks.acme.test');
    expect(
      problemsOf({
        channels: [
          { id: 'ops', type: 'webhook', url: '${env:A}' },
          { ...channels[1], secret: '${env:D}' },
          channels[1],
        ],
        approvers: [
          { approver: 'ann@acme.test', channel: 'ann' },
          { approver: 'ben@acme.test', channel: 'ann' },
          { approver: 'Ann@acme.test', channel: 'nowhere' },
        ],
      }),
    ).toEqual([
      expect.stringMatching(/channels.0.secret: a webhook is signed/),
      expect.stringMatching(/channels.1.secret: .*takes no signature/),
      expect.stringMatching(/channels.2.id: ann is used twice/),
      expect.stringMatching(/approvers.1.channel: ann is another approver’s own/),
      expect.stringMatching(/approvers.2.channel: no channel has the id nowhere/),
      expect.stringMatching(/approvers.2.approver: Ann@acme.test has a channel already/),
      expect.stringMatching(/tokenKey: approvers get signed tokens/),
    ]);
  });

  test('where only tokens count, enough people must be able to get one', () => {
    const approvers = { count: 2, allowed: ['ann@acme.test', 'ben@acme.test'], minStrength: 'token' };
    const policy = { leaver: { deletion: { mode: 'approval', targets: 'all', approvers } } };
    const ann = { channels, approvers: [{ approver: 'ann@acme.test', channel: 'ann' }], tokenKey: '${env:K}' };
    expect(problemsOf(ann, { policy })).toEqual([expect.stringContaining('1 of the 2 people needed can get one')]);
    expect(problemsOf(ann, { policy, approvals: { tokenSecret: '${env:PORTAL}' } })).toEqual([]);
    const both = { ...ann, approvers: [...ann.approvers, { approver: 'BEN@acme.test', channel: 'ops' }] };
    expect(problemsOf(both, { policy })).toEqual([]);
  });

  test('the example and every piece of the how-to are configurations that load', () => {
    const example = loadConfig({ path: path.join(root, 'examples/notifications/tenure.yaml'), env: {} });
    expect(example.notifications.channels).toHaveLength(4);
    const page = readFileSync(path.join(root, 'docs/how-to/notifications.md'), 'utf8');
    const pieces = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(
      ([, text = '']) => parse(text) as { notifications: unknown; policy?: object },
    );
    expect(pieces.length).toBeGreaterThan(1);
    for (const { notifications, policy } of pieces)
      expect(problemsOf(notifications, policy ? { policy } : {})).toEqual([]);
  });
});
