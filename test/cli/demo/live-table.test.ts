import { ChangeLines } from '../../../cli/demo/change-lines';
import { liveTable } from '../../../cli/demo/live-table';
import { Screen } from '../../../cli/demo/screen';
import { isAtRest, needsAttention, type FlowView } from '../../../cli/flow-board';
import type { FlowState, Progress, StepOutcome } from '../../../domain/flow';

const start = Date.parse('2026-11-20T09:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();

function progress(state: FlowState, outcomes: readonly StepOutcome[] = [], more: Partial<Progress> = {}): Progress {
  const names = ['disableAccounts', 'stripEntitlements', 'drainSessions', 'deleteAccounts'] as const;
  const steps = names.map((name, index) => {
    const outcome = outcomes[index] ?? 'pending';
    return { name, outcome, ...(outcome === 'pending' ? {} : { at: at(index + 1.25) }) };
  });
  return { state, targets: [{ id: 'vault-eu', steps }], ...more };
}

function viewOf(now: Progress): FlowView {
  const flow = {
    workflowId: 'leaver:e1',
    kind: 'leaver',
    isOpen: now.outcome === undefined,
    startedAt: at(0),
  } as const;
  return { personId: 'e1', name: 'Anna Eriksen', ...flow, progress: now };
}

const begun = new Map([['e1', start]]);

describe('the live table', () => {
  const row = (now: Progress, width = 200) =>
    liveTable({ views: [viewOf(now)], targets: ['vault-eu', 'other'], begun, width, colour: false })[1];

  it('shows a letter for each step that is proven, and the seconds to the last of them', () => {
    expect(row(progress('containing', ['done', 'already', 'running']))).toMatch(
      /^Anna Eriksen +DS~· 2\.3 s +leaver containing$/,
    );
    expect(row(progress('done', ['done', 'done', 'clean', 'done'], { outcome: 'complete' }))).toContain('DSEX 4.3 s');
    expect(row(progress('blocked', ['parked', 'waiting', 'unsupported']))).toMatch(/!w-· +leaver blocked/);
  });

  it('never shows an account that was not found, or not touched, as disabled', () => {
    for (const outcome of ['no-account-found', 'unsupported', 'skipped', 'pending', 'residual-sessions'] as const) {
      expect(row(progress('containing', [outcome]))?.slice(16, 17)).not.toBe('D');
    }
  });

  it('leaves the times out and numbers the targets where the terminal is narrow', () => {
    const lines = liveTable({
      views: [viewOf(progress('containing', ['done']))],
      targets: ['vault-eu'],
      begun,
      width: 50,
      colour: false,
    });
    expect(lines[0]).toContain('T1');
    expect(lines[1]).toMatch(/^Anna Eriksen +D··· {3}leaver containing$/);
    expect(lines.at(-1)).toContain('T1 vault-eu');
  });
});

describe('lines for files', () => {
  it('say each change once', () => {
    const lines = new ChangeLines();
    const first = viewOf(progress('containing', ['done', 'running']));
    expect(lines.changesIn([first], begun)).toEqual([
      '  +1.3 s Anna Eriksen, vault-eu: disableAccounts done',
      expect.stringMatching(/Anna Eriksen, leaver: containing/),
    ]);
    expect(lines.changesIn([first], begun)).toEqual([]);
    const next = viewOf(progress('containing', ['done', 'done', 'clean']));
    expect(lines.changesIn([next], begun)).toEqual([
      '  +3.3 s Anna Eriksen, vault-eu: stripEntitlements done, drainSessions clean',
    ]);
  });
});

describe('the screen', () => {
  it('redraws in place, keeps what is printed above, and cuts long lines without counting colours', () => {
    const written: string[] = [];
    const stream = {
      columns: 10,
      rows: 5,
      write: (text: string) => written.push(text),
    } as unknown as NodeJS.WriteStream;
    const screen = new Screen(stream);
    screen.draw(['a', '\u001b[32m123456789012\u001b[0m']);
    expect(written.join('')).toBe('a\n\u001b[32m123456789\u001b[0m\n');
    written.length = 0;
    screen.draw(['a', '\u001b[32m123456789012\u001b[0m']);
    expect(written).toEqual([]);
    screen.print('above');
    expect(written.join('')).toMatch(/above\na\n/);
    expect(screen.fits(['', '', ''])).toBe(true);
    expect(screen.fits(['', '', '', ''])).toBe(false);
  });
});

describe('when a flow rests', () => {
  const soon = new Date(Date.now() + 30_000).toISOString();
  const late = new Date(Date.now() + 3_600_000).toISOString();
  test.each<[string, Progress, boolean]>([
    ['it ended', progress('done', [], { outcome: 'complete' }), true],
    ['a far date', progress('scheduled', [], { dueAt: late }), true],
    ['a near date', progress('retained', [], { dueAt: soon }), false],
    ['at work', progress('containing', ['running']), false],
    ['a plan is open', progress('awaiting-approval', ['done'], { approvals: [{} as never] }), true],
    [
      'a plan is open, and a step is on its way',
      progress('awaiting-approval', ['done', 'running'], { approvals: [{} as never] }),
      false,
    ],
    ['parked', progress('blocked', ['parked', 'done', 'clean']), true],
    ['parked here, at work there', progress('blocked', ['parked', 'done', 'running']), false],
    ['held', progress('held'), true],
    ['a vendor is down', progress('containing', ['waiting', 'done', 'clean']), true],
    ['a vendor is down, another step is at work', progress('containing', ['waiting', 'done', 'running']), false],
  ])('%s', (_name, now, rests) => expect(isAtRest(now)).toBe(rests));

  it('asks for attention for what stands still against the plan', () => {
    expect(needsAttention(progress('blocked'))).toBe(true);
    expect(needsAttention(progress('held'))).toBe(true);
    expect(needsAttention(progress('containing', ['done', 'done', 'residual-sessions']))).toBe(true);
    expect(needsAttention(progress('containing', ['waiting']))).toBe(true);
    expect(needsAttention(progress('awaiting-approval', ['done', 'done', 'unsupported']))).toBe(false);
    expect(needsAttention(progress('done', [], { outcome: 'ended-from-outside' }))).toBe(true);
  });
});
