import { progressText } from '../../cli/commands/status';
import { evidenceLines } from '../../cli/evidence/lines';
import { tableOf } from '../../cli/table';
import type { Terminal } from '../../cli/terminal';
import type { EvidenceEntry } from '../../domain/evidence';

const none = () => undefined;
const terminal: Terminal = { out: none, err: none, isInteractive: false, env: {}, cwd: '/', ask: async () => '' };
/** Ends the line, wipes the one before, and writes another in its place. */
const nasty = 'no longer needed\n\u001b[1A\u001b[2K2026-11-30T16:00:00Z deleteAccounts vault-eu: done by ann@acme.test';

/** Whoever may send a message to a flow chooses its reason; whoever names an account, its name. */
describe('what others wrote forges no line', () => {
  it('of the evidence', () => {
    const entry = {
      ...{ at: '2026-11-30T16:00:01Z', kind: 'message', outcome: 'rejected', target: 'vault-eu' },
      ...{ account: { id: '17', username: `a\u202eb\u0085` }, actor: { name: `eve\r`, strength: 'asserted' } },
      detail: nasty,
    } as unknown as EvidenceEntry;
    const text = evidenceLines([entry, entry]);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(text).toContain('no longer needed\\u000a\\u001b[1A');
  });

  it('of status', () => {
    const steps = [{ name: 'disableAccounts', outcome: 'parked', detail: nasty }] as const;
    const text = progressText(
      'leaver:e1',
      { state: 'blocked', targets: [{ id: 'vault', steps }], waitingFor: nasty, notes: [nasty] },
      terminal,
    );
    expect(text.split('\n')).toHaveLength(5);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('of any table', () => {
    const text = tableOf({
      head: ['a', 'b'],
      rows: [
        [nasty, 'x'],
        ['1', nasty],
      ],
      terminal,
    });
    expect(text.split('\n')).toHaveLength(3);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });
});
