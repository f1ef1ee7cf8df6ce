import { Rig } from '../../rig/tenure';
import { asked, expired, kept, parked } from './leaver-stories';
import { persons } from './person-stories';
import { Recorder } from './recorder';
import { appliance, cast, policies, Stage, vault } from './stage';

const version = process.env['TENURE_RECORDED_VERSION'] ?? '';

describe('recording', () => {
  let rig: Rig;
  let stage: Stage;
  let recorder: Recorder;
  beforeAll(async () => {
    if (version === '') throw new Error('run this with npm run histories:record');
    rig = await Rig.start({
      types: [appliance, vault],
      people: cast,
      config: { policy: policies.keep },
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': '60' },
    });
    recorder = new Recorder(rig, version);
    stage = new Stage(rig, recorder);
  }, 120_000);
  afterAll(async () => rig.stop(), 120_000);

  const together = async (stories: readonly ((stage: Stage) => Promise<void>)[]) => {
    await Promise.all(stories.map((story) => story(stage)));
  };

  test('the stories, and their histories once all of them are told', async () => {
    await together([...kept, ...persons]);
    for (const story of parked) await story(stage);
    await stage.under('ask');
    await together(asked);
    await stage.under('askBriefly');
    await expired(stage);
    process.stdout.write(`recorded in test/histories:\n  ${recorder.write().join('\n  ')}\n`);
  });
});
