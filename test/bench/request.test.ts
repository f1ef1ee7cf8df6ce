import { measure, print } from '../../bench/run';
import { Stage } from '../../bench/stage';
import { testBundle } from '../rig/bundle';

test('a recorded leaver stays within the least that each of the eight vendors allows', async () => {
  const stage = await Stage.open(testBundle());
  try {
    const results = await measure(stage, { quick: true, only: 'requests', say: () => {} });
    expect(results).toHaveLength(8);
    expect(results.filter(({ reached }) => reached !== true)).toEqual([]);
    expect(print(results)).toContain('cyberark-pam-self-hosted');
  } finally {
    await stage.close();
  }
}, 180_000);
