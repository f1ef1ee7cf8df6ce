import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTestServer } from '../../scripts/lib/test-server.cjs';

const TRIES = 4;

/** An environment in which weeks pass in a moment. Its clock is one for all flows: run the tests of a file in series. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const { path } = await findTestServer();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
    } catch (error) {
      // The SDK gives the server five seconds to start, which a busy machine can miss.
      if (attempt === TRIES) throw error;
    }
  }
}
