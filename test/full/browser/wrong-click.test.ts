import type { Progress } from '../../../domain/flow';
import { approvers, startScene, type Scene } from './scene';
import { WebUi } from './web-ui';

describe('wrong clicks in the stock Web UI', () => {
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

  const running = async (id: string) => (await scene.rig.leaver(id).describe()).status.name;
  const runId = async (id: string) => (await scene.rig.leaver(id).describe()).runId;
  const vault = (username: string) => scene.rig.standIn('cyberark-privilege-cloud').account(username);

  test('signals that make no sense are shown, and the leaver lives on', async () => {
    await scene.leave('e1042');
    await scene.asking('e1042');
    await ui.goTo('leaver:e1042');
    await send('[\n  "approved",\n  true\n]');
    await ui.untilDetailsSay('decide takes one JSON object, not an array');
    await send('"yes"');
    await ui.untilDetailsSay('not string');
    await send('{\n  "approved": "yes"\n}', 'json/protobuf');
    await ui.untilDetailsSay('approved must be true or false');
    expect(await running('e1042')).toBe('RUNNING');
    expect((await scene.asking('e1042')).approval?.decisions).toEqual([]);
    expect(vault('aeriksen')).toMatchObject({ enabled: false, deleted: false });
  }, 400_000);

  test('Request Cancellation stops the deletion only', async () => {
    await scene.leave('e1043');
    await scene.asking('e1043');
    await ui.goTo('leaver:e1043');
    await ui.requestCancellation();
    expect(await scene.rig.ended('e1043')).toMatchObject({ outcome: 'kept-disabled' });
    await ui.goTo('leaver:e1043');
    await ui.untilStatus('Completed');
    expect(vault('mrossi')).toMatchObject({ enabled: false, deleted: false });
  }, 400_000);

  test('Terminate starts the leaver again, which asks afresh', async () => {
    await scene.leave('e1044');
    const first = await scene.asking('e1044');
    const before = await runId('e1044');
    await ui.goTo('leaver:e1044');
    await ui.terminate('a wrong click');
    await scene.rig.until(
      () => runId('e1044'),
      (seen) => seen !== before,
      'another run',
      120_000,
    );
    const again = await scene.asking('e1044');
    expect(again.approval?.planHash).not.toBe(first.approval?.planHash);
    expect(vault('pnair')).toMatchObject({ enabled: false, deleted: false });
    const evidence = await scene.rig.store.evidence.list({ personId: 'e1044' });
    expect(evidence.map((one) => one.outcome)).toContain('ended-from-outside');
  }, 400_000);

  test('Reset asks afresh: an approval of what was shown before deletes nothing', async () => {
    await scene.leave('e1045');
    const first = await scene.asking('e1045');
    const before = await runId('e1045');
    await ui.goTo('leaver:e1045');
    await ui.reset('a wrong click');
    await scene.rig.until(
      () => runId('e1045'),
      (seen) => seen !== before,
      'the reset run',
      120_000,
    );
    expect(await running('e1045')).toBe('RUNNING');
    const planHash = first.approval?.planHash ?? '';
    for (const approver of approvers) {
      const args: [unknown] = [{ approved: true, reason: 'shown before the reset', planHash, approver }];
      await scene.rig.leaver('e1045').executeUpdate('decide', { args });
    }
    const asksAgain = (seen: Progress) => seen.approval !== undefined && seen.approval.planHash !== planHash;
    await scene.rig.untilProgress('e1045', asksAgain, 'a plan of the reset run');
    expect(vault('tbecker')).toMatchObject({ enabled: false, deleted: false });
  }, 400_000);

  async function send(text: string, encoding?: 'json/protobuf'): Promise<void> {
    const form = await ui.fill('signal', 'decide', text, encoding);
    expect(await ui.submit(form)).toBeUndefined();
  }
});
