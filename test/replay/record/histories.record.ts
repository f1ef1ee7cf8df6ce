import { startBambooHr } from '../../../sandbox/hr/bamboohr';
import type { HrStandIn } from '../../../sandbox/hr/contract';
import { sourceEntry } from '../../rig/hr';
import { Rig } from '../../rig/tenure';
import { tellHrStories } from './hr-stories';
import { asked, expired, kept, parked } from './leaver-stories';
import { persons } from './person-stories';
import { Recorder } from './recorder';
import { appliance, cast, policies, Stage, vault } from './stage';
import { founder, identity, suite, tenurePolicy, TenureStories } from './tenure-stories';

const version = process.env['TENURE_RECORDED_VERSION'] ?? '';
if (version === '') throw new Error('run this with npm run histories:record');

describe('recording', () => {
  const recorder = new Recorder(version);
  const told: string[] = [];

  test('leavers, persons and the small workflows', async () => {
    const rig = await Rig.start({
      types: [appliance, vault],
      people: cast,
      config: { policy: policies.keep },
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '60' },
    });
    const stage = new Stage(rig, recorder);
    const together = async (stories: readonly ((stage: Stage) => Promise<void>)[]) => {
      await Promise.all(stories.map((story) => story(stage)));
    };
    try {
      await together([...kept, ...persons]);
      for (const story of parked) await story(stage);
      await stage.under('ask');
      await together(asked);
      await stage.under('askBriefly');
      await expired(stage);
      told.push('leavers');
    } finally {
      await rig.stop();
    }
  });

  describe('with policy and an HR system', () => {
    let hr: HrStandIn;
    let rig: Rig;
    beforeAll(async () => {
      hr = await startBambooHr({ locationZones: { Oslo: 'Europe/Oslo' } });
      rig = await Rig.start({
        types: [suite, identity],
        people: [founder],
        config: { policy: tenurePolicy },
        sources: (folder) => sourceEntry(folder, hr, { lookAgain: 'PT1S' }),
      });
    });
    afterAll(async () => {
      await rig.stop();
      await hr.stop();
    });

    test('joiners, movers, suspensions and restores', async () => {
      await new TenureStories(rig, recorder).tell();
      told.push('changes');
    });
    test('records of an HR system', async () => {
      await tellHrStories(rig, hr, recorder);
      told.push('records');
    });
  });

  test('and the histories, once all of it is told', () => {
    expect(told).toEqual(['leavers', 'changes', 'records']);
    process.stdout.write(`recorded in test/histories:\n  ${recorder.write().join('\n  ')}\n`);
  });
});
