import type { HrStandIn } from '../../../sandbox/hr/contract';
import { hrRecordWorkflowId } from '../../../workflows/messages';
import { hrGateway } from '../../rig/hr';
import type { Rig } from '../../rig/tenure';
import type { Recorder } from './recorder';

const day = (offset: number) => new Date(Date.now() + offset * 24 * 3_600_000).toISOString().slice(0, 10);

/** What an HR system's pings lead to: a record that is read until there is nothing to wait for. */
export async function tellHrStories(rig: Rig, hr: HrStandIn, recorder: Recorder): Promise<void> {
  recorder.guard(hr.type, { ...hr.auth, webhookSecret: hr.webhookSecret });
  const gateway = await hrGateway(rig);
  const hire = (firstName: string) => {
    const workEmail = `${firstName.toLowerCase()}@acme.test`;
    const place = { location: 'Oslo', department: 'Platform' };
    return hr.hire({ firstName, lastName: 'Eriksen', workEmail, startsOn: '2020-01-01', ...place });
  };
  const told = (id: string, count: number) =>
    rig.until(
      () => rig.store.events.of({ personId: id }),
      (events) => events.length >= count,
      `${count} events of ${id}`,
    );
  const keep = (story: string, id: string) =>
    recorder.keep(rig, { workflow: 'hrRecord', story, workflowId: hrRecordWorkflowId('acme', id) });
  try {
    const anna = hire('Anna');
    hr.terminate(anna, { on: day(-1) });
    await gateway.send(hr.message('terminated', anna), hr.type);
    await told(anna, 1);
    await keep('left', anna);

    const bea = hire('Bea');
    hr.terminate(bea, { on: day(20) });
    await gateway.send(hr.message('terminated', bea), hr.type);
    await told(bea, 1);
    hr.terminate(bea, { on: day(30) });
    await told(bea, 2);
    hr.cancelTermination(bea);
    await told(bea, 3);
    await keep('moved-and-taken-back', bea);

    const workflowId = 'hr-handshake:acme';
    const args = [{ sourceId: 'acme', subscription: 'subscription-1' }];
    await rig.client.workflow.execute('hrHandshake', { workflowId, taskQueue: 'tenure', args });
    await recorder.keep(rig, { workflow: 'hrHandshake', story: 'answered', workflowId });
  } finally {
    await gateway.close();
  }
}
