const ADDRESS = 'TENURE_TEST_ENGINE_ADDRESS';

export interface TestEngine {
  readonly address: string;
  readonly namespace: string;
}

/** The one engine that all tests of a run share: use task queues and workflow ids of your own. */
export function testEngine(): TestEngine {
  const address = process.env[ADDRESS];
  if (!address) {
    throw new Error('This test needs the engine that test/global-setup.ts starts; run it with `npm test -- <path>`.');
  }
  return { address, namespace: 'default' };
}

/** Jest starts its workers after the global setup, so that they inherit what is set here. */
export function shareTestEngine(address: string | undefined): void {
  if (address === undefined) delete process.env[ADDRESS];
  else process.env[ADDRESS] = address;
}
