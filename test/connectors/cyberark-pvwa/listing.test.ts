import { groupPage, rowsOf, wholeAtOnce, wholeSafes } from '../../../connectors/cyberark-pvwa/listing';
import { groupsSchema, safesSchema } from '../../../connectors/cyberark-pvwa/mapping';

const where = { target: 'vault', operation: 'list' };
const groups = (body: object) => groupsSchema.parse(body);
const value = [{ id: 1, groupName: 'A' }];
const targetId = 'vault';

test('a total that may count the page alone is no end of the listing', () => {
  expect(rowsOf([1, 2], 2, 2)).toEqual({ rows: [1, 2] });
  expect(rowsOf([1, 2], 5, 2)).toEqual({ rows: [1, 2], total: 5 });
  expect(rowsOf([1], 1, 2)).toEqual({ rows: [1], total: 1 });
  expect(rowsOf([1], null, 2)).toEqual({ rows: [1] });
});

test('a listing without paging is whole, or fails', () => {
  expect(wholeAtOnce([1, 2], 2, where)).toEqual({ items: [1, 2], total: 2 });
  expect(wholeAtOnce([1, 2], undefined, where)).toEqual({ items: [1, 2] });
  expect(() => wholeAtOnce([1, 2], 3, where)).toThrow('2 of 3');
});

test('groups follow nextLink by its query alone, and a link that leads nowhere fails', () => {
  const linked = groups({ value, count: 9, nextLink: 'https://elsewhere.example/api/UserGroups?offset=1&limit=1' });
  const options = { paging: 'limit-offset' } as const;
  expect(groupPage(linked, undefined, { targetId, options })).toMatchObject({ next: '?offset=1&limit=1', total: 9 });
  expect(() => groupPage(linked, '?offset=1&limit=1', { targetId, options })).toThrow('nextLink');
  expect(() => groupPage(groups({ value: [], nextLink: 'x?offset=1' }), undefined, { targetId, options })).toThrow(
    'nextLink',
  );
});

test('groups without a link go on by offset until their count is reached', () => {
  const options = { paging: 'limit-offset' } as const;
  expect(groupPage(groups({ value, count: 3 }), undefined, { targetId, options })).toMatchObject({ next: '?offset=1' });
  expect(groupPage(groups({ value, count: 3 }), '?offset=2', { targetId, options })).not.toHaveProperty('next');
  expect(() => groupPage(groups({ value: [], count: 3 }), '?offset=2', { targetId, options })).toThrow('2 of 3');
  expect(() => groupPage(groups({ value, count: 3 }), undefined, { targetId, options: { paging: 'none' } })).toThrow(
    '1 of 3',
  );
});

test('safes come whole, in either form, or fail', () => {
  const safes = [{ safeName: 'Linux-Root' }];
  expect(wholeSafes(safesSchema.parse({ value: safes, count: 1 }), targetId)).toEqual(safes);
  expect(wholeSafes(safesSchema.parse(safes), targetId)).toEqual(safes);
  expect(() => wholeSafes(safesSchema.parse({ value: safes, count: 2 }), targetId)).toThrow('not whole');
  expect(() => wholeSafes(safesSchema.parse({ value: safes, nextLink: 'x' }), targetId)).toThrow('not whole');
});
