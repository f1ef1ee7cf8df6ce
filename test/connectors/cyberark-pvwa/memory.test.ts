import { pvwaOptions } from '../../../connectors/cyberark-pvwa';
import { userSchema } from '../../../connectors/cyberark-pvwa/mapping';
import { Memory } from '../../../connectors/cyberark-pvwa/memory';
import { call } from './rig';

const user = userSchema.parse({ id: 1, username: 'anna', enableUser: true });
const fresh = () => new Memory(pvwaOptions({ tokenLifetime: 'PT30M' }).parse({}));

test('a record serves the account and the call that it was read for', () => {
  const memory = fresh();
  const account = memory.accountOf(user, call);
  expect(memory.userOf(account, call)).toBe(user);
  expect(memory.userOf({ ...account }, call)).toBeUndefined();
  expect(memory.userOf(account, { ...call })).toBeUndefined();
});

test('a write of the call ends it, a write of another does not', () => {
  const memory = fresh();
  const account = memory.accountOf(user, call);
  memory.writing({ ...call });
  expect(memory.userOf(account, call)).toBe(user);
  memory.writing(call);
  expect(memory.userOf(account, call)).toBeUndefined();
});

test('after a second it is too old to replace a user from', () => {
  const clock = jest.spyOn(performance, 'now');
  try {
    clock.mockReturnValue(1000);
    const memory = fresh();
    const account = memory.accountOf(user, call);
    clock.mockReturnValue(2000);
    expect(memory.userOf(account, call)).toBe(user);
    clock.mockReturnValue(2001);
    expect(memory.userOf(account, call)).toBeUndefined();
  } finally {
    clock.mockRestore();
  }
});
