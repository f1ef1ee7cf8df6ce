import { peopleUpdate } from '../../workflows/messages';
import { hrEvent, Rig, seedPerson } from '../rig/tenure';

const target = 'beyondtrust-scim';
const people = ['h1', 'h2', 'h3', 'h4', 'h5'].map((id) => seedPerson(id));
const by = 'ann@acme.test';
const forgotten = '2020-12-01';
const nextCentury = '2099-12-01';

/** Held for what HR had said; what HR or an operator says now is heeded, not only answered. */
describe('a leaver that is held', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ types: [target], people, config: { policy: { leaver: { retention: 'PT0S' } } } });
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const account = (id: string) => rig.standIn(target).account(`${id}@acme.test`);
  const send = async (id: string, data: Parameters<typeof hrEvent>[2]) => {
    const event = hrEvent(seedPerson(id), 'tenure.leaver', data);
    await rig.send(event);
    return event;
  };
  const held = async (id: string) => {
    await send(id, { effectiveAt: forgotten });
    await rig.untilProgress(id, (seen) => seen.state === 'held');
  };
  const update = (id: string, name: 'cancel' | 'release' | 'reschedule', more: object = {}) =>
    rig.leaver(id).executeUpdate(peopleUpdate(name), { args: [{ reason: 'x', by, ...more }] });
  const waits = (id: string) =>
    rig.untilProgress(id, ({ state, dueAt }) => state === 'scheduled' && dueAt?.startsWith('2099') === true);

  test('waits for the day that HR has corrected', async () => {
    await held('h1');
    const right = await send('h1', { effectiveAt: nextCentury });
    await waits('h1');
    expect(await rig.answersTo(right)).toContain('accepted');
    await expect(update('h1', 'release')).rejects.toThrow();
    await update('h1', 'cancel');
    expect(await rig.ended('h1')).toMatchObject({ outcome: 'cancelled' });
    expect(account('h1')).toMatchObject({ enabled: true });
  });

  test('waits for the day that an operator has set', async () => {
    await held('h2');
    await update('h2', 'reschedule', { effectiveAt: nextCentury });
    await waits('h2');
    await update('h2', 'cancel');
    await rig.ended('h2');
    expect(account('h2')).toMatchObject({ enabled: true });
  });

  test('ends access at once when HR says that it is urgent', async () => {
    await held('h3');
    const urgent = await send('h3', { urgent: true });
    await rig.ended('h3');
    expect(account('h3')).toMatchObject({ enabled: false });
    expect(await rig.answersTo(urgent)).toEqual(['accepted', 'applied']);
  });

  test('ends access when the corrected day is one that was not missed', async () => {
    await held('h4');
    await send('h4', { effectiveAt: new Date(Date.now() - 60_000).toISOString() });
    await rig.ended('h4');
    expect(account('h4')).toMatchObject({ enabled: false });
  });

  test('against the word of an operator stays held on any other day, and waits for it when released', async () => {
    await send('h5', { effectiveAt: nextCentury });
    await waits('h5');
    await rig.send(hrEvent(seedPerson('h5'), 'tenure.joiner', { effectiveAt: nextCentury })); // keeps `person` awake
    await rig.until(
      () => rig.progress('h5', 'joiner'),
      (seen) => seen.state === 'scheduled',
    );
    await update('h5', 'cancel');
    await rig.ended('h5');
    await send('h5', { effectiveAt: new Date(Date.now() - 60_000).toISOString() });
    await rig.untilProgress('h5', (seen) => seen.state === 'held');
    const moved = await send('h5', { effectiveAt: nextCentury });
    await rig.until(
      () => rig.answersTo(moved).then(() => rig.progress('h5')),
      (seen) => seen.dueAt?.startsWith('2099') === true,
    );
    expect(await rig.progress('h5')).toMatchObject({ state: 'held' });
    await update('h5', 'release');
    await waits('h5');
    expect(account('h5')).toMatchObject({ enabled: true });
    await rig.leaver('h5').cancel();
    await rig.flow('joiner', 'h5').cancel();
    await rig.idle('h5');
  });
});
