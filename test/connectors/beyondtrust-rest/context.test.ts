import { optionsSchema } from '../../../connectors/beyondtrust-rest/config';
import { Reads } from '../../../connectors/beyondtrust-rest/context';
import { call } from './rig';

const user = { id: 42, username: 'jdoe', enabled: true, group_memberships: [5] };

test('a read is remembered for the very account and call that it was made for, until a write', () => {
  const reads = new Reads(optionsSchema.parse({}));
  const account = reads.keep(user, call);
  expect(reads.recall(account, call)).toBe(user);
  expect(reads.recall({ ...account }, call)).toBeUndefined();
  expect(reads.recall(account, { ...call })).toBeUndefined();
  reads.writing(call);
  expect(reads.recall(account, call)).toBeUndefined();
  expect(reads.recall(reads.keep(user, call), call)).toBe(user);
});

test('a read that is more than a second old is none to write from', () => {
  const reads = new Reads(optionsSchema.parse({}));
  const clock = jest.spyOn(performance, 'now');
  try {
    clock.mockReturnValue(5000);
    const account = reads.keep(user, call);
    clock.mockReturnValue(6000);
    expect(reads.recall(account, call)).toBe(user);
    clock.mockReturnValue(6001);
    expect(reads.recall(account, call)).toBeUndefined();
  } finally {
    clock.mockRestore();
  }
});
