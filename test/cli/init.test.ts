import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../../workers/config';
import { newDesk, type Desk } from './rig';

describe('tenure init', () => {
  let desk: Desk;
  beforeEach(() => (desk = newDesk()));
  afterEach(() => desk.remove());

  it('writes a configuration that is valid and changes nothing', async () => {
    const { code, out } = await desk.run('init');
    expect(code).toBe(0);
    const file = path.join(desk.cwd, 'tenure.yaml');
    expect(out).toContain(file);
    const config = loadConfig({ path: file, env: { HR_WEBHOOK_SECRET: 'whsec_c2VjcmV0', VAULT_EU_SECRET: 'x' } });
    expect(config).toMatchObject({ mode: 'observe', policy: { leaver: { deletion: { mode: 'never' } } } });
  });

  it('says as JSON what was written', async () => {
    const { code, out } = await desk.run('init mine.yaml --json');
    expect({ code, said: JSON.parse(out) }).toEqual({ code: 0, said: { written: path.join(desk.cwd, 'mine.yaml') } });
    const again = await desk.run('init mine.yaml --json');
    expect(again.code).toBe(1);
    expect(JSON.parse(again.out)).toEqual({ error: expect.stringContaining('--force') });
  });

  it('never writes over a file unless told to', async () => {
    const file = path.join(desk.cwd, 'mine.yaml');
    writeFileSync(file, 'mine');
    const { code, err } = await desk.run('init mine.yaml');
    expect(code).toBe(1);
    expect(err).toContain('--force');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await desk.run('init mine.yaml --force')).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('targets:');
  });
});
