import { approvers, startScene, type Scene } from './scene';
import { WebUi } from './web-ui';

const columns = ['TenureState', 'TenureDueAt', 'TenureTargets'];

describe('approving a deletion in the stock Web UI', () => {
  let scene: Scene;
  let ui: WebUi;
  beforeAll(async () => {
    scene = await startScene();
    ui = await WebUi.open(scene.uiUrl);
  }, 300_000);
  afterAll(async () => {
    await ui?.close();
    await scene?.stop();
  }, 120_000);

  test('two people find the waiting leaver, read what would be gone, and approve it', async () => {
    await scene.leave('e1042');
    await scene.leave('e1043');
    await scene.asking('e1043');
    await scene.asking('e1042');

    await findByAttribute();
    await ui.enter('leaver:e1042');
    await ui.picture('timeline');
    await readTheDetails();
    await refuseAWrongHash();
    await approveEverything();

    await scene.rig.ended('e1042');
    await ui.goTo('leaver:e1042');
    await ui.untilStatus('Completed');
    const details = await ui.untilDetailsSay('Outcome:');
    await ui.picture('finished', { whole: true });
    expect(details).toContain('Leaver e1042: done');
    expect(lineOf(details, 'vault-eu')).toMatch(/deleted \d\d:\d\d/);
    expect(lineOf(details, 'vault-dc1')).toContain('kept');
    await everythingIsGoneButTheVaultForTheAuditors();
  }, 600_000);

  async function findByAttribute(): Promise<void> {
    // The list follows the flow with a delay.
    await scene.rig.until(
      async () => {
        await ui.list('TenureAwaitingApproval=true');
        return await ui.row('leaver:e1042').count();
      },
      (count) => count === 1,
      'the leaver in the list',
      120_000,
    );
    await ui.showColumns(columns);
    expect(await ui.row('leaver:e1042').innerText()).toContain('awaiting-approval');
    await ui.picture('list');
  }

  async function readTheDetails(): Promise<void> {
    const details = await ui.untilDetailsSay('Removal plan 1');
    await ui.picture('details', { whole: true });
    expect(details).toContain('Waiting for a decision on the removal plan');
    expect(details).toContain('2 different people of ann.berg@acme.test, ben.okafor@acme.test must approve');
    expect(details).toContain('tenure approve leaver:e1042');
    for (const target of scene.rig.config.targets) expect(lineOf(details, target.id)).toMatch(/(done|already)/);
    expect(details).toContain('For a person to do');
    expect(details).not.toMatch(/Eriksen|resignation/); // a name only where it is part of a user name, never in full
  }

  /** The form stays open and says why; nothing was decided. */
  async function refuseAWrongHash(): Promise<void> {
    const [asked] = await ui.jsonToSend();
    const form = await ui.fill('update', 'decide', JSON.stringify({ ...asked, planHash: 'of another plan' }, null, 2));
    expect(await ui.submit(form)).toContain('planHash is not that of an open plan');
    await ui.dismiss(form);
    expect((await scene.asking('e1042')).approval?.decisions).toEqual([]);
  }

  /** Sends the JSON that the details give, filled in by the first approver, and what the second got with their token. */
  async function approveEverything(): Promise<void> {
    let pictured = false;
    for (const asked of await ui.jsonToSend()) {
      for (const approver of approvers) {
        const toSend =
          approver === approvers[0] ? { ...asked, approver } : await scene.personal(String(asked['planHash']));
        const text = JSON.stringify({ ...toSend, reason: 'left the company' }, null, 2);
        const form = await ui.fill('update', 'decide', text);
        if (!pictured) await ui.picture('send-an-update');
        pictured = true;
        expect(await ui.submit(form)).toBeUndefined();
        if (approver === approvers[0]) await ui.untilDetailsSay(`approved by ${approver} (asserted)`);
      }
    }
  }

  async function everythingIsGoneButTheVaultForTheAuditors(): Promise<void> {
    const report = await scene.rig.ended('e1042');
    expect(report.exceptions.join()).not.toContain('deleteAccounts');
    for (const [type, standIn] of scene.rig.standIns) {
      const kept = type === 'cyberark-pam-self-hosted';
      const account = standIn.account('aeriksen') ?? standIn.account('anna.eriksen@acme.test');
      expect({ type, gone: account?.deleted ?? true }).toEqual({ type, gone: !kept });
      if (kept) expect(account?.enabled).toBe(false);
    }
    const evidence = await scene.rig.store.evidence.list({ personId: 'e1042' });
    const decisions = evidence.filter((one) => one.kind === 'decision' && one.actor !== undefined);
    // A target that was not ready in time has a plan of its own.
    const plans = evidence.filter((one) => one.kind === 'plan');
    expect(decisions.map((one) => one.actor?.name)).toEqual(plans.flatMap(() => approvers));
    expect(decisions.map((one) => one.actor?.strength)).toEqual(plans.flatMap(() => ['asserted', 'token']));
    expect((await scene.rig.store.evidence.verify({ personId: 'e1042' })).intact).toBe(true);
  }
});

function lineOf(details: string, target: string): string {
  return (
    details.split('\n').find((line) => line.split(/\s/)[0] === target && line.includes('\t')) ?? `(no row of ${target})`
  );
}
